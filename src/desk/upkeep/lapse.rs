//! What time does by itself: old webhooks and announcements are deleted, queues are counted.

use crate::clock::{At, days, hours, minutes};
use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::ids::MessageId;
use crate::domain::outbox::fitness::REMEMBERED;
use crate::domain::people::throttle;
use crate::store::conversations::{changes, presences};
use crate::store::engine::dialect;
use crate::store::outbox::{fitness, outage, paces};
use crate::store::people::{sessions, sign_ins};
use crate::store::programs::{api_events, idempotency};
use crate::store::upkeep::{self, checkup, tallies};
use crate::store::{self, Job, Result, Tx};
use crate::{faults, metrics};

/// The webhook as it came is kept for so long.
const RAW_KEPT: std::time::Duration = days(30);
/// A browser that was away for longer reloads its page instead of catching up.
const CHANGES_KEPT: std::time::Duration = days(1);
/// What integrators were told of can be posted again for so long.
const EVENTS_KEPT: std::time::Duration = days(30);
/// The answers to programs' requests with a key are given again for so long.
pub(in crate::desk) const ANSWERS_KEPT: std::time::Duration = hours(24);
/// Who was not let in is seen for so long.
const REFUSALS_KEPT: std::time::Duration = days(90);
/// A place that has been free for so long holds nothing up, and each lane that is looked at reads all of its number.
const PACES_KEPT: std::time::Duration = minutes(1);
/// Rows of each kind that one transaction forgets.
const PIECE: i64 = 1000;

/// Whether things may end by themselves now (idle conversations, quarantines, snoozes, hand-overs): what was missed
/// while nobody listened is in, and the clock has not jumped within five minutes. Take now before you ask.
#[must_use]
pub fn may_lapse(desk: &Desk) -> bool {
    desk.readiness.has_caught_up() && desk.readiness.is_calm()
}

/// Forgets raw webhooks, announcements, events, answers and failures to sign in that have had their time. Returns how many rows changed.
pub async fn forget(desk: &Desk) -> Result<u64> {
    let mut all = 0;
    loop {
        // In small pieces, so that webhooks do not wait behind a month's worth.
        let forgotten = desk.work(Forget).await?;
        faults::point("after_forget");
        all += forgotten.iter().sum::<u64>();
        if forgotten.iter().all(|rows| *rows < PIECE.unsigned_abs()) {
            return Ok(all);
        }
    }
}

struct Forget;

impl Verb for Forget {
    type Out = [u64; 6];
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (tx, now) = (&mut *work.tx, work.now);
        // Two nodes that forget the same at once would take it in whatever order each finds it.
        dialect::one_at_a_time(tx, "forget", "").await?;
        let raw = upkeep::forget_raw(tx, now - RAW_KEPT, PIECE).await?;
        fitness::forget(tx, now - REMEMBERED).await?;
        let old = changes::forget(tx, now - CHANGES_KEPT, PIECE).await?;
        presences::forget(tx, now - CHANGES_KEPT, PIECE).await?;
        let events = api_events::forget(tx, now - EVENTS_KEPT, PIECE).await?;
        let answers = idempotency::forget(tx, now - ANSWERS_KEPT, PIECE).await?;
        let failures = sessions::forget_old_failures(tx, now - throttle::WINDOW, PIECE).await?;
        let refusals = sign_ins::forget(tx, now - REFUSALS_KEPT, PIECE).await?;
        // Last: sessions that are at work wait for their own row of these, whatever else they hold.
        paces::forget(tx, now - PACES_KEPT).await?;
        Ok([raw, old, events, answers, failures, refusals])
    }
}

/// Counts what waits, for the metrics.
pub async fn count(desk: &Desk) -> Result<()> {
    let mut tx = desk.store.read().await?;
    let counts = upkeep::queue(&mut tx).await?;
    for (state, count) in &counts.states {
        metrics::queue(state, *count);
    }
    let oldest = counts.oldest_ready.map_or(0, |at| desk.clock.now().since(at).as_secs());
    metrics::oldest(i64::try_from(oldest).unwrap_or(i64::MAX));
    metrics::carrier_unreachable(outage::get(&mut tx).await?.is_some_and(|out| !out.trial));
    let mut what: Vec<String> = checkup::unreadable(&mut tx).await?.into_iter().map(|(what, _)| what).collect();
    what.extend(checkup::unknown_words(&mut tx).await?.into_iter().map(|(what, _)| what));
    let (texts, _) = checkup::unreadable_files(&mut tx, MessageId(i64::MAX)).await?;
    what.extend(texts.iter().map(|id| format!("what came with text {id}")));
    if metrics::unreadable(what.len()) {
        tracing::error!(?what, "something in the database cannot be read: nothing is open or allowed by it");
    }
    Ok(())
}

/// Makes the clock agree with the database's, where nodes share one.
pub async fn agree(desk: &Desk) -> Result<()> {
    if let Some(now) = desk.store.now().await? {
        desk.clock.agree_with(now);
    }
    Ok(())
}

/// Adds what was counted in memory, such as refused webhooks, to the totals that people see.
///
/// # Errors
/// What the database said; the counts are kept for the next time.
pub async fn tally(desk: &Desk) -> Result<()> {
    let counted = desk.tallies.take();
    for (name, count) in &counted {
        let job = Tally { name, count: *count, at: desk.clock.now() };
        if let Err(error) = desk.store.write(job).await {
            counted
                .iter()
                .skip_while(|(other, _)| other != name)
                .for_each(|(name, count)| desk.tallies.add(name, *count));
            return Err(error);
        }
    }
    Ok(())
}

struct Tally {
    name: &'static str,
    count: i64,
    at: At,
}

impl Job for Tally {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tallies::add(tx, self.name, self.count, self.at).await
    }
}
