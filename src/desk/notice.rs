//! What the system itself texts: throttled notices, and the word to an author whose text did not arrive.

use super::Desk;
use super::outbox::{Draft, Enqueued, Unsent, enqueue};
use crate::clock::{At, hours, minutes};
use crate::domain::ids::{ConversationId, LegId, MessageId, NumberId};
use crate::domain::phone::masked;
use crate::store::{Result, Tx, dialect, messages, notices};

/// A notice that says the conversation behind a number has ended.
pub const ENDED: &str = "ended";
/// A notice to a rep whose text was not relayed, or who texted a line.
pub const TO_REP: &str = "to_rep";
/// Help for a rep who texts a line.
pub const REP_ON_LINE: &str = "rep_on_line";
/// The answer to HELP.
pub const HELP: &str = "help";
/// Word of a text that did not arrive.
pub const FAILURE: &str = "failure";
/// An author's phone is told of at most so many failures in a conversation within [`FAILURES_WITHIN`]: one that
/// answers by itself would otherwise never stop. The web shows them all.
const MOST_FAILURES: i64 = 5;
const FAILURES_WITHIN: std::time::Duration = minutes(10);
/// A notice to a customer whom nobody can answer now.
pub const AFTER_HOURS: &str = "after_hours";
/// A customer is told so at most once in this time…
const AFTER_HOURS_WINDOW: std::time::Duration = hours(24);
/// …and never so soon after somebody answered.
const AFTER_REPLY: std::time::Duration = minutes(5);
/// Notices of one kind go to one phone from one number at most once in this time.
const WINDOW: std::time::Duration = hours(1);

/// Texts people see from the system itself.
pub mod words {
    /// On a number whose conversation has ended.
    pub const ENDED: &str = include_str!("../../templates/texts/ended.txt");
    /// To a customer's HELP, where the carrier does not answer it; `{line}`.
    pub const HELP: &str = include_str!("../../templates/texts/help.txt");
    /// To a rep who asks which commands there are.
    pub const COMMAND_HELP: &str = include_str!("../../templates/texts/command_help.txt");
    /// The same on a line, where few work.
    pub const COMMAND_LINE: &str = include_str!("../../templates/texts/command_line.txt");
    /// To a rep whose time of a conversation put aside has come; `{customer}`.
    pub const REMINDER: &str = include_str!("../../templates/texts/reminder.txt");
    /// To a rep who texts a line.
    pub const REP_ON_LINE: &str = include_str!("../../templates/texts/rep_on_line.txt");
    /// To a rep whose conversation is somebody else's now; `{name}` is whose.
    pub const MOVED: &str = include_str!("../../templates/texts/moved.txt");
    /// To a rep whose text did not arrive; `{customer}` and `{reason}`.
    pub const NOT_DELIVERED: &str = include_str!("../../templates/texts/not_delivered.txt");
    /// On a rep's phone, when the loop guard pauses relaying; `{customer}`.
    pub const PAUSED: &str = include_str!("../../templates/texts/paused.txt");
    /// To a customer whom nobody can answer now.
    pub const AFTER_HOURS: &str = include_str!("../../templates/texts/after_hours.txt");
    /// On a rep's phone, when its thread is taken for want of masks; `{customer}`.
    pub const RESTED: &str = include_str!("../../templates/texts/rested.txt");
    /// On a rep's phone, when the customer opts out; `{customer}`.
    pub const OPTED_OUT: &str = include_str!("../../templates/texts/opted_out.txt");
}

/// A notice of `kind` from `number` to `to`, unless one went there within the hour.
///
/// # Errors
/// What the database said.
pub async fn throttled(
    desk: &Desk,
    tx: &mut Tx,
    kind: &'static str,
    number: NumberId,
    to: &str,
    body: &str,
    now: At,
) -> Result<Enqueued> {
    if !is_due(tx, kind, number, to, WINDOW, now).await? {
        return Ok(Enqueued::default());
    }
    begin(desk, tx, None, kind, number, to, body, now).await
}

