//! Sends planned replies when they are due, by the same checks as any reply, in the order in which they were written,
//! each once. A reply that cannot be sent goes back to its writer's draft, and the thread says why.

use std::time::Duration;

use super::draft;
use super::reply::{accept, admit};
use crate::clock::At;
use crate::desk::upkeep::lapse;
use crate::desk::work::{Missed, UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::ids::ConversationId;
use crate::faults;
use crate::store::replies::planned::{self, End, Planned};
use crate::store::routing::routes;
use crate::store::{self, Result};

/// How many conversations are looked up at a time.
const PIECE: i64 = 200;

/// Accepts everything that is due. What was due before this process began may have been sent before the database
/// went back, and waits until what was missed is in; scheduled ones also wait while the clock cannot be believed. Returns
/// how many ended.
pub async fn send_due(desk: &Desk) -> Result<usize> {
    let mut all = 0;
    loop {
        let now = desk.clock.now();
        let allowed = (lapse::may_lapse(desk), began(desk, now));
        let due = planned::due(&mut desk.store.read().await?, now, allowed, PIECE).await?;
        let mut ended = 0;
        for conversation in due {
            let count = desk.work(Due { conversation }).await?;
            ended += count;
        }
        if ended == 0 {
            return Ok(all);
        }
        all += ended;
    }
}

/// When this process began.
fn began(desk: &Desk, now: At) -> At {
    now - desk.readiness.age()
}

struct Due {
    conversation: ConversationId,
}

impl Verb for Due {
    type Out = usize;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        // Another sender waits here, and finds them sent.
        routes::conversations(work.tx, &[self.conversation]).await?;
        let waiting = planned::waiting(work.tx, self.conversation).await?;
        // Everything may leave; else only what was written from then on and is not scheduled.
        let (free, since) = (lapse::may_lapse(desk), began(desk, now));
        let mut ended = 0;
        // None overtakes another.
        for one in
            waiting.iter().take_while(|one| one.due_at <= now && (free || (!one.scheduled && one.created_at >= since)))
        {
            leave(work, one).await?;
            ended += 1;
        }
        Ok(ended)
    }
}

/// Accepts what can still be undone in a conversation that is held, because somebody does what comes after it.
pub(in crate::desk) async fn at_once(work: &mut UnitOfWork<'_>, conversation: ConversationId) -> Result<()> {
    for one in planned::waiting(work.tx, conversation).await?.iter().filter(|one| !one.scheduled) {
        leave(work, one).await?;
    }
    Ok(())
}

/// Accepts one that waits in a conversation that is held, whatever its time.
pub(in crate::desk) async fn leave(work: &mut UnitOfWork<'_>, one: &Planned) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let before = now.since(one.due_at);
    let admitted = if before > desk.policies.delivery.valid_for {
        Err(Failure::refused("body", "nothing could be sent when its time came, and now it is too late"))
    } else {
        admit(work, (one.author, one.conversation), Some(&one.to_phone)).await
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(Failure::Store(error)) => return Err(error),
        Err(Failure::NotFound) => {
            return refuse(work, one, "its writer does not have this conversation any more").await;
        }
        Err(Failure::Refused { why, .. }) => return refuse(work, one, &why).await,
    };
    let key = one.form_key.clone().unwrap_or_else(|| format!("planned-{}", one.id));
    // A restored backup knows nothing of what was sent after it was made.
    let looks = before > Duration::ZERO && one.due_at < began(desk, now);
    work.catches_up(looks.then_some(Missed { sent_at: one.due_at, had: None }));
    let message = accept(work, &admitted, (&one.body, Some(key))).await?;
    work.catches_up(None);
    planned::end(work.tx, one.id, &End::Sent(message), now).await?;
    faults::point("after_planned");
    Ok(())
}

async fn refuse(work: &mut UnitOfWork<'_>, one: &Planned, why: &str) -> Result<()> {
    let now = work.now;
    planned::end(work.tx, one.id, &End::Refused(why.to_owned()), now).await?;
    draft::give_back(work.tx, (one.author, one.conversation), &one.body, now).await?;
    work.note(&[(one.conversation, Changed::Message)]);
    Ok(())
}
