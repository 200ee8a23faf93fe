//! Looks at the carrier's list for texts of which nobody knows whether they were sent.

use super::Desk;
use super::deliver::take;
use crate::carrier::Listed;
use crate::domain::doubt::{Finding, Look, could_be};
use crate::domain::settlement::News;
use crate::faults;
use crate::store::attempts::{self, InDoubt};
use crate::store::{Error, Result};

/// Looks made at once; each may read several pages.
const LOOKS: i64 = 32;

/// Makes every look that is due and settles what it shows. Returns how many there were.
///
/// # Errors
/// What the database said. A list that could not be had is no error: it is looked at again.
pub async fn look(desk: &Desk) -> Result<usize> {
    let due = {
        let mut tx = desk.store.read().await?;
        attempts::doubtful(&mut tx, desk.clock.now(), LOOKS).await?
    };
    let looked_at = due.len();
    // One after the other: two doubtful texts on one lane must not both claim the same listed message.
    for one in due {
        let asked_at = desk.clock.now();
        faults::point("before_look");
        let listed = list(desk, &one).await?;
        faults::point("after_look");
        let had = listed != Look::Unavailable;
        let Some(doubt) = one.attempt.doubt() else { continue };
        let finding = doubt.decide(listed, &desk.policies.delivery, asked_at);
        let again = doubt.next_look(&desk.policies.delivery, asked_at);
        // Just after a jump nobody knows how long anything has taken: what is not there proves nothing.
        let proves = doubt.earlier || matches!(finding, Finding::Bound(_)) || desk.gate.is_calm(&desk.clock);
        let finding = if proves { finding } else { Finding::Again { at: again, proof: false } };
        match take(desk, one.id, None, News::Look { finding, asked_at, had }).await {
            // Somebody else has bound that id meanwhile: it was not this one's.
            Err(Error::Conflict(_)) => {
                let finding = Finding::Again { at: again, proof: false };
                take(desk, one.id, None, News::Look { finding, asked_at, had }).await?;
            }
            other => {
                other?;
            }
        }
    }
    Ok(looked_at)
}

async fn list(desk: &Desk, one: &InDoubt) -> Result<Look> {
    let Some(listed) = candidates(desk, one).await? else { return Ok(Look::Unavailable) };
    Ok(Look::Candidates(listed.into_iter().map(|text| text.id).collect()))
}

/// The texts in the carrier's list that could be this one and are bound to nothing else, oldest first; `None` if the list
/// cannot be had.
///
/// # Errors
/// What the database said.
pub(super) async fn candidates(desk: &Desk, one: &InDoubt) -> Result<Option<Vec<Listed>>> {
    let listed = match desk.carrier.list(&one.from, &one.to).await {
        Ok(listed) => listed,
        Err(why) => {
            tracing::warn!(attempt = one.id.0, %why, "the carrier's list could not be had");
            return Ok(None);
        }
    };
    // An instant of ours may be wrong by as much as the clock ever jumped.
    let started_at = one.attempt.started_at - desk.gate.strayed(&desk.clock);
    let mut listed: Vec<_> = listed
        .into_iter()
        .filter(|text| text.from == one.from && text.to == one.to)
        .filter(|text| could_be(&one.body, started_at, &text.body, text.created_at))
        .collect();
    listed.sort_by_key(|text| text.created_at);
    let ids: Vec<&str> = listed.iter().map(|text| text.id.as_str()).collect();
    let mut tx = desk.store.read().await?;
    let bound = attempts::bound(&mut tx, &ids).await?;
    listed.retain(|text| !bound.contains(&text.id));
    Ok(Some(listed))
}
