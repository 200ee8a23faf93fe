//! The texts of the program itself: throttled notices, and the notice to an author whose text did not arrive.

use super::{Draft, Unsent};
use crate::clock::{At, hours, minutes};
use crate::desk::work::UnitOfWork;
use crate::domain::characters::seen;
use crate::domain::ids::{ConversationId, LegId, MessageId, NumberId};
use crate::domain::message::Channel;
use crate::domain::numbers::phone::{Sender, masked};
use crate::domain::outbox::delivery::Kind;
use crate::domain::words::outsider;
use crate::domain::words::text::Wording;
use crate::store::conversations::{attention, messages};
use crate::store::engine::dialect;
use crate::store::lines::{self, texts};
use crate::store::outbox::notices;
use crate::store::routing::routes::LiveLeg;
use crate::store::{Result, Tx};

/// An author's phone is told of at most so many failures in a conversation within [`FAILURES_WITHIN`]: one that
/// answers by itself would otherwise never stop. The web shows them all.
const MOST_FAILURES: i64 = 5;
const FAILURES_WITHIN: std::time::Duration = minutes(10);
/// A customer is told so at most once in this time…
const AFTER_HOURS_WINDOW: std::time::Duration = hours(24);
/// …and never so soon after somebody answered.
const AFTER_REPLY: std::time::Duration = minutes(5);
/// Notices of one kind go to one phone from one number at most once in this time.
const WINDOW: std::time::Duration = hours(1);

/// Whose words a text is said in.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// A line's.
    Line(NumberId),
    /// Those of the line of a conversation.
    In(ConversationId),
    /// Nobody's: the usual ones.
    Nobody,
}

impl From<Option<ConversationId>> for Whose {
    fn from(conversation: Option<ConversationId>) -> Self {
        conversation.map_or(Whose::Nobody, Whose::In)
    }
}

/// A text of the program in the words of the line or the default ones, with its fields filled.
pub async fn say(tx: &mut Tx, whose: Whose, wording: Wording, values: &[(&str, &str)]) -> Result<String> {
    let own = match whose {
        Whose::Line(line) => texts::own(tx, line, wording).await?,
        Whose::In(conversation) => texts::own_in(tx, conversation, wording).await?,
        Whose::Nobody => None,
    };
    Ok(wording.say(own.as_deref(), values))
}

/// A notice of `kind` from `number` to `to`, unless one went there within the hour.
pub async fn throttled(work: &mut UnitOfWork<'_>, kind: Kind, number: NumberId, to: &str, body: &str) -> Result<()> {
    let now = work.now;
    if !is_due(work.tx, kind, number, to, WINDOW, now).await? {
        return Ok(());
    }
    begin(work, None, kind, number, to, body).await
}

/// As [`throttled`], with [`Kind::WordsOnly`], and shown in the conversation: to somebody who sent what cannot be passed on. A
/// sender who cannot be answered is not.
pub async fn words_only(
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    (number, to): (NumberId, &str),
    body: &str,
) -> Result<()> {
    let now = work.now;
    if !Sender::read(to).answerable() || !is_due(work.tx, Kind::WordsOnly, number, to, WINDOW, now).await? {
        return Ok(());
    }
    begin(work, Some(conversation), Kind::WordsOnly, number, to, body).await
}

/// Tells a customer that nobody can answer now: at most once a day from each line, and never within five minutes of an
/// answer.
pub async fn after_hours(
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    line: NumberId,
    to: &str,
) -> Result<()> {
    let now = work.now;
    let answered = notices::last_answer(work.tx, conversation).await?;
    if answered.is_some_and(|at| at + AFTER_REPLY > now)
        || !is_due(work.tx, Kind::AfterHours, line, to, AFTER_HOURS_WINDOW, now).await?
    {
        return Ok(());
    }
    let body = say(work.tx, Whose::Line(line), Wording::AfterHours, &[]).await?;
    begin(work, Some(conversation), Kind::AfterHours, line, to, &body).await
}

/// Greets a customer who has opened a conversation with the `words` of its line, if it has any: at most once a day.
pub async fn greet(
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    (line, words): (NumberId, Option<&str>),
    to: &str,
) -> Result<()> {
    let now = work.now;
    let Some(words) = words.filter(|words| !seen::is_blank(words)) else { return Ok(()) };
    if !is_due(work.tx, Kind::Greeting, line, to, AFTER_HOURS_WINDOW, now).await? {
        return Ok(());
    }
    let name = lines::name(work.tx, line).await?.unwrap_or_default();
    let body = Wording::Greeting.say(Some(words), &[("line", &name)]);
    begin(work, Some(conversation), Kind::Greeting, line, to, &body).await
}

