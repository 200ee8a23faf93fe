//! Keywords and refusals enter the ledgers: consent of the person, block of the number.

use super::relay::consent_scope;
use super::{Desk, legs};
use crate::clock::At;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::keyword::Keyword;
use crate::store::ledgers::{self, Origin};
use crate::store::{Result, Tx};

/// Enters what a customer's or party's keyword means: STOP withdraws consent and blocks the number; START lifts both
/// for that line or pool. HELP is the carrier's to answer.
///
/// # Errors
/// What the database said.
pub async fn keyword(
    desk: &Desk,
    tx: &mut Tx,
    word: Keyword,
    phone: &str,
    (number, is_line): (NumberId, bool),
    evidence: &str,
    now: At,
) -> Result<()> {
    let given = match word {
        Keyword::Stop => false,
        Keyword::Start => true,
        Keyword::Help => return Ok(()),
    };
    let origin = Origin { origin: "keyword", evidence };
    let scope = consent_scope(number, is_line);
    let at = desk.sent_at(now);
    // A word that came in late takes nothing back that was said after it.
    if desk.missed().is_some() && ledgers::changed_since(tx, phone, &scope, number, at).await? {
        return Ok(());
    }
    ledgers::consent(tx, desk.ids.next(now), phone, &scope, given, at, origin).await?;
    ledgers::block(tx, desk.ids.next(now), phone, number, !given, at, origin).await
}

/// Enters what a rep's keyword means: texts to that phone are turned off or on. It is never the customer's opt-out.
///
/// # Errors
/// What the database said.
pub async fn rep_keyword(
    desk: &Desk,
    tx: &mut Tx,
    word: Keyword,
    person: PersonId,
    phone: &str,
    number: NumberId,
    evidence: &str,
    now: At,
) -> Result<()> {
    let stop = match word {
        Keyword::Stop => true,
        Keyword::Start => false,
        Keyword::Help => return Ok(()),
    };
    let origin = Origin { origin: "keyword", evidence };
    let at = desk.sent_at(now);
    if desk.missed().is_some() && ledgers::changed_since(tx, phone, "", number, at).await? {
        return Ok(());
    }
    ledgers::block(tx, desk.ids.next(now), phone, number, stop, at, origin).await?;
    ledgers::mute(tx, person, stop.then_some(now)).await?;
    if stop { Ok(()) } else { legs::leave_blocked(desk, tx, person, phone, now).await }
}

/// Enters a carrier's refusal because the recipient opted out: the block always, the withdrawn consent only if no
/// START came after the refused text was accepted.
///
/// # Errors
/// What the database said.
pub async fn refusal(
    desk: &Desk,
    tx: &mut Tx,
    phone: &str,
    (number, is_line): (NumberId, bool),
    accepted_at: At,
    evidence: &str,
    now: At,
) -> Result<()> {
    let origin = Origin { origin: "carrier", evidence };
    ledgers::block(tx, desk.ids.next(now), phone, number, true, now, origin).await?;
    let scope = consent_scope(number, is_line);
    if is_line && ledgers::given_at(tx, phone, &scope).await?.is_none_or(|at| at < accepted_at) {
        ledgers::consent(tx, desk.ids.next(now), phone, &scope, false, now, origin).await?;
    }
    Ok(())
}
