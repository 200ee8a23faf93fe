//! Closes conversations in which nothing was said or done for long. An unassigned conversation is not idle: its
//! customer still waits for a first answer.

use std::time::Duration;

use crate::desk::Desk;
use crate::desk::routing::end::end;
use crate::desk::routing::queue;
use crate::desk::upkeep::lapse;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::conversations::timeline::{Closing, Event};
use crate::domain::ids::{ConversationId, NumberId};
use crate::store::conversations::idle;
use crate::store::routing::routes;
use crate::store::{self, Result};

/// How many conversations are looked up at a time.
const PIECE: i64 = 200;

/// Closes every conversation that has been idle for as long as its line's policy says. Returns how many there were.
pub async fn close_idle(desk: &Desk) -> Result<usize> {
    let now = desk.clock.now();
    if !lapse::may_lapse(desk) {
        return Ok(0);
    }
    let mut closed = 0;
    let lines = idle::lines(&mut desk.store.read().await?).await?;
    for (line, policies) in lines {
        let after = desk.policies.support_of(policies.as_deref()).idle_close;
        loop {
            let due = idle::since(&mut desk.store.read().await?, line, now - after, None, PIECE).await?;
            let mut did = 0;
            for conversation in &due {
                let job = Close { line, conversation: *conversation, after };
                if desk.work(job).await? {
                    did += 1;
                }
            }
            closed += did;
            if did == 0 {
                break;
            }
        }
    }
    Ok(closed)
}

struct Close {
    line: NumberId,
    conversation: ConversationId,
    after: Duration,
}

impl Verb for Close {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let line = queue::hold_line_of(work.tx, self.conversation).await?;
        let conversations = routes::conversations(work.tx, &[self.conversation]).await?;
        // Somebody may have written between the look and the lock.
        let still = idle::since(work.tx, self.line, now - self.after, Some(self.conversation), 1).await?;
        // So may the database have gone back, which its connection has found out.
        let goes_on = still.is_empty() || !lapse::may_lapse(desk);
        let Some(conversation) = conversations.first().filter(|_| !goes_on) else { return Ok(false) };
        let hours = Some(self.after.as_secs() / 3600);
        end(work, conversation, None, &Event::Closed { why: Some(Closing::Idle), hours }).await?;
        queue::drain_after(work, line).await?;
        Ok(true)
    }
}
