//! Ends pairs: by request, or because their time is over. A text that came in time is still relayed.

use serde_json::json;

use super::{Done, Refusal, news, sees};
use crate::desk::Desk;
use crate::desk::programs::Program;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::pairs::expiry::Ending;
use crate::domain::people::audit::Action;
use crate::faults;
use crate::store::Result;
use crate::store::pairs::endings;
use crate::store::routing::routes::{self, Conversation};

/// Ends a pair now. One that has ended stays as it is. `by` a program, whose pairs are those of its app, or nobody but the
/// house.
///
/// # Errors
/// What the database said; the inner error [`Refusal::NotFound`].
pub async fn close(desk: &Desk, by: Option<Program>, id: ConversationId) -> Done<()> {
    desk.work(Close { by, id }).await
}

struct Close {
    by: Option<Program>,
    id: ConversationId,
}

impl Verb for Close {
    type Out = ();
    type Stop = Refusal;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        if !sees(work.tx, self.by.as_ref(), self.id).await? {
            return Err(Refusal::NotFound);
        }
        let Some(conversation) = routes::conversations(work.tx, &[self.id])
            .await?
            .into_iter()
            .next()
            .filter(|conversation| conversation.pair.is_some())
        else {
            return Err(Refusal::NotFound);
        };
        end_talk(work, &conversation, None).await?;
        if let Some(program) = &self.by
            && conversation.pair.as_ref().is_some_and(|pair| !pair.ended)
        {
            program.record(work, (Action::PairClosed, Some(self.id)), &json!({})).await?;
        }
        Ok(())
    }
}

/// Ends a pair that is held, on behalf of `by` or of an integrator. One that has ended stays as it is.
pub(in crate::desk) async fn end_talk(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    by: Option<PersonId>,
) -> Result<()> {
    let now = work.now;
    match &conversation.pair {
        Some(pair) if !pair.ended => {
            // The clock alone ends a pair, whichever code looks first.
            let (why, by) = if pair.term.is_over(now, now) { (Ending::Expired, None) } else { (Ending::Closed, by) };
            end(work, &[conversation.id], (why, by)).await
        }
        _ => Ok(()),
    }
}

/// Writes down as over those of these pairs that are over at `now`; returns them.
pub(in crate::desk) async fn end_over(
    work: &mut UnitOfWork<'_>,
    ids: &[ConversationId],
) -> Result<Vec<ConversationId>> {
    let now = work.now;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let open = endings::hold_open(work.tx, ids).await?;
    let over: Vec<ConversationId> = open.into_iter().filter(|(_, at)| *at <= now).map(|(id, _)| id).collect();
    end(work, &over, (Ending::Expired, None)).await?;
    Ok(over)
}

/// Ends open pairs that are held.
async fn end(work: &mut UnitOfWork<'_>, ids: &[ConversationId], (why, by): (Ending, Option<PersonId>)) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    if ids.is_empty() {
        return Ok(());
    }
    endings::end(work.tx, ids, why, now, desk.policies.pool.quarantine).await?;
    faults::point("after_pair_end");
    for id in ids {
        work.event(Some(*id), by, &Event::PairEnded { why });
    }
    let notes: Vec<_> = ids.iter().map(|&id| (id, Changed::Conversation)).collect();
    work.note(&notes);
    news::ended(work, ids, why);
    Ok(())
}
