//! Enters keywords and refusals into the ledgers: consent of the person, block of the number.

use crate::clock::At;
use crate::desk::routing::legs;
use crate::desk::routing::relay::consent_scope;
use crate::desk::work::UnitOfWork;
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
    let origin = Origin { origin: "keyword", evidence };
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

/// Enters what a rep's keyword means: texts to that phone are turned off or on. It is never the customer's opt-out.
pub async fn rep_keyword(
    work: &mut UnitOfWork<'_>,
    keyword: Keyword,
    person: PersonId,
    phone: &str,
    number: NumberId,
    evidence: &str,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let stop = match keyword {
        Keyword::Stop => true,
        Keyword::Start => false,
        Keyword::Help => return Ok(()),
    };
    let origin = Origin { origin: "keyword", evidence };
    let at = work.sent_at();
    if work.missed().is_some() && ledgers::changed_since(work.tx, phone, "", number, at).await? {
        return Ok(());
    }
    // Their row is locked first: of two words at once, the same one holds for the phone and for the number.
    ledgers::mute(work.tx, person, stop.then_some(now)).await?;
    ledgers::block(work.tx, (&desk.ids, now), phone, number, stop, at, origin).await?;
    if stop { texts_off(work, person).await } else { texts_on(work, person, phone).await }
}

/// Turns texts to a person's phone off. The threads go on in the inbox.
async fn texts_off(work: &mut UnitOfWork<'_>, person: PersonId) -> Result<()> {
    let now = work.now;
    ledgers::mute(work.tx, person, Some(now)).await?;
    work.note(&[(ConversationId(0), "duty")]);
    Ok(())
}

/// Turns texts to a person's phone on again; threads whose mask the phone still blocks move to others.
pub(in crate::desk) async fn texts_on(work: &mut UnitOfWork<'_>, person: PersonId, phone: &str) -> Result<()> {
    ledgers::mute(work.tx, person, None).await?;
    legs::leave_blocked(work, person, phone).await?;
    work.note(&[(ConversationId(0), "duty")]);
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
    let origin = Origin { origin: "carrier", evidence };
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
