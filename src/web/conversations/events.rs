//! Events as sentences, and the reason of a pick as a trace.

use crate::domain::conversations::timeline::{Closing, Consent, Decided, Event, Loss, Told};
use crate::domain::message::Channel;
use crate::domain::pairs::expiry::Ending;
use crate::domain::routing::pick::{Pick, Rule};
use crate::domain::words::sentence::{capitalised, sentence};
use crate::store::views::thread::timeline::Done;
use crate::web::page::stamp::Stamp;

/// A quiet line in the middle of the thread.
#[derive(Clone, Debug)]
pub struct Line {
    /// The row.
    pub id: i64,
    /// When.
    pub at: Stamp,
    /// What happened.
    pub text: String,
    /// Why it happened so.
    pub trace: Option<Trace>,
}

/// The reason, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// `Why Ana?`
    pub question: String,
    /// From what came in to what was plugged in.
    pub steps: Vec<Step>,
}

/// One step of a [`Trace`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The jack's class: `full` or `ours`.
    pub jack: &'static str,
    /// What the step is about.
    pub name: &'static str,
    /// What was found.
    pub text: String,
}

fn step(name: &'static str, text: String) -> Step {
    Step { jack: "full", name, text }
}

/// The sentence for an event. `customer` is how the customer is called.
#[must_use]
pub fn line(done: Done, customer: &str) -> Line {
    let (text, trace) = match &done.told {
        Told::Event(event) => (tell(event, done.actor.as_deref(), customer), trace_of(event)),
        Told::Unknown { kind, why, .. } => (plain(kind, why.as_deref()), None),
    };
    Line { id: done.id, at: Stamp(done.at), text, trace }
}

/// What another version has written: its word and its reason, as they are.
fn plain(kind: &str, why: Option<&str>) -> String {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    format!("{}{why}", capitalised(&kind.replace(['_', '.'], " ")))
}

