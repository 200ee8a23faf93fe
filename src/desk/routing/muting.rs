//! Texts to a rep's phone are turned off and on, by the rep's own keywords or on the web.

use super::legs;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::customers::consent::Source;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::words::keyword::Keyword;
use crate::store::Result;
use crate::store::customers::ledgers::{self, Origin};

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
    let origin = Origin { source: Source::Keyword, evidence };
    let at = work.sent_at();
    if work.missed().is_some() && ledgers::changed_since(work.tx, phone, "", number, at).await? {
        return Ok(());
    }
    // Their row is locked first: of two words at once, the same one holds for the phone and for the number.
    ledgers::mute(work.tx, person, stop.then_some(now)).await?;
    ledgers::block(work.tx, (&desk.ids, now), phone, number, stop, at, origin).await?;
    if !stop {
        legs::leave_blocked(work, person, phone).await?;
    }
    work.note(&[(ConversationId(0), Changed::Duty)]);
    Ok(())
}

/// Turns texts to a person's phone on again; threads whose mask the phone still blocks move to others.
pub(in crate::desk) async fn texts_on(work: &mut UnitOfWork<'_>, person: PersonId, phone: &str) -> Result<()> {
    ledgers::mute(work.tx, person, None).await?;
    legs::leave_blocked(work, person, phone).await?;
    work.note(&[(ConversationId(0), Changed::Duty)]);
    Ok(())
}
