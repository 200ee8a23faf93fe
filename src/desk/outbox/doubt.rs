//! Searches the carrier's list for texts in doubt.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::deliver::take;
use crate::carrier::Listed;
use crate::clock::At;
use crate::desk::Desk;
use crate::domain::outbox::doubt::{Began, Finding, Likeness, Look, likeness};
use crate::domain::outbox::settlement::{News, Try};
use crate::faults;
use crate::store::outbox::attempts::{self, InDoubt};
use crate::store::outbox::outage;
use crate::store::{Error, Result};

/// Looks that are due and taken at once; each may read several pages.
const LOOKS: i64 = 256;

/// Makes every look that is due and settles what it shows. Returns how many there were.
///
/// # Errors
/// What the database said. A list that could not be had is no error: it is looked at again.
pub async fn look(desk: &Desk) -> Result<usize> {
    let (due, silent) = {
        let mut tx = desk.store.read().await?;
        let due = attempts::doubtful(&mut tx, desk.clock.now(), LOOKS).await?;
        // A carrier that cannot be reached has no list either: nobody waits for each in turn.
        let silent = !due.is_empty() && outage::get(&mut tx).await?.is_some_and(|out| !out.trial);
        (due, silent)
    };
    let looked_at = due.len();
    let mut lanes: BTreeMap<(String, String), Vec<InDoubt>> = BTreeMap::new();
    for one in due {
        lanes.entry((one.from.clone(), one.to.clone())).or_default().push(one);
    }
    let mut lanes = lanes.into_iter();
    loop {
        let at_once = desk.lists.at_once();
        let some = lanes.by_ref().take(at_once).map(|((from, to), texts)| async move {
            let asked_at = desk.clock.now();
            faults::point("before_look");
            let listed = if silent { None } else { list(desk, &from, &to).await };
            (texts, listed, asked_at)
        });
        let some = join_all(some).await;
        if some.is_empty() {
            break;
        }
        if !silent {
            desk.lists.came(at_once, some.iter().all(|(_, listed, _)| listed.is_some()));
        }
        for (texts, listed, asked_at) in some {
            // One after the other: two doubtful texts on one lane must not both claim the same listed message.
            for one in texts {
                faults::point("after_look");
                settle(desk, &one, listed.as_deref(), asked_at).await?;
            }
        }
    }
    Ok(looked_at)
}

/// Settles what the list of its lane, asked for at `asked_at`, shows about one text.
async fn settle(desk: &Desk, one: &InDoubt, listed: Option<&[Listed]>, asked_at: At) -> Result<()> {
    let look = match listed {
        Some(listed) => shown(&find(desk, one, listed).await?),
        None => Look::Unavailable,
    };
    let had = look != Look::Unavailable;
    let Some(doubt) = one.attempt.doubt() else { return Ok(()) };
    let doubt =
        desk.readiness.gone_back_at().map_or(doubt, |at| doubt.since_gone_back(at, &desk.policies.delivery, asked_at));
    let finding = doubt.decide(look, &desk.policies.delivery, asked_at);
    let again = doubt.next_look(&desk.policies.delivery, asked_at);
    // Just after a jump nobody knows how long anything has taken: what is not there proves nothing.
    let proves = doubt.earlier || matches!(finding, Finding::Bound(_)) || desk.readiness.is_calm();
    let finding = if proves { finding } else { Finding::Again { at: again, proof: false } };
    match take(desk, one.id, None, News::Look { finding, asked_at, had }).await {
        // Somebody else has bound that id meanwhile: it was not this one's.
        Err(Error::Conflict(_)) => {
            let finding = Finding::Again { at: again, proof: false };
            take(desk, one.id, None, News::Look { finding, asked_at, had }).await.map(drop)
        }
        other => other.map(drop),
    }
}

/// The carrier's list of a lane; `None` if it cannot be had.
async fn list(desk: &Desk, from: &str, to: &str) -> Option<Vec<Listed>> {
    match desk.carrier.list(from, to).await {
        Ok(listed) => Some(listed),
        Err(why) => {
            tracing::warn!(%why, "the carrier's list could not be had");
            None
        }
    }
}

fn shown(found: &Found) -> Look {
    if found.could.is_empty() && !found.unsure.is_empty() {
        return Look::Unsure;
    }
    Look::Candidates(found.could.iter().map(|text| text.id.clone()).collect())
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
pub(in crate::desk) async fn candidates(desk: &Desk, one: &InDoubt) -> Result<Option<Vec<Listed>>> {
    let Some(listed) = list(desk, &one.from, &one.to).await else { return Ok(None) };
    let Found { could, unsure } = find(desk, one, &listed).await?;
    let mut listed = [could, unsure].concat();
    listed.sort_by_key(|text| text.created_at);
    Ok(Some(listed))
}

async fn find(desk: &Desk, one: &InDoubt, listed: &[Listed]) -> Result<Found> {
    let began = began(desk, &one.attempt);
    let mut found = Found::default();
    for text in listed.iter().filter(|text| text.from == one.from && text.to == one.to) {
        match likeness(&one.body, began, &text.body, (text.created_at, text.sure)) {
            Likeness::Could => found.could.push(text.clone()),
            Likeness::Unsure => found.unsure.push(text.clone()),
            Likeness::Not => {}
        }
    }
    found.could.sort_by_key(|text| text.created_at);
    let ids: Vec<&str> = found.could.iter().chain(&found.unsure).map(|text| text.id.as_str()).collect();
    let mut tx = desk.store.read().await?;
    let bound = attempts::bound(&mut tx, &ids).await?;
    found.could.retain(|text| !bound.contains(&text.id));
    found.unsure.retain(|text| !bound.contains(&text.id));
    Ok(found)
}

/// When a request began, by our clock as it is now: by the carrier's clock, which nobody here sets.
fn began(desk: &Desk, attempt: &Try) -> Began {
    match (attempt.there, desk.carrier.ahead()) {
        (Some(there), Some(ahead)) => Began::At(At(there.0 - ahead)),
        // An instant of ours may be wrong by as much as the clock ever jumped.
        _ => Began::Unsure(attempt.started_at - desk.readiness.strayed()),
    }
}
