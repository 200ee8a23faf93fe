//! Parts people: by request, or because their time is over. Whoever has written in time is still passed on.

use serde_json::json;

use super::{Done, Refusal, news, sees};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::programs::Program;
use crate::domain::ids::{ConversationId, PersonId};
use crate::faults;
use crate::store::conversations::changes::{self, NewEvent};
use crate::store::pairs::endings;
use crate::store::routing::routes::{self, Conversation};
use crate::store::{Job, Result, Tx};

/// Ends a pair now. One that has ended stays as it is. `by` a program, whose pairs are those of its app, or nobody but the
/// house.
///
/// # Errors
/// What the database said; the inner error [`Refusal::NotFound`].
pub async fn close(desk: &Desk, by: Option<Program>, id: ConversationId) -> Done<()> {
    let done = desk.store.write(Close { desk: desk.clone(), by, id }).await?;
    desk.live.nudge();
    Ok(done)
}

struct Close {
    desk: Desk,
    by: Option<Program>,
    id: ConversationId,
}

impl Job for Close {
    type Out = std::result::Result<(), Refusal>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        if !sees(tx, self.by.as_ref(), self.id).await? {
            return Ok(Err(Refusal::NotFound));
        }
        let Some(conversation) = routes::conversations(tx, &[self.id])
            .await?
            .into_iter()
            .next()
            .filter(|conversation| conversation.pair.is_some())
        else {
            return Ok(Err(Refusal::NotFound));
        };
        end_talk(&self.desk, tx, &conversation, None, now).await?;
        if let Some(program) = &self.by
            && conversation.pair.as_ref().is_some_and(|pair| !pair.ended)
        {
            program.record(&self.desk, tx, ("pair_closed", Some(self.id)), &json!({}), now).await?;
        }
        Ok(Ok(()))
    }
}

/// Ends a pair that is held, on behalf of `by` or of an integrator. One that has ended stays as it is.
pub(in crate::desk) async fn end_talk(
    desk: &Desk,
    tx: &mut Tx,
    conversation: &Conversation,
    by: Option<PersonId>,
    now: At,
) -> Result<()> {
    match &conversation.pair {
        Some(pair) if !pair.ended => {
            // Over by the clock is over by the clock, whoever asks first.
            let (why, by) = if pair.term.is_over(now, now) { (EXPIRED, None) } else { (CLOSED, by) };
            end(desk, tx, &[conversation.id], (why, by), now).await
        }
        _ => Ok(()),
    }
}

/// Why a pair is over: its time was up.
pub(super) const EXPIRED: &str = "expired";
/// Why a pair is over: somebody said so.
pub(super) const CLOSED: &str = "closed";

/// Writes down as over those of these pairs that are over at `now`; returns them.
pub(in crate::desk) async fn end_over(
    desk: &Desk,
    tx: &mut Tx,
    ids: &[ConversationId],
    now: At,
) -> Result<Vec<ConversationId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let open = endings::hold_open(tx, ids).await?;
    let over: Vec<ConversationId> = open.into_iter().filter(|(_, at)| *at <= now).map(|(id, _)| id).collect();
    end(desk, tx, &over, (EXPIRED, None), now).await?;
    Ok(over)
}

/// Ends open pairs that are held.
async fn end(
    desk: &Desk,
    tx: &mut Tx,
    ids: &[ConversationId],
    (why, by): (&'static str, Option<PersonId>),
    now: At,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    endings::end(tx, ids, why, now, desk.policies.pool.quarantine).await?;
    faults::point("after_pair_end");
    let data = json!({ "why": why });
    let events: Vec<NewEvent> = ids
        .iter()
        .map(|&id| NewEvent {
            id: desk.ids.next(now),
            conversation: id,
            kind: "pair_ended",
            actor: by,
            data: data.clone(),
        })
        .collect();
    changes::events(tx, &events, now).await?;
    let notes: Vec<(ConversationId, &'static str)> = ids.iter().map(|&id| (id, "conversation")).collect();
    changes::note(tx, &notes, now).await?;
    news::ended(desk, tx, ids, why, now).await
}
