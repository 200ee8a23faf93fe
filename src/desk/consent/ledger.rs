//! Enters keywords and refusals into the ledgers: consent of the person, block of the number.

use super::consent_scope;
use crate::clock::At;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::customers::consent::Source;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::words::keyword::Keyword;
use crate::faults;
use crate::store::customers::ledgers::{self, Origin};
use crate::store::{Result, people};

/// Enters what a customer's or party's keyword means: STOP withdraws consent and blocks the number; START lifts both
/// for that line or pool. HELP is the carrier's to answer.
pub async fn keyword(
    work: &mut UnitOfWork<'_>,
    keyword: Keyword,
    phone: &str,
    (number, is_line): (NumberId, bool),
    evidence: &str,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let given = match keyword {
        Keyword::Stop => false,
        Keyword::Start => true,
        Keyword::Help => return Ok(()),
    };
    let origin = Origin { source: Source::Keyword, evidence };
    let scope = consent_scope(number, is_line);
    let at = work.sent_at();
    // A word that came in late takes nothing back that was said after it.
    if work.missed().is_some() && ledgers::changed_since(work.tx, phone, &scope, number, at).await? {
        return Ok(());
    }
    ledgers::consent(work.tx, (&desk.ids, now), phone, &scope, given, at, origin).await?;
    faults::point("during_ledger");
    ledgers::block(work.tx, (&desk.ids, now), phone, number, !given, at, origin).await
}

/// Turns texts to a person's phone off. The threads go on in the inbox.
async fn texts_off(work: &mut UnitOfWork<'_>, person: PersonId) -> Result<()> {
    let now = work.now;
    ledgers::mute(work.tx, person, Some(now)).await?;
    work.note(&[(ConversationId(0), Changed::Duty)]);
    Ok(())
}

/// Enters a carrier's refusal because the recipient opted out: the block always, the withdrawn consent only if no
/// START came after the refused text was accepted. A colleague's phone is no customer's: there it is as if they had
/// texted STOP.
pub async fn refusal(
    work: &mut UnitOfWork<'_>,
    phone: &str,
    (number, is_line): (NumberId, bool),
    accepted_at: At,
    evidence: &str,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let origin = Origin { source: Source::Carrier, evidence };
    let lifted = ledgers::lifted_at(work.tx, phone, number).await?;
    ledgers::block(work.tx, (&desk.ids, now), phone, number, true, now, origin).await?;
    if let Some(person) = people::by_phone(work.tx, phone).await? {
        return if lifted.is_none_or(|at| at < accepted_at) { texts_off(work, person).await } else { Ok(()) };
    }
    let scope = consent_scope(number, is_line);
    if is_line && ledgers::given_at(work.tx, phone, &scope).await?.is_none_or(|at| at < accepted_at) {
        ledgers::consent(work.tx, (&desk.ids, now), phone, &scope, false, now, origin).await?;
    }
    Ok(())
}