fn tell(event: &Event, by: Option<&str>, customer: &str) -> String {
    let actor = by.unwrap_or("Switchboard");
    match event {
        Event::Opened {} => format!("{customer} began a conversation"),
        Event::Started {} => format!("{actor} began a conversation with {customer}"),
        Event::Picked(pick) => format!("Given to {}", pick.chosen_name.as_deref().unwrap_or_default()),
        Event::Unassigned(_) => "Given to nobody, because nobody could take it".to_owned(),
        Event::Claimed(_) => format!("{actor} took this"),
        Event::Transferred(handover) => {
            format!("{actor} gave this to {}", handover.to_name.as_deref().unwrap_or_default())
        }
        Event::TakenAway { why, .. } => match why {
            Loss::Away => "Given away, because its rep does not take customers now".to_owned(),
            Loss::Disabled => "Given away, because its rep is here no more".to_owned(),
            Loss::RepMissing => "Given away, because its rep has been off duty for too long".to_owned(),
            Loss::Reassigned => format!("{actor} had somebody else picked"),
            Loss::LeftLine | Loss::Claimed | Loss::Transferred | Loss::Picked => "Given away".to_owned(),
        },
        Event::Released { to, .. } => match to {
            Channel::Phone => "The rep is at work: what waited was sent to their phone".to_owned(),
            Channel::Web | Channel::Api | Channel::System => {
                "The rep is at work: what waited waits no longer".to_owned()
            }
        },
        Event::Reopened { why } => match by {
            Some(who) => format!("{who} opened this again: {why}"),
            None => format!("Open again: {why}"),
        },
        Event::Closed { why, hours } => match (why, hours) {
            (Some(Closing::Idle), Some(hours)) => format!("Closed, because nothing was said for {hours} h"),
            (Some(Closing::Idle), None) => "Closed, because nothing was said for long".to_owned(),
            (Some(Closing::Colleague) | None, _) => format!("{actor} closed this"),
        },
        Event::Snoozed { until } => {
            let until = Stamp(*until);
            format!("{actor} put this aside until {}, {}", until.day(), until.clock())
        }
        Event::Woke { why } => format!("This is back: {why}"),
        Event::Labelled(labelling) => format!("{actor} put the label {} on this", labelling.name),
        Event::Unlabelled(labelling) => format!("{actor} took the label {} off", labelling.name),
        Event::Renamed { from, to } => match (from, to) {
            (from, None) => format!("{actor} took the name {} away", from.as_deref().unwrap_or_default()),
            (None, Some(to)) => format!("{actor} named this contact {to}"),
            (Some(from), Some(to)) => format!("{actor} changed the name from {from} to {to}"),
        },
        Event::Merged { with } => format!("{actor} put this contact together with that of #{with}"),
        Event::Separated { with } => format!("{actor} took this contact and that of #{with} apart"),
        Event::Blocked(blocking) => format!("{actor} blocked {customer}: {}", blocking.reason),
        Event::Unblocked(_) => format!("{actor} unblocked {customer}"),
        Event::ConsentWithdrawn(consent) => {
            format!("{actor} entered that {} wants no more texts: {}", whose(consent, customer), evidence(consent))
        }
        Event::ConsentRestored(consent) => {
            format!("{actor} took back that {} wants no texts: {}", whose(consent, customer), evidence(consent))
        }
        Event::LooksLikeRefusal { party, .. } => {
            format!("{} seems to want no more texts", party.as_deref().unwrap_or(customer))
        }
        Event::NoRefusal { .. } => format!("{actor} saw no refusal in it"),
        Event::LegOpened { why, .. } => format!("From here on texts reach the rep's phone ({why})"),
        Event::LegRested { .. } => {
            "Texts to the rep's phone rest, because masks are short: this one goes on in the inbox".to_owned()
        }
        Event::NoMask { .. } => "No mask was free for the rep's phone: this one is answered on the web".to_owned(),
        Event::PhoneOff { .. } => format!("{actor} turned off the texts to their phone"),
        // Whatever ends it: a rep's answer, or, in a pair, other words.
        Event::LoopPaused {} => {
            "Two machines seem to answer each other: nothing is passed on until a person steps in".to_owned()
        }
        Event::HeldForwarded(_) => format!("{actor} sent a held text on"),
        Event::HeldDismissed(held) => {
            format!("{actor} put a held text away: {}", held.reason.as_deref().unwrap_or_default())
        }
        Event::PlannedCancelled { .. } => format!("{actor} cancelled a text that was to be sent later"),
        Event::PlannedMoved { .. } => format!("{actor} gave a text that is to be sent later another time"),
        Event::DeliveryDecided { decision, reason, .. } => match decision {
            Decided::Sent => format!("{actor} decided that a text in doubt was sent"),
            Decided::NotSent => format!("{actor} had a text in doubt sent again"),
            Decided::GivenUp => {
                format!("{actor} left a text in doubt at that: {}", reason.as_deref().unwrap_or_default())
            }
        },
        Event::Doubled { .. } => "The carrier may have sent a text twice".to_owned(),
        Event::PairOpened { reference, .. } => format!("An app opened this pair: {reference}"),
        Event::PairMerged { reference, .. } => format!("An app joined another transaction to this: {reference}"),
        Event::PairCompleted(_) => "The app said that the transaction is complete".to_owned(),
        Event::PairExtended(moved) => {
            let until = Stamp(moved.ends_at).full();
            match &moved.alias {
                Some(alias) => format!("{alias} asked for more time: it ends {until} now"),
                None => format!("The app gave it more time: it ends {until} now"),
            }
        }
        Event::PairExpiring { .. } => "The end is near: the app was told, and the parties if it wants that".to_owned(),
        Event::PairEnded { why } => match why {
            Ending::Expired => "Ended, because its time was up".to_owned(),
            Ending::Closed => format!("{} ended this", by.unwrap_or("The app")),
        },
        Event::PartyChanged { alias, .. } => format!("{alias} has another phone from here on"),
    }
}

/// In a pair it is about one of the parties.
fn whose<'a>(consent: &'a Consent, customer: &'a str) -> &'a str {
    consent.party.as_deref().unwrap_or(customer)
}

