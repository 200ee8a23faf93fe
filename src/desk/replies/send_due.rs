//! Accepts planned replies when they are due, by the same checks as any reply; what cannot be sent goes back to its
//! writer's draft and says why in the thread. In the order in which they were written, and each once.

use std::time::Duration;

use super::draft;
use super::reply::{accept, admit};
use crate::clock::At;
use crate::desk::outbox::Enqueued;
use crate::desk::upkeep::lapse;
use crate::desk::{Desk, Failure};
use crate::domain::ids::ConversationId;
use crate::faults;
use crate::store::conversations::changes;
use crate::store::replies::planned::{self, End, Planned};
use crate::store::routing::routes;
use crate::store::{Job, Result, Tx};

/// How many conversations are looked up at a time.
const PIECE: i64 = 200;

/// Accepts everything that is due. What was due before this process began may have been sent by an earlier life of the
/// house, and waits until what was missed is in; scheduled ones also wait while the clock cannot be believed. Returns
/// how many ended.
pub async fn send_due(desk: &Desk) -> Result<usize> {
    let mut all = 0;
    loop {
        let now = desk.clock.now();
        let allowed = (lapse::may_lapse(desk), began(desk, now));
        let due = planned::due(&mut desk.store.read().await?, now, allowed, PIECE).await?;
        let mut ended = 0;
        for conversation in due {
            let (count, sent) = desk.store.write(Due { desk: desk.clone(), conversation }).await?;
            desk.send(sent);
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
    desk: Desk,
    conversation: ConversationId,
}

impl Job for Due {
    type Out = (usize, Enqueued);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now) = (&self.desk, self.desk.clock.now());
        // Whoever else would send them waits here, and finds them sent.
        routes::conversations(tx, &[self.conversation]).await?;
        let waiting = planned::waiting(tx, self.conversation).await?;
        // Everything may leave; else only what was written from then on and is not scheduled.
        let (free, since) = (lapse::may_lapse(desk), began(desk, now));
        let (mut ended, mut sent) = (0, Enqueued::default());
        // None overtakes another.
        for one in
            waiting.iter().take_while(|one| one.due_at <= now && (free || (!one.scheduled && one.created_at >= since)))
        {
            sent.add(leave(desk, tx, one, now).await?);
            ended += 1;
        }
        Ok((ended, sent))
    }
}

/// Accepts what can still be undone in a conversation that is held, because somebody does what comes after it.
pub(in crate::desk) async fn at_once(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    now: At,
) -> Result<Enqueued> {
    let mut sent = Enqueued::default();
    for one in planned::waiting(tx, conversation).await?.iter().filter(|one| !one.scheduled) {
        sent.add(leave(desk, tx, one, now).await?);
    }
    Ok(sent)
}

/// Accepts one that waits in a conversation that is held, whatever its time.
pub(in crate::desk) async fn leave(desk: &Desk, tx: &mut Tx, one: &Planned, now: At) -> Result<Enqueued> {
    let before = now.since(one.due_at);
    let admitted = if before > desk.policies.delivery.valid_for {
        Err(Failure::refused("body", "nothing could be sent when its time came, and now it is too late"))
    } else {
        admit(desk, tx, (one.author, one.conversation), Some(&one.to_phone), now).await?
    };
    let mut admitted = match admitted {
        Ok(admitted) => admitted,
        Err(Failure::Store(error)) => return Err(error),
        Err(Failure::NotFound) => {
            return refuse(tx, one, "its writer does not have this conversation any more", now).await;
        }
        Err(Failure::Refused { why, .. }) => return refuse(tx, one, &why, now).await,
    };
    let mut sent = std::mem::take(&mut admitted.sent);
    let key = one.form_key.clone().unwrap_or_else(|| format!("planned-{}", one.id));
    // A backup that was put back knows nothing of what its later life has sent.
    let looking =
        (before > Duration::ZERO && one.due_at < began(desk, now)).then(|| desk.catching_up(one.due_at, None));
    let desk = looking.as_ref().unwrap_or(desk);
    let (message, more) = accept(desk, tx, &admitted, (&one.body, Some(key)), now).await?;
    sent.add(more);
    planned::end(tx, one.id, &End::Sent(message), now).await?;
    faults::point("after_planned");
    Ok(sent)
}

async fn refuse(tx: &mut Tx, one: &Planned, why: &str, now: At) -> Result<Enqueued> {
    planned::end(tx, one.id, &End::Refused(why.to_owned()), now).await?;
    draft::give_back(tx, (one.author, one.conversation), &one.body, now).await?;
    changes::note(tx, &[(one.conversation, "message")], now).await?;
    Ok(Enqueued::default())
}
