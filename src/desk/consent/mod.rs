//! What staff enter about the consent of a customer, or of a party of a pair, and what they can take back: only what
//! staff entered.

pub mod block;
pub mod ledger;
pub mod refusal;

use super::{Desk, Failure, reasons};
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{Consent, Event};
use crate::domain::customers::consent::Source;
use crate::domain::ids::{ConversationId, LegId, MessageId, NumberId, PersonId};
use crate::store::conversations::access;
use crate::store::customers::ledgers::{self, Origin};
use crate::store::pairs::{self, Party};
use crate::store::routing::routes::Conversation;
use crate::store::{Result, Tx};

/// The scope in which consent holds: a line of its own, or the whole pool of masks.
#[must_use]
pub(in crate::desk) fn consent_scope(number: NumberId, is_line: bool) -> String {
    if is_line { format!("line:{number}") } else { "pool".to_owned() }
}

/// Enters that the customer of a conversation wants no more texts from its line, or that a party of a pair, named by
/// their leg, wants none from the pool; `evidence` is what they said, and where.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation, or no party of it has that leg;
/// [`Failure::Refused`] for the field `evidence`.
pub async fn withdraw(
    desk: &Desk,
    by: PersonId,
    (conversation, party): (ConversationId, Option<LegId>),
    evidence: &str,
) -> Result<(), Failure> {
    run(desk, by, (conversation, party), false, evidence).await
}

/// Takes back what a colleague entered. What they said themselves, or the carrier said, stays.
///
/// # Errors
/// As [`withdraw`].
pub async fn restore(
    desk: &Desk,
    by: PersonId,
    (conversation, party): (ConversationId, Option<LegId>),
    evidence: &str,
) -> Result<(), Failure> {
    run(desk, by, (conversation, party), true, evidence).await
}

async fn run(
    desk: &Desk,
    by: PersonId,
    (conversation, party): (ConversationId, Option<LegId>),
    given: bool,
    evidence: &str,
) -> Result<(), Failure> {
    let if_empty = "write what they said, when and where: the evidence is empty";
    let evidence = reasons::required("evidence", evidence, if_empty)?;
    desk.work(Enter { by, conversation, party, given, evidence }).await
}

struct Enter {
    by: PersonId,
    conversation: ConversationId,
    party: Option<LegId>,
    given: bool,
    evidence: String,
}

impl Verb for Enter {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let Some((conversation, _)) = access::conversation(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        let whose = match self.party {
            None => Whose::customer(&conversation),
            Some(leg) => match pairs::party(work.tx, conversation.id, leg).await? {
                Some(party) => Some(Whose::party(party)),
                None => return Err(Failure::NotFound),
            },
        };
        enter(work, (&conversation, whose), self.by, self.given, &self.evidence).await
    }
}

/// Whose consent it is, and for what.
pub(super) struct Whose {
    phone: String,
    scope: String,
    /// What a party is called by the others.
    alias: Option<String>,
}

impl Whose {
    /// The customer's of a support conversation, for its line.
    pub(super) fn customer(conversation: &Conversation) -> Option<Self> {
        let (phone, line) = conversation.customer_phone.clone().zip(conversation.line)?;
        Some(Whose { phone, scope: consent_scope(line, true), alias: None })
    }

    /// That of the author of `message`: a customer's for the line, a party's for the pool.
    pub(super) async fn author(tx: &mut Tx, conversation: &Conversation, message: MessageId) -> Result<Option<Self>> {
        Ok(match conversation.pair {
            Some(_) => pairs::author(tx, message).await?.map(Whose::party),
            None => Whose::customer(conversation),
        })
    }

    fn party(party: Party) -> Self {
        Whose { scope: consent_scope(party.number, false), phone: party.phone, alias: Some(party.alias) }
    }
}

/// Enters consent given or withdrawn by staff, if staff may: nobody can undo what they said themselves, or the carrier.
///
/// # Errors
/// What the database said; the inner error as [`withdraw`].
pub(super) async fn enter(
    work: &mut UnitOfWork<'_>,
    (conversation, whose): (&Conversation, Option<Whose>),
    by: PersonId,
    given: bool,
    evidence: &str,
) -> Result<(), Failure> {
    let (desk, now) = (work.desk, work.now);
    let Some(Whose { phone, scope, alias }) = whose else {
        return Err(Failure::refused("conversation", "nobody is named in it who could have said so"));
    };
    let newest = ledgers::newest(work.tx, &phone, &scope).await?;
    let out = newest.as_ref().is_some_and(|entry| !entry.given);
    match (given, &newest) {
        (false, _) if out => return Err(Failure::refused("evidence", "they have opted out already")),
        (true, _) if !out => return Err(Failure::refused("evidence", "they have not opted out")),
        (true, Some(entry)) if entry.origin != Source::Staff => {
            let why = "they opted out themselves: only they can lift it, by START";
            return Err(Failure::refused("evidence", why));
        }
        _ => {}
    }
    let evidence_of = format!("person {by}: {evidence}");
    let origin = Origin { source: Source::Staff, evidence: &evidence_of };
    ledgers::consent(work.tx, (&desk.ids, now), &phone, &scope, given, now, origin).await?;
    let consent = Consent { evidence: evidence.to_owned(), party: alias };
    let event = if given { Event::ConsentRestored(consent) } else { Event::ConsentWithdrawn(consent) };
    work.event(Some(conversation.id), Some(by), &event);
    work.note(&[(conversation.id, Changed::Conversation)]);
    Ok(())
}
