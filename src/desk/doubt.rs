//! Looks at the carrier's list for texts of which nobody knows whether they were sent.

use super::Desk;
use super::deliver::take;
use crate::carrier::Listed;
use crate::clock::At;
use crate::domain::doubt::{Began, Finding, Likeness, Look, likeness};
use crate::domain::settlement::{News, Try};
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
    let Some(found) = find(desk, one).await? else { return Ok(Look::Unavailable) };
    if found.could.is_empty() && !found.unsure.is_empty() {
        return Ok(Look::Unsure);
    }
    Ok(Look::Candidates(found.could.into_iter().map(|text| text.id).collect()))
}

/// Texts in the carrier's list that are bound to nothing else, oldest first.
#[derive(Default)]
struct Found {
    /// These could be the one that is looked for.
    could: Vec<Listed>,
    /// These have its words, and nobody can say whether they were made before it.
    unsure: Vec<Listed>,
}

/// The texts in the carrier's list that could be this one and are bound to nothing else, oldest first; `None` if the list
/// cannot be had.
///
/// # Errors
/// What the database said.
pub(super) async fn candidates(desk: &Desk, one: &InDoubt) -> Result<Option<Vec<Listed>>> {
    let Some(Found { could, unsure }) = find(desk, one).await? else { return Ok(None) };
    let mut listed = [could, unsure].concat();
    listed.sort_by_key(|text| text.created_at);
    Ok(Some(listed))
}

async fn find(desk: &Desk, one: &InDoubt) -> Result<Option<Found>> {
    let mut listed = match desk.carrier.list(&one.from, &one.to).await {
        Ok(listed) => listed,
        Err(why) => {
            tracing::warn!(attempt = one.id.0, %why, "the carrier's list could not be had");
            return Ok(None);
        }
    };
    let began = began(desk, &one.attempt);
    listed.retain(|text| text.from == one.from && text.to == one.to);
    listed.sort_by_key(|text| text.created_at);
    let mut found = Found::default();
    for text in listed {
        match likeness(&one.body, began, &text.body, (text.created_at, text.sure)) {
            Likeness::Could => found.could.push(text),
            Likeness::Unsure => found.unsure.push(text),
            Likeness::Not => {}
        }
    }
    let ids: Vec<&str> = found.could.iter().chain(&found.unsure).map(|text| text.id.as_str()).collect();
    let mut tx = desk.store.read().await?;
    let bound = attempts::bound(&mut tx, &ids).await?;
    found.could.retain(|text| !bound.contains(&text.id));
    found.unsure.retain(|text| !bound.contains(&text.id));
    Ok(Some(found))
}

/// When a request began, by our clock as it is now: by the carrier's clock, which nobody here sets.
fn began(desk: &Desk, attempt: &Try) -> Began {
    match (attempt.there, desk.carrier.ahead()) {
        (Some(there), Some(ahead)) => Began::At(At(there.0 - ahead)),
        // An instant of ours may be wrong by as much as the clock ever jumped.
        _ => Began::Unsure(attempt.started_at - desk.gate.strayed(&desk.clock)),
    }
}
