//! Our clock and the carrier's: every answer measures the difference, and the database keeps it.
//!
//! `readiness.rs` notices a jump of our clock while this process runs. A clock that somebody set between two starts is
//! noticed here, by the first comparison: the carrier's clock has gone on, so the offset differs from the stored one.

use super::clock_jump;
use super::watch::JUMP;
use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::time::offset::{is_told, worded};
use crate::metrics;
use crate::store::upkeep::carrier_clock::{self, Kept};
use crate::store::{self, Result};

/// The offset is written anew when it has changed by more; 1 second.
const CHANGED: u64 = 1_000_000;

/// Asks the carrier for its clock if that is not known, and keeps how far ours is from it. Returns by how many microseconds the
/// carrier's is ahead, if that is known now.
///
/// # Errors
/// What the database said. A carrier that cannot be asked is no error: it is asked again.
pub async fn compare(desk: &Desk) -> Result<Option<i64>> {
    if desk.carrier.ahead().is_none() {
        desk.carrier.is_there().await;
    }
    let Some(ahead) = desk.carrier.ahead() else {
        metrics::clock_offset(None);
        return Ok(None);
    };
    metrics::clock_offset(Some(-ahead));
    let kept = carrier_clock::get(&mut desk.store.read().await?).await?;
    if kept.is_some_and(|kept| kept.ahead.abs_diff(ahead) < CHANGED && kept.off_since.is_some() == is_told(ahead)) {
        desk.readiness.compare_clock();
        return Ok(Some(ahead));
    }
    // What this process has noticed itself comes first, and is no other jump.
    clock_jump::replan(desk).await?;
    if let Some((before, now)) = desk.work(Keep).await? {
        desk.readiness.compare_clock();
        say(before, now);
        desk.ring();
    }
    Ok(Some(ahead))
}

/// Says what people must know, once.
fn say(before: Option<Kept>, now: Kept) {
    match (before.and_then(|kept| kept.off_since), now.off_since) {
        (None, Some(_)) => tracing::error!(
            seconds = -now.ahead / 1_000_000,
            "our clock is {} the carrier's; instants are compared by the difference, but have it set by the network (NTP)",
            worded(now.ahead)
        ),
        (Some(_), None) => tracing::info!("our clock agrees with the carrier's again"),
        _ => {}
    }
}

struct Keep;

impl Verb for Keep {
    /// What was kept before and is kept now; `None` if it is too early to say.
    type Out = Option<(Option<Kept>, Kept)>;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        // Just after a jump another node may know the offset from before.
        if clock_jump::lately(work.tx, now).await? {
            return Ok(None);
        }
        let (now, Some(ahead)) = (now, work.desk.carrier.ahead()) else { return Ok(None) };
        let before = carrier_clock::get(work.tx).await?;
        if let Some(kept) = before
            && !work.desk.readiness.has_compared_clock()
            && u128::from(kept.ahead.abs_diff(ahead)) > JUMP.as_micros()
        {
            let jump = kept.ahead - ahead;
            tracing::warn!(
                seconds = jump / 1_000_000,
                "the clock was set while nobody noticed: the carrier's is apart from it by another time than before; what was \
                 planned is planned anew"
            );
            clock_jump::plans(work.tx, jump, now).await?;
        }
        let since = before.and_then(|kept| kept.off_since).unwrap_or(now);
        let kept = Kept { ahead, off_since: is_told(ahead).then_some(since) };
        carrier_clock::keep(work.tx, kept, now).await?;
        Ok(Some((before, kept)))
    }
}