/// Whether no notice of `kind` went from `number` to `to` within `window`.
async fn is_due(
    tx: &mut Tx,
    kind: Kind,
    number: NumberId,
    to: &str,
    window: std::time::Duration,
    now: At,
) -> Result<bool> {
    dialect::one_at_a_time(tx, "notice", &format!("{kind} {number} {to}")).await?;
    let last = notices::last_window(tx, kind, number, to).await?;
    Ok(last.is_none_or(|began| began + window <= now))
}

/// Sends a notice that begins a window.
async fn begin(
    work: &mut UnitOfWork<'_>,
    conversation: Option<ConversationId>,
    kind: Kind,
    number: NumberId,
    to: &str,
    body: &str,
) -> Result<()> {
    let now = work.now;
    if seen::is_blank(body) {
        return Ok(());
    }
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
    work.enqueue(vec![draft]).await
}

/// An answer to a rep's command or misdirected text, on the leg that it came by. Not throttled: each is an answer.
pub fn answer(number: NumberId, to: &str, body: &str) -> Draft {
    Draft {
        message: None,
        leg: None,
        conversation: None,
        kind: Kind::ToRep,
        number,
        to: to.to_owned(),
        person: None,
        body: body.trim_end().to_owned(),
        window_at: None,
    }
}

/// Tells a rep on the thread that something was not sent, as [`tell_authors`] does: no more often either.
pub async fn not_sent(work: &mut UnitOfWork<'_>, rep: &LiveLeg, body: &str) -> Result<()> {
    let now = work.now;
    if notices::failures(work.tx, rep.conversation, &rep.phone, now - FAILURES_WITHIN).await? >= MOST_FAILURES {
        return Ok(());
    }
    let draft = Draft {
        message: None,
        leg: Some(rep.id),
        conversation: Some(rep.conversation),
        kind: Kind::Failure,
        number: rep.number,
        to: rep.phone.clone(),
        person: rep.person,
        body: body.trim_end().to_owned(),
        window_at: None,
    };
    work.enqueue(vec![draft]).await
}

/// Tells authors on phones that their texts did not arrive; the web shows it on the bubble.
pub async fn tell_authors(work: &mut UnitOfWork<'_>, unsent: &[Unsent]) -> Result<()> {
    let now = work.now;
    let mut failed: Vec<(MessageId, Option<LegId>, &str)> =
        unsent.iter().map(|one| (one.message, one.leg, one.why.as_str())).collect();
    failed.sort_unstable_by_key(|(message, ..)| *message);
    failed.dedup_by_key(|(message, ..)| *message);
    let ids: Vec<MessageId> = failed.iter().map(|(message, ..)| *message).collect();
    let authored = messages::authored(work.tx, &ids).await?;
    let legs: Vec<LegId> = authored.iter().filter(|one| one.way == Channel::Phone).filter_map(|one| one.leg).collect();
    let legs = notices::rep_legs(work.tx, &legs).await?;
    let told = notices::told(work.tx, &ids).await?;
    let mut drafts: Vec<Draft> = Vec::new();
    for one in &authored {
        let (Some(leg), false) = (legs.iter().find(|leg| Some(leg.id) == one.leg), told.contains(&one.id)) else {
            continue;
        };
        // Several may end in one sweep: what is told now counts too.
        let here = drafts.iter().filter(|draft| draft.conversation == Some(leg.conversation) && draft.to == leg.phone);
        let recently = notices::failures(work.tx, leg.conversation, &leg.phone, now - FAILURES_WITHIN).await?;
        if recently.saturating_add_unsigned(here.count() as u64) >= MOST_FAILURES {
            continue;
        }
        let why = failed.iter().find(|(message, ..)| *message == one.id).map_or("", |(.., why)| *why);
        let why = if leg.party { outsider::reason(why) } else { why };
        let customer = if leg.party {
            "the other side".to_owned()
        } else {
            leg.counterpart.as_deref().map(masked).unwrap_or_default()
        };
        let values = [("customer", customer.as_str()), ("reason", why)];
        drafts.push(Draft {
            message: Some(one.id),
            leg: Some(leg.id),
            conversation: Some(leg.conversation),
            kind: Kind::Failure,
            number: leg.number,
            to: leg.phone.clone(),
            person: leg.person,
            body: say(work.tx, Whose::In(leg.conversation), Wording::NotDelivered, &values).await?,
            window_at: None,
        });
    }
    work.enqueue(drafts).await
}

/// Marks the conversations whose customers did not get these texts.
pub(in crate::desk) async fn failed(tx: &mut Tx, unsent: &[Unsent], now: At) -> Result<()> {
    let mut messages: Vec<MessageId> = unsent.iter().map(|one| one.message).collect();
    messages.sort_unstable();
    messages.dedup();
    attention::failed(tx, &messages, now).await
}
