//! Events as sentences, and the reason of a pick as a trace.

use serde_json::Value;

use crate::clock::At;
use crate::domain::routing::pick::STICKY;
use crate::domain::words::sentence::sentence;
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
    let data: Value = serde_json::from_str(&done.data).unwrap_or_default();
    let actor = done.actor.as_deref().unwrap_or("Switchboard");
    let word = |key: &str| data.get(key).and_then(Value::as_str).map(str::to_owned);
    // In a pair it is about one of the parties.
    let who = word("party").unwrap_or_else(|| customer.to_owned());
    let text = match done.kind.as_str() {
        "opened" => format!("{customer} began a conversation"),
        "picked" => format!("Given to {}", word("chosen_name").unwrap_or_default()),
        "unassigned" => "Given to nobody, because nobody could take it".to_owned(),
        "claimed" => format!("{actor} took this"),
        "transferred" => format!("{actor} gave this to {}", word("to_name").unwrap_or_default()),
        "taken_away" => match word("why").as_deref() {
            Some("away") => "Given away, because its rep does not take customers now".to_owned(),
            Some("disabled") => "Given away, because its rep is here no more".to_owned(),
            Some("rep_missing") => "Given away, because its rep has been off duty for too long".to_owned(),
            Some("reassigned") => format!("{actor} had somebody else picked"),
            _ => "Given away".to_owned(),
        },
        "started" => format!("{actor} began a conversation with {customer}"),
        "renamed" => match (word("from"), word("to")) {
            (_, None) => format!("{actor} took the name {} away", word("from").unwrap_or_default()),
            (None, Some(to)) => format!("{actor} named this contact {to}"),
            (Some(from), Some(to)) => format!("{actor} changed the name from {from} to {to}"),
        },
        "merged" => format!("{actor} put this contact together with that of #{}", word("with").unwrap_or_default()),
        "separated" => format!("{actor} took this contact and that of #{} apart", word("with").unwrap_or_default()),
        "released" => match word("to").as_deref() {
            Some("phone") => "The rep is at work: what waited was sent to their phone".to_owned(),
            _ => "The rep is at work: what waited waits no longer".to_owned(),
        },
        "reopened" => {
            let why = word("why").map(|why| format!(": {why}")).unwrap_or_default();
            format!(
                "{} again{why}",
                done.actor.as_deref().map_or("Open".to_owned(), |who| format!("{who} opened this"))
            )
        }
        kind if kind.starts_with("pair_") => of_pair(kind, &data, done.actor.as_deref()),
        "party_changed" => format!("{} has another phone from here on", word("alias").unwrap_or_default()),
        "leg_opened" => {
            format!("From here on texts reach the rep's phone ({})", word("why").unwrap_or_default())
        }
        "leg_rested" => {
            "Texts to the rep's phone rest, because masks are short: this one goes on in the inbox".to_owned()
        }
        "closed" if word("why").as_deref() == Some("idle") => match data.get("hours").and_then(Value::as_u64) {
            Some(hours) => format!("Closed, because nothing was said for {hours} h"),
            None => "Closed, because nothing was said for long".to_owned(),
        },
        "held_forwarded" => format!("{actor} sent a held text on"),
        "held_dismissed" => format!("{actor} put a held text away: {}", word("reason").unwrap_or_default()),
        "closed" => format!("{actor} closed this"),
        "snoozed" => match data.get("until").and_then(Value::as_i64).map(|at| Stamp(At(at))) {
            Some(until) => format!("{actor} put this aside until {}, {}", until.day(), until.clock()),
            None => format!("{actor} put this aside"),
        },
        "labelled" => format!("{actor} put the label {} on this", word("name").unwrap_or_default()),
        "unlabelled" => format!("{actor} took the label {} off", word("name").unwrap_or_default()),
        "blocked" => format!("{actor} blocked {customer}: {}", word("reason").unwrap_or_default()),
        "unblocked" => format!("{actor} unblocked {customer}"),
        "consent_withdrawn" => format!("{actor} entered that {who} wants no more texts: {}", evidence(&data)),
        "consent_restored" => format!("{actor} took back that {who} wants no texts: {}", evidence(&data)),
        "looks_like_refusal" => format!("{who} seems to want no more texts"),
        "no_refusal" => format!("{actor} saw no refusal in it"),
        "woke" => format!("This is back: {}", word("why").unwrap_or_default()),
        "no_mask" => "No mask was free for the rep's phone: this one is answered on the web".to_owned(),
        "phone_off" => format!("{actor} turned off the texts to their phone"),
        // Whatever ends it: a rep's answer, or, in a pair, other words.
        "loop_paused" => {
            "Two machines seem to answer each other: nothing is passed on until a person steps in".to_owned()
        }
        "planned_cancelled" => format!("{actor} cancelled a text that was to be sent later"),
        "planned_moved" => format!("{actor} gave a text that is to be sent later another time"),
        "delivery_decided" => match (word("decision").as_deref(), word("reason")) {
            (Some("sent"), _) => format!("{actor} decided that a text in doubt was sent"),
            (Some("not_sent"), _) => format!("{actor} had a text in doubt sent again"),
            (_, reason) => format!("{actor} left a text in doubt at that: {}", reason.unwrap_or_default()),
        },
        "doubled" => "The carrier may have sent a text twice".to_owned(),
        other => {
            let why = word("why").map(|why| format!(": {why}")).unwrap_or_default();
            format!("{}{why}", sentence(&other.replace(['_', '.'], " ")).trim_end_matches('.'))
        }
    };
    let trace = match done.kind.as_str() {
        "picked" | "unassigned" => trace(&data),
        "party_changed" => Some(Trace { question: MASKS.to_owned(), steps: vec![mask_of(&data)] }),
        _ => None,
    };
    Line { id: done.id, at: Stamp(done.at), text, trace }
}

