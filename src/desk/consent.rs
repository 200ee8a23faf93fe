//! What staff enter about a customer's consent on their behalf, and what staff can take back: only what staff did.

use serde_json::json;

use super::relay::consent_scope;
use super::{Desk, Failure, because};
use crate::clock::At;
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::ledgers::{self, Origin};
use crate::store::routes::Talk;
use crate::store::{Job, Result, Tx, access, changes};

/// The origin of what staff enter.
const STAFF: &str = "staff";

/// Enters that the customer of a conversation wants no more texts from its line; `evidence` is what they said, and where.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `evidence`.
pub async fn withdraw(desk: &Desk, by: PersonId, conversation: ConversationId, evidence: &str) -> Result<(), Failure> {
    run(desk, by, conversation, false, evidence).await
}

/// Takes back what a colleague entered. What the customer or the carrier said stays.
///
/// # Errors
/// As [`withdraw`].
pub async fn restore(desk: &Desk, by: PersonId, conversation: ConversationId, evidence: &str) -> Result<(), Failure> {
    run(desk, by, conversation, true, evidence).await
}

async fn run(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    given: bool,
    evidence: &str,
) -> Result<(), Failure> {
    let if_empty = "write what they said, when and where: the evidence is empty";
    let evidence = because::words("evidence", evidence, if_empty)?;
    desk.store.write(Enter { desk: desk.clone(), by, conversation, given, evidence }).await??;
    desk.live.nudge();
    Ok(())
}

struct Enter {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    given: bool,
    evidence: String,
}

impl Job for Enter {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let Some((talk, _)) = access::talk(tx, self.by, self.conversation).await? else {
            return Ok(Err(Failure::NotFound));
        };
        enter(&self.desk, tx, &talk, self.by, self.given, &self.evidence, now).await
    }
}

/// Enters consent given or withdrawn by staff, if staff may: nobody can undo what a customer or the carrier said.
///
/// # Errors
/// What the database said; the inner error as [`withdraw`].
pub(super) async fn enter(
    desk: &Desk,
    tx: &mut Tx,
    talk: &Talk,
    by: PersonId,
    given: bool,
    evidence: &str,
    now: At,
) -> Result<Result<(), Failure>> {
    let (Some(phone), Some(line)) = (&talk.customer_phone, talk.line) else {
        return Ok(Err(Failure::refused("conversation", "it has no customer who could have said so")));
    };
    let scope = consent_scope(line, true);
    let newest = ledgers::newest(tx, phone, &scope).await?;
    let out = newest.as_ref().is_some_and(|entry| !entry.given);
    match (given, &newest) {
        (false, _) if out => return Ok(Err(Failure::refused("evidence", "they have opted out already"))),
        (true, _) if !out => return Ok(Err(Failure::refused("evidence", "they have not opted out"))),
        (true, Some(entry)) if entry.origin != STAFF => {
            let why = "they opted out themselves: only they can lift it, by START";
            return Ok(Err(Failure::refused("evidence", why)));
        }
        _ => {}
    }
    let evidence_of = format!("person {by}: {evidence}");
    let origin = Origin { origin: STAFF, evidence: &evidence_of };
    ledgers::consent(tx, (&desk.ids, now), phone, &scope, given, now, origin).await?;
    let kind = if given { "consent_restored" } else { "consent_withdrawn" };
    let data = json!({ "evidence": evidence });
    changes::event(tx, desk.ids.next(now), Some(talk.id), now, kind, Some(by), &data).await?;
    changes::note(tx, &[(talk.id, "conversation")], now).await?;
    Ok(Ok(()))
}
