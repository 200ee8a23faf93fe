//! Snoozes a conversation: it leaves the open views until its time comes or the customer writes.

use crate::clock::At;
use crate::desk::outbox::Draft;
use crate::desk::outbox::notice::{Whose, say};
use crate::desk::outbox::relay::customer_label;
use crate::desk::upkeep::lapse;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::outbox::delivery::Kind;
use crate::domain::time::wall_clock::WallClock;
use crate::domain::words::command::LATER;
use crate::domain::words::later::Later;
use crate::domain::words::text::Wording;
use crate::faults;
use crate::store::conversations::{access, snoozes};
use crate::store::routing::routes::{self, Conversation};
use crate::store::{self, Result};

/// How many conversations are looked up at a time.
const PIECE: i64 = 200;

/// Puts a conversation aside until `until`.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it; [`Failure::Refused`] for the field `until`, or if it is closed.
pub async fn snooze(desk: &Desk, by: PersonId, conversation: ConversationId, until: At) -> Result<(), Failure> {
    desk.work(Snooze { by, conversation, until: Some(until) }).await
}

/// As [`snooze()`], until `choice`: `tomorrow`, `next_week`, a picked time such as `2026-03-11T09:30`, or a span such as
/// `1h30m`. Clocks are those of the person's own time zone, else of the line's.
///
/// # Errors
/// As [`snooze()`].
pub async fn snooze_until(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    choice: &str,
) -> Result<(), Failure> {
    let wrong = "choose a date and a time, or write a span such as 15m, 2h, 3d or 1h30m";
    let later = Later::read(choice).map_err(|_| Failure::refused("until", wrong))?;
    let hours = snoozes::hours(&mut desk.store.read().await?, by, conversation).await?;
    let until = later.at(desk.clock.now(), WallClock::of(hours.as_deref()).hours());
    snooze(desk, by, conversation, until.ok_or_else(|| Failure::refused("until", "there is no such time"))?).await
}

/// Takes a conversation back before its time. One that is not put aside stays as it is.
///
/// # Errors
/// As [`snooze()`].
pub async fn unsnooze(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    desk.work(Snooze { by, conversation, until: None }).await
}

struct Snooze {
    by: PersonId,
    conversation: ConversationId,
    until: Option<At>,
}

impl Verb for Snooze {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        snooze_in(work, (self.by, self.conversation), self.until).await
    }
}

/// Puts a conversation aside, or takes it back, within a transaction: what the web and a rep's command do alike.
///
/// # Errors
/// What the database said; the inner error as [`snooze`].
pub(in crate::desk) async fn snooze_in(
    work: &mut UnitOfWork<'_>,
    (by, conversation_id): (PersonId, ConversationId),
    until: Option<At>,
) -> Result<(), Failure> {
    let now = work.now;
    let Some((conversation, _)) = access::conversation(work.tx, by, conversation_id).await? else {
        return Err(Failure::NotFound);
    };
    let Some(until) = until else {
        if conversation.snoozed_until.is_some() {
            back(work, &conversation, Some(by), "taken back").await?;
        }
        return Ok(());
    };
    if conversation.closed {
        return Err(Failure::refused("conversation", "it is closed"));
    }
    if conversation.pair.is_some() {
        return Err(Failure::refused("conversation", "nobody of ours answers a pair, so it cannot be put aside"));
    }
    if until < now + LATER.0 || until > now + LATER.1 {
        let why = "choose a time that is between 1 minute and 30 days from now";
        return Err(Failure::refused("until", why));
    }
    snoozes::set(work.tx, conversation.id, Some(until)).await?;
    faults::point("after_snooze");
    work.event(Some(conversation.id), Some(by), &Event::Snoozed { until });
    work.note(&[(conversation.id, Changed::Conversation)]);
    Ok(())
}

/// Brings back a conversation that was put aside, and says why in its timeline.
pub(in crate::desk) async fn back(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    by: Option<PersonId>,
    why: &str,
) -> Result<()> {
    snoozes::set(work.tx, conversation.id, None).await?;
    faults::point("after_wake");
    work.event(Some(conversation.id), by, &Event::Woke { why: why.to_owned() });
    work.note(&[(conversation.id, Changed::Conversation)]);
    Ok(())
}

/// Brings back every conversation whose time has come, and reminds its rep. Returns how many there were.
pub async fn wake(desk: &Desk) -> Result<usize> {
    let mut woken = 0;
    loop {
        let now = desk.clock.now();
        if !lapse::may_lapse(desk) {
            return Ok(woken);
        }
        let due = snoozes::due(&mut desk.store.read().await?, now, PIECE).await?;
        if due.is_empty() {
            return Ok(woken);
        }
        woken += due.len();
        for conversation in due {
            desk.work(Wake { conversation }).await?;
        }
    }
}

struct Wake {
    conversation: ConversationId,
}

impl Verb for Wake {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let conversations = routes::conversations(work.tx, &[self.conversation]).await?;
        let due =
            conversations.first().filter(|conversation| conversation.snoozed_until.is_some_and(|until| until <= now));
        let Some(conversation) = due.filter(|_| lapse::may_lapse(desk)) else { return Ok(()) };
        back(work, conversation, None, "its time has come").await?;
        let legs = routes::live_legs(work.tx, &[conversation.id]).await?;
        let own = legs.iter().find(|leg| leg.person.is_some() && leg.person == conversation.pinned_to && leg.reachable);
        let Some(leg) = own else { return Ok(()) };
        let reminder = Draft {
            message: None,
            leg: Some(leg.id),
            conversation: Some(conversation.id),
            kind: Kind::Reminder,
            number: leg.number,
            to: leg.phone.clone(),
            person: leg.person,
            body: say(
                work.tx,
                Whose::In(conversation.id),
                Wording::Reminder,
                &[("customer", &customer_label(conversation))],
            )
            .await?,
            window_at: None,
        };
        work.enqueue(vec![reminder]).await
    }
}