/// What shows that somebody wants no texts, or wants them; a message is there to be seen.
fn evidence(data: &Value) -> String {
    let words = data.get("evidence").and_then(Value::as_str).unwrap_or_default();
    if words.starts_with("message ") { "by what they wrote".to_owned() } else { words.to_owned() }
}

/// What has happened to a pair, in words.
fn of_pair(kind: &str, data: &Value, actor: Option<&str>) -> String {
    let word = |key: &str| data.get(key).and_then(Value::as_str);
    let reference = word("reference").unwrap_or_default();
    match kind {
        "pair_opened" => format!("An app opened this pair: {reference}"),
        "pair_merged" => format!("An app joined another transaction to this: {reference}"),
        "pair_completed" => "The app said that the transaction is complete".to_owned(),
        "pair_extended" => {
            let until = data.get("ends_at").and_then(Value::as_i64).map(|at| Stamp(At(at)).full()).unwrap_or_default();
            match word("alias") {
                Some(alias) => format!("{alias} asked for more time: it ends {until} now"),
                None => format!("The app gave it more time: it ends {until} now"),
            }
        }
        "pair_expiring" => "The end is near: the app was told, and the parties if it wants that".to_owned(),
        _ if word("why") == Some("expired") => "Ended, because its time was up".to_owned(),
        _ => format!("{} ended this", actor.unwrap_or("The app")),
    }
}

/// What is asked where nothing but masks was chosen.
pub const MASKS: &str = "Which mask?";

/// If the event is the opening of a rep's or a party's leg, the last step of the line before: which mask, and why that
/// one.
#[must_use]
pub fn mask_step(done: &Done) -> Option<Step> {
    (done.kind == "leg_opened").then(|| serde_json::from_str(&done.data).ok()).flatten().as_ref().map(mask_of)
}

fn mask_of(data: &Value) -> Step {
    let word = |key: &str| data.get(key).and_then(Value::as_str);
    let why = sentence(word("why").unwrap_or("chosen"));
    let text = word("alias").map_or_else(|| why.clone(), |alias| format!("For {alias}: {why}"));
    Step { jack: "ours", name: "Mask", text }
}

fn trace(pick: &Value) -> Option<Trace> {
    let names = |key: &str| -> Vec<String> {
        pick.get(key)
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default()
    };
    let candidates = names("candidates");
    let passed_over: Vec<String> = pick
        .get("passed_over")
        .and_then(Value::as_array)?
        .iter()
        .filter_map(|pair| Some(format!("not {}: {}", pair.get(0)?.as_str()?, pair.get(1)?.as_str()?)))
        .collect();
    let chosen = pick.get("chosen_name").and_then(Value::as_str);
    let policy = match pick.get("policy").and_then(Value::as_str) {
        Some("random") => format!("Uniformly random: each of {} was equally likely.", candidates.len()),
        Some("least_busy") => "Whoever has the fewest open conversations.".to_owned(),
        Some("round_robin") => "In turn: whoever was picked longest ago.".to_owned(),
        Some(STICKY) => "Back to the rep who had this customer last.".to_owned(),
        other => other.unwrap_or("unknown").to_owned(),
    };
    let mut steps =
        vec![step("Candidates", if candidates.is_empty() { "nobody".to_owned() } else { candidates.join(", ") })];
    if !passed_over.is_empty() {
        steps.push(step("Passed over", passed_over.join(", ")));
    }
    if chosen.is_some() {
        steps.push(step("Policy", policy));
    }
    let plugged = chosen.map_or_else(|| "nobody: it waits unassigned".to_owned(), str::to_owned);
    steps.push(Step { jack: "ours", name: "Plugged in", text: plugged });
    let question = chosen.map_or_else(|| "Why nobody?".to_owned(), |name| format!("Why {name}?"));
    Some(Trace { question, steps })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(kind: &str, data: &str) -> Done {
        let conversation = crate::domain::ids::ConversationId(1001);
        Done { id: 1, conversation, at: At::EPOCH, kind: kind.into(), actor: Some("Ana".into()), data: data.into() }
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
