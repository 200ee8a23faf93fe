//! States in words that a person understands.
//!
//! Every state is a word first; colour and shape only repeat it.

use crate::domain::outbox::delivery::State;
use crate::domain::people::person::Duty;
use crate::domain::words::files::{Files, noun};
use crate::domain::words::sentence::{capitalised, sentence};
use crate::store::views::list::{Condition, Sort, Which};
use crate::store::views::thread::timeline::{Said, Text};

/// Until when a conversation is put aside most often: what forms say, and the words for it.
pub const LATER: [(&str, &str); 4] =
    [("1h", "In 1 hour"), ("3h", "In 3 hours"), ("tomorrow", "Tomorrow at 9:00"), ("next_week", "Monday at 9:00")];

/// The name of a view.
#[must_use]
pub fn view(which: Which) -> &'static str {
    match which {
        Which::All => "All open",
        Which::Mine => "Mine",
        Which::Unassigned => "Unassigned",
        Which::Unread => "Unread",
        Which::Waiting => "Waiting for us",
        Which::Mentions => "Mentions",
        Which::Snoozed => "Snoozed",
        Which::Failed => "Failed",
        Which::Closed => "Closed",
    }
}

/// The name of an order.
#[must_use]
pub fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "Newest",
        Sort::Oldest => "Oldest",
        Sort::Waiting => "Waiting longest",
    }
}

/// The name of what a list is narrowed to.
#[must_use]
pub fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::Unread => "Unread",
        Condition::Waiting => "Waiting for us",
        Condition::Failed => "Not delivered",
        Condition::Paused => "Paused",
        Condition::Flagged => "Reads like a refusal",
    }
}

/// A duty, and what it means for the one who has it.
#[must_use]
pub fn duty(duty: &Duty) -> (&'static str, &'static str) {
    match duty {
        Duty::On => ("On duty", "New customers come to you."),
        Duty::Away => ("Away", "No new customers. Your own can still text you."),
        Duty::AwayReassign => ("Away, reassign", "No new customers, and your own go to others now."),
    }
}

/// What stands where a view has nothing to show.
#[must_use]
pub fn empty(which: Which) -> &'static str {
    match which {
        Which::All => "Nothing here yet. When a customer texts one of your lines, it shows at once.",
        Which::Mine => "Nobody is waiting for you.",
        Which::Unread => "Everything has been read.",
        Which::Waiting => "Nobody waits for an answer.",
        Which::Mentions => "Nobody has called you. A note with @ and your name shows here until you have looked.",
        Which::Failed => "Every text has arrived, or somebody has dealt with it.",
        Which::Unassigned => "Everybody has somebody.",
        Which::Snoozed => "Nothing is put aside. What you put aside comes back by itself.",
        Which::Closed => "Nothing has been closed yet.",
    }
}

/// What makes a number doubtful, as a page says it beside the number.
#[must_use]
pub fn doubtful(why: &str) -> String {
    sentence(&format!("about this number: {why}"))
}

/// What became of a text, in words, and whether it is something to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// In words.
    pub text: String,
    /// Red: late, failed or severed.
    pub bad: bool,
    /// It never left.
    pub never: bool,
}

impl Fate {
    fn quiet(text: &str) -> Self {
        Fate { text: text.to_owned(), bad: false, never: false }
    }

    fn bad(text: &str, why: Option<&str>) -> Self {
        let text = why.filter(|why| !why.is_empty()).map_or_else(|| text.to_owned(), |why| format!("{text}: {why}"));
        Fate { text, bad: true, never: false }
    }

    fn never(text: &str, why: Option<&str>) -> Self {
        Fate { bad: false, never: true, ..Fate::bad(text, why) }
    }
}

/// How much a state matters when the parts of one message differ: the worst is shown.
fn weight(state: State) -> u8 {
    match state {
        State::Failed | State::Undelivered | State::Dead => 9,
        State::Expired | State::Suppressed => 8,
        State::Parked => 7,
        State::Unknown => 6,
        State::Ready => 5,
        State::Sending => 4,
        State::Accepted => 3,
        State::Sent => 2,
        State::Delivered => 1,
    }
}

/// What became of one text.
#[must_use]
pub fn fate(text: &Text) -> Fate {
    let why = text.why.as_deref();
    match text.state {
        State::Ready => match why.filter(|why| !why.is_empty()) {
            Some(why) => Fate::quiet(&format!("Queued: {why}")),
            None => Fate::quiet("Queued"),
        },
        State::Sending => Fate::quiet("Leaving"),
        State::Unknown => Fate::quiet("In doubt: the carrier did not answer, we are finding out"),
        State::Accepted | State::Sent => Fate::quiet("Sent"),
        State::Delivered => Fate::quiet("Delivered"),
        State::Suppressed => Fate::never("Not sent", why),
        State::Expired => Fate::bad("Not sent in time", why),
        State::Parked => Fate::bad("Perhaps not sent: nobody could find out", None),
        State::Dead => Fate::bad("Not sent, given up after many tries", why),
        State::Undelivered | State::Failed => Fate::bad("Not delivered", why),
    }
}

/// What became of the text to the customer; nothing if there was none to send.
#[must_use]
pub fn to_customer(said: &Said) -> Option<Fate> {
    of_texts(&said.texts)
}