/// What shows that somebody wants no texts, or wants them; a message is there to be seen.
fn evidence(consent: &Consent) -> &str {
    if consent.evidence.starts_with("message ") { "by what they wrote" } else { &consent.evidence }
}

/// What is asked where nothing but masks was chosen.
pub const MASKS: &str = "Which mask?";

/// If the event is the opening of a rep's or a party's leg, the last step of the line before: which mask, and why that
/// one.
#[must_use]
pub fn mask_step(done: &Done) -> Option<Step> {
    match &done.told {
        Told::Event(Event::LegOpened { alias, why, .. }) => Some(mask_of(alias.as_deref(), why)),
        _ => None,
    }
}

fn mask_of(alias: Option<&str>, why: &str) -> Step {
    let why = sentence(why);
    let text = alias.map_or_else(|| why.clone(), |alias| format!("For {alias}: {why}"));
    Step { jack: "ours", name: "Mask", text }
}

fn trace_of(event: &Event) -> Option<Trace> {
    match event {
        Event::Picked(pick) | Event::Unassigned(pick) => Some(trace(pick)),
        Event::PartyChanged { alias, why, .. } => {
            Some(Trace { question: MASKS.to_owned(), steps: vec![mask_of(Some(alias), why)] })
        }
        _ => None,
    }
}

fn trace(pick: &Pick) -> Trace {
    let candidates = &pick.candidates;
    let passed_over: Vec<String> = pick.passed_over.iter().map(|(name, why)| format!("not {name}: {why}")).collect();
    let rule = match pick.policy {
        Rule::Random => format!("Uniformly random: each of {} was equally likely.", candidates.len()),
        Rule::LeastBusy => "Whoever has the fewest open conversations.".to_owned(),
        Rule::RoundRobin => "In turn: whoever was picked longest ago.".to_owned(),
        Rule::Sticky => "Back to the rep who had this customer last.".to_owned(),
    };
    let mut steps =
        vec![step("Candidates", if candidates.is_empty() { "nobody".to_owned() } else { candidates.join(", ") })];
    if !passed_over.is_empty() {
        steps.push(step("Passed over", passed_over.join(", ")));
    }
    let chosen = pick.chosen_name.as_deref();
    if chosen.is_some() {
        steps.push(step("Policy", rule));
    }
    let plugged = chosen.map_or_else(|| "nobody: it waits unassigned".to_owned(), str::to_owned);
    steps.push(Step { jack: "ours", name: "Plugged in", text: plugged });
    let question = chosen.map_or_else(|| "Why nobody?".to_owned(), |name| format!("Why {name}?"));
    Trace { question, steps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::At;

    fn done(kind: &str, data: &str) -> Done {
        let conversation = crate::domain::ids::ConversationId(1001);
        Done { id: 1, conversation, at: At::EPOCH, told: Told::read(kind, data), actor: Some("Ana".into()) }
    }

    #[test]
    fn a_pick_says_who_could_have_been_chosen_and_why_the_others_were_not() {
        let pick = r#"{"policy":"random","candidates":["Ana","Ben"],"passed_over":[["Dev","full"]],"chosen":3,"chosen_name":"Ana"}"#;
        let line = line(done("picked", pick), "••34");
        assert_eq!(line.text, "Given to Ana");
        let trace = line.trace.unwrap();
        assert_eq!(trace.question, "Why Ana?");
        let told: Vec<&str> = trace.steps.iter().map(|step| step.text.as_str()).collect();
        assert_eq!(told, ["Ana, Ben", "not Dev: full", "Uniformly random: each of 2 was equally likely.", "Ana"]);
    }

    #[test]
    fn an_event_of_an_unknown_kind_is_still_told() {
        assert_eq!(
            line(done("mask_exhausted", r#"{"why":"no mask was free"}"#), "Joel").text,
            "Mask exhausted: no mask was free"
        );
        assert_eq!(line(done("closed", "not json"), "Joel").text, "Ana closed this");
    }
}
