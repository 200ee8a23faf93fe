//! What time does to pairs: this marks pairs that have ended, and sends warnings. Nothing depends on when it runs: the
//! clock alone holds a text that comes too late.

use std::time::{Duration, Instant};

use super::over::end_over;
use super::{Held, hold, news, open_still, tell};
use crate::desk::Desk;
use crate::desk::upkeep::lapse;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::ConversationId;
use crate::domain::pairs::expiry::Term;
use crate::domain::programs::event::Kind;
use crate::store::pairs::{self, endings};
use crate::store::{self, Result};

/// The most pairs that one transaction marks as ended: few, because other writers wait behind it.
const PIECE: i64 = 25;
/// Between two full pieces nothing is written for at least so long, and [`SHARE`] times as long as the last one took: a
/// million pairs that are over at once leave most of the database and of its disk to others. What is over is over by the
/// clock, however late that is written down.
const PAUSE: Duration = Duration::from_millis(5);
const SHARE: u32 = 3;

/// At most so many warnings are given in one go, each in a transaction of its own.
const WARNINGS: i64 = 200;

/// Writes down the end of pairs that are over. Returns how many there were.
pub async fn lapse(desk: &Desk) -> Result<usize> {
    let now = desk.clock.now();
    if !lapse::may_lapse(desk) {
        return Ok(0);
    }
    let mut ended = 0;
    loop {
        let due = endings::over(&mut desk.store.read().await?, now, PIECE).await?;
        let full = i64::try_from(due.len()).is_ok_and(|due| due >= PIECE);
        if due.is_empty() {
            return Ok(ended);
        }
        let begun = Instant::now();
        let did = desk.work(End { due }).await?;
        ended += did;
        if did == 0 {
            return Ok(ended);
        }
        if full {
            tokio::time::sleep((begun.elapsed() * SHARE).max(PAUSE)).await;
        }
    }
}

struct End {
    due: Vec<ConversationId>,
}

impl Verb for End {
    type Out = usize;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        if !lapse::may_lapse(work.desk) {
            return Ok(0);
        }
        Ok(end_over(work, &self.due).await?.len())
    }
}

/// Gives the warnings that are due. Returns how many there were.
pub async fn warn(desk: &Desk) -> Result<usize> {
    let now = desk.clock.now();
    if !lapse::may_lapse(desk) {
        return Ok(0);
    }
    let due = endings::to_warn(&mut desk.store.read().await?, now, WARNINGS).await?;
    let count = due.len();
    for id in due {
        desk.work(Warn { id }).await?;
    }
    Ok(count)
}

struct Warn {
    id: ConversationId,
}

impl Verb for Warn {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let Some(Held { conversation, term, legs }) = open_still(hold(work, self.id).await)? else {
            return Ok(());
        };
        // Somebody may have written between the look and the lock, and so moved the end.
        if term.warns_at().is_none_or(|at| at > now) || !lapse::may_lapse(desk) {
            return Ok(());
        }
        pairs::keep_terms(work.batch(), &[(self.id, Term { warned_at: Some(now), ..term })]);
        work.flush().await?;
        work.event(Some(self.id), None, &Event::PairExpiring { ends_at: term.ends_at });
        work.note(&[(self.id, Changed::Conversation)]);
        news::moved(work, (self.id, Kind::PairExpiring), term, None);
        if let Some(words) = pairs::warning(work.tx, self.id).await? {
            tell(work, &conversation, &legs, &words).await?;
        }
        Ok(())
    }
}