/// What became of the texts to the parties of a pair: one word where it is the same for all, else one each.
#[must_use]
pub fn to_parties(texts: &[Text]) -> Vec<Fate> {
    let mut parties: Vec<(&str, &Text)> = Vec::new();
    for text in texts {
        let Some(party) = text.to_party.as_deref() else { continue };
        match parties.iter_mut().find(|(name, _)| *name == party) {
            Some((_, worst)) if weight(text.state) > weight(worst.state) => *worst = text,
            Some(_) => {}
            None => parties.push((party, text)),
        }
    }
    let fates: Vec<(&str, Fate)> = parties.into_iter().map(|(name, text)| (name, fate(text))).collect();
    match fates.as_slice() {
        [] => Vec::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => vec![first.clone()],
        _ => fates.into_iter().map(|(name, fate)| Fate { text: format!("{name}: {}", fate.text), ..fate }).collect(),
    }
}

/// As [`to_customer`], of the texts of one message.
#[must_use]
pub fn of_texts(texts: &[Text]) -> Option<Fate> {
    texts.iter().filter(|text| text.to_rep.is_none()).max_by_key(|text| weight(text.state)).map(fate)
}

/// Whether a text of it to the customer has not arrived, and nobody expects it to any more.
#[must_use]
pub fn is_unarrived(said: &Said) -> bool {
    let failed = |text: &&Text| text.state.is_failure();
    said.texts.iter().filter(|text| text.to_rep.is_none()).any(|text| failed(&text))
}

/// The files of a message, in words: `Photo (image/jpeg)`.
#[must_use]
pub fn files(files: &Files) -> Vec<String> {
    let Files::Of(types) = files else { return vec!["Something came with it that cannot be read".to_owned()] };
    let named = |kind: &String| {
        let what = capitalised(noun(kind));
        if kind.is_empty() { what } else { format!("{what} ({kind})") }
    };
    types.iter().map(named).collect()
}

/// What became of one text, in words.
#[must_use]
pub fn told(text: &Text) -> String {
    fate(text).text
}

/// Trouble on the way to a rep's phone; where all went well, there is nothing to say.
#[must_use]
pub fn to_reps(said: &Said) -> Vec<Fate> {
    said.texts
        .iter()
        // What was suppressed went to a colleague's phone instead, or the rep wants no texts there.
        .filter(|text| text.state != State::Suppressed)
        .filter_map(|text| Some((text.to_rep.as_deref()?, fate(text))))
        .filter(|(_, fate)| fate.bad)
        .map(|(rep, fate)| Fate { text: format!("{rep}'s phone: {}", fate.text), ..fate })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::At;
    use crate::domain::ids::{ConversationId, MessageId};
    use crate::domain::message::{Author, Channel, Kind, Outcome};

    fn said(texts: &[(State, Option<&str>, Option<&str>)]) -> Said {
        Said {
            id: MessageId(1),
            conversation: ConversationId(1001),
            at: At::EPOCH,
            author: Author::Rep,
            author_name: None,
            way: Channel::Web,
            kind: Kind::Text,
            outcome: Outcome::Relayed,
            why: None,
            body: String::new(),
            files: Files::Of(Vec::new()),
            names: Vec::new(),
            repeated: false,
            texts: texts
                .iter()
                .map(|(state, rep, why)| Text {
                    state: *state,
                    to_rep: rep.map(Into::into),
                    to_party: None,
                    why: why.map(Into::into),
                })
                .collect(),
        }
    }

    #[test]
    fn a_message_in_parts_shows_what_became_of_the_worst() {
        let fate =
            to_customer(&said(&[(State::Delivered, None, None), (State::Failed, None, Some("phone switched off"))]));
        assert_eq!(fate, Some(Fate { text: "Not delivered: phone switched off".into(), bad: true, never: false }));
        assert_eq!(to_customer(&said(&[(State::Delivered, None, None)])), Some(Fate::quiet("Delivered")));
    }

    #[test]
    fn parties_are_named_only_where_their_fates_differ() {
        let to = |party: &str, state: State| Text { state, to_rep: None, to_party: Some(party.into()), why: None };
        let told = |texts: &[Text]| to_parties(texts).into_iter().map(|fate| fate.text).collect::<Vec<_>>();
        assert_eq!(told(&[to("Helper", State::Delivered)]), ["Delivered"]);
        assert_eq!(told(&[to("Helper", State::Delivered), to("Helper", State::Failed)]), ["Not delivered"]);
        assert_eq!(
            told(&[to("Helper", State::Delivered), to("Driver", State::Sent)]),
            ["Helper: Delivered", "Driver: Sent"]
        );
        assert!(told(&[]).is_empty());
    }

    #[test]
    fn a_reps_phone_is_named_only_when_it_was_not_reached() {
        let ok = said(&[(State::Delivered, Some("Ana"), None)]);
        assert_eq!((to_customer(&ok), to_reps(&ok)), (None, vec![]));
        let lost = to_reps(&said(&[(State::Expired, Some("Ana"), None)]));
        assert_eq!(lost[0].text, "Ana's phone: Not sent in time");
    }
}