/// Tells a customer that nobody can answer now: at most once a day from each line, and never within five minutes of an
/// answer.
///
/// # Errors
/// What the database said.
pub async fn after_hours(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    line: NumberId,
    to: &str,
    now: At,
) -> Result<Enqueued> {
    let answered = notices::last_answer(tx, conversation).await?;
    if answered.is_some_and(|at| at + AFTER_REPLY > now)
        || !is_due(tx, AFTER_HOURS, line, to, AFTER_HOURS_WINDOW, now).await?
    {
        return Ok(Enqueued::default());
    }
    begin(desk, tx, Some(conversation), AFTER_HOURS, line, to, words::AFTER_HOURS, now).await
}

/// Whether no notice of `kind` went from `number` to `to` within `window`.
async fn is_due(
    tx: &mut Tx,
    kind: &str,
    number: NumberId,
    to: &str,
    window: std::time::Duration,
    now: At,
) -> Result<bool> {
    dialect::one_at_a_time(tx, &format!("notice {kind} {number} {to}")).await?;
    let last = notices::last_window(tx, kind, number, to).await?;
    Ok(last.is_none_or(|began| began + window <= now))
}

/// Sends a notice that begins a window.
async fn begin(
    desk: &Desk,
    tx: &mut Tx,
    conversation: Option<ConversationId>,
    kind: &'static str,
    number: NumberId,
    to: &str,
    body: &str,
    now: At,
) -> Result<Enqueued> {
    let draft = Draft {
        message: None,
        leg: None,
        conversation,
        kind,
        number,
        to: to.to_owned(),
        person: None,
        body: body.trim_end().to_owned(),
        window_at: Some(now),
    };
    enqueue(desk, tx, vec![draft], now).await
}

/// An answer to a rep's command or misdirected text, on the leg that it came by. Not throttled: each is an answer.
#[must_use]
pub fn answer(number: NumberId, to: &str, body: &str) -> Draft {
    Draft {
        message: None,
        leg: None,
        conversation: None,
        kind: TO_REP,
        number,
        to: to.to_owned(),
        person: None,
        body: body.trim_end().to_owned(),
        window_at: None,
    }
}

/// Tells authors on phones that their texts did not arrive; the web shows it on the bubble.
///
/// # Errors
/// What the database said.
pub async fn tell_authors(desk: &Desk, tx: &mut Tx, unsent: &[Unsent], now: At) -> Result<Enqueued> {
    let mut failed: Vec<(MessageId, Option<LegId>, &str)> =
        unsent.iter().map(|one| (one.message, one.leg, one.why.as_str())).collect();
    failed.sort_unstable_by_key(|(message, ..)| *message);
    failed.dedup_by_key(|(message, ..)| *message);
    let ids: Vec<MessageId> = failed.iter().map(|(message, ..)| *message).collect();
    let authored = messages::authored(tx, &ids).await?;
    let legs: Vec<LegId> = authored.iter().filter(|one| one.way == "phone").filter_map(|one| one.leg).collect();
    let legs = notices::rep_legs(tx, &legs).await?;
    let told = notices::told(tx, &ids).await?;
    let mut drafts = Vec::new();
    for one in &authored {
        let (Some(leg), false) = (legs.iter().find(|leg| Some(leg.id) == one.leg), told.contains(&one.id)) else {
            continue;
        };
        if notices::failures(tx, leg.conversation, &leg.phone, now - FAILURES_WITHIN).await? >= MOST_FAILURES {
            continue;
        }
        let why = failed.iter().find(|(message, ..)| *message == one.id).map_or("", |(.., why)| *why);
        let customer = leg.counterpart.as_deref().map(masked).unwrap_or_default();
        drafts.push(Draft {
            message: Some(one.id),
            leg: Some(leg.id),
            conversation: Some(leg.conversation),
            kind: FAILURE,
            number: leg.number,
            to: leg.phone.clone(),
            person: leg.person,
            body: words::NOT_DELIVERED.trim_end().replace("{customer}", &customer).replace("{reason}", why),
            window_at: None,
        });
    }
    enqueue(desk, tx, drafts, now).await
}
