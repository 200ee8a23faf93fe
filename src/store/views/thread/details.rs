//! What stands beside a thread: legs, the contact's other phones, and whether we may text.

use super::{Head, namesakes};
use crate::clock::At;
use crate::domain::customers::consent::Source;
use crate::domain::ids::{ConversationId, CustomerId, PersonId};
use crate::domain::numbers::phone::masked;
use crate::store::customers::contacts;
use crate::store::sql::{from_row, query_as, query_scalar};
use crate::store::views::Viewer;
use crate::store::{Result, Tx};

/// A way into the conversation.
#[derive(Clone, Debug)]
pub struct Leg {
    /// Whose phone it is, if a rep's.
    pub rep: Option<(PersonId, String)>,
    /// What the party is called whose phone it is, if it is a party's.
    pub party: Option<String>,
    /// Our number's end: the line's name, else the mask's number.
    pub ours: String,
    /// Since when.
    pub opened_at: At,
    /// Until when its mask rests for this phone; `None` while it is live.
    pub rests_until: Option<At>,
}

from_row! {
    struct LegsRow {
        person_id: Option<PersonId>,
        name: Option<String>,
        alias: Option<String>,
        line: Option<String>,
        number: String,
        opened_at: At,
        ended_at: Option<At>,
        rests_until: Option<At>,
    }
}

/// The live legs of a conversation, the customer's first, and those whose masks still rest at `now`. A rep sees the
/// customer's and their own.
pub async fn legs(tx: &mut Tx, viewer: Viewer, id: ConversationId, now: At) -> Result<Vec<Leg>> {
    let rows: Vec<LegsRow> = query_as(
        "SELECT p.id AS person_id, p.name, g.alias, l.name AS line, n.number, g.opened_at, g.ended_at, g.rests_until FROM legs g \
         JOIN numbers n ON n.id = g.number_id LEFT JOIN lines l ON l.id = n.id LEFT JOIN people p ON p.id = g.person_id \
         WHERE g.conversation_id = $1 AND (g.ended_at IS NULL OR g.rests_until > $2) \
         ORDER BY CASE WHEN g.ended_at IS NULL THEN 0 ELSE 1 END, g.role, g.id DESC LIMIT 30"
    ).bind(id).bind(now).fetch_all(tx).await?;
    let legs = rows.into_iter().map(|row| Leg {
        rep: row.person_id.map(|id| (id, row.name.unwrap_or_default())),
        party: row.alias,
        ours: row.line.unwrap_or(row.number),
        opened_at: row.opened_at,
        rests_until: row.ended_at.and(row.rests_until),
    });
    let own = |leg: &Leg| leg.rep.as_ref().is_none_or(|(id, _)| *id == viewer.person);
    Ok(legs.filter(|leg| viewer.sees_all() || (own(leg) && leg.rests_until.is_none())).collect())
}

/// Whether the customer has a live way into the conversation.
pub async fn is_connected(tx: &mut Tx, id: ConversationId) -> Result<bool> {
    let row: Option<i64> = query_scalar(
        "SELECT id FROM legs WHERE conversation_id = $1 AND ended_at IS NULL AND person_id IS NULL LIMIT 1",
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    Ok(row.is_some())
}

/// A contact that is one person with the one whom the page is about.
#[derive(Clone, Debug)]
pub struct Together {
    /// Which.
    pub customer: CustomerId,
    /// The last digits of its number.
    pub masked: String,
    /// Its newest conversation that the viewer may see; none: they cannot take it apart.
    pub conversation: Option<ConversationId>,
}

/// The others of `group`, contacts that are one person, than `own`.
pub async fn together(tx: &mut Tx, viewer: Viewer, group: &[CustomerId], own: CustomerId) -> Result<Vec<Together>> {
    let mut others = Vec::new();
    for customer in group.iter().filter(|other| **other != own) {
        let masked = contacts::phone(tx, *customer).await?.map(|phone| masked(&phone)).unwrap_or_default();
        let conversation = namesakes::newest(tx, viewer, *customer).await?;
        others.push(Together { customer: *customer, masked, conversation });
    }
    Ok(others)
}

/// Whether a customer may be texted from a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayText {
    /// Nothing speaks against it.
    Yes,
    /// Nothing any more: they opted in again.
    Again(At),
    /// They said no.
    OptedOut(At),
    /// A colleague entered that they said no.
    OptedOutByStaff(At),
    /// The carrier or their phone blocks the number.
    Blocked(At),
}

from_row! {
    struct MayTextRow {
        given: i64,
        at: At,
        origin: Source,
    }
}

/// Reads both ledgers for the customer of `head` on its line.
pub async fn may_text(tx: &mut Tx, head: &Head) -> Result<MayText> {
    let (Some(customer), Some(line)) = (head.customer, head.line) else { return Ok(MayText::Yes) };
    let scope = format!("line:{line}");
    let consent: Option<MayTextRow> = query_as(
        "SELECT k.given, k.at, k.origin FROM consents k JOIN customers u ON u.phone = k.phone \
         WHERE u.id = $1 AND k.scope = $2 ORDER BY k.id DESC LIMIT 1",
    )
    .bind(customer)
    .bind(scope)
    .fetch_optional(tx)
    .await?;
    let block: Option<(i64, At)> = query_as(
        "SELECT b.blocked, b.at FROM blocks b JOIN customers u ON u.phone = b.phone \
         WHERE u.id = $1 AND b.number_id = $2 ORDER BY b.id DESC LIMIT 1",
    )
    .bind(customer)
    .bind(line)
    .fetch_optional(tx)
    .await?;
    Ok(match (consent, block) {
        (Some(MayTextRow { given: 0, at, origin: Source::Staff }), _) => MayText::OptedOutByStaff(at),
        (Some(MayTextRow { given: 0, at, .. }), _) => MayText::OptedOut(at),
        (_, Some((1, at))) => MayText::Blocked(at),
        (Some(MayTextRow { at, .. }), _) => MayText::Again(at),
        (None, _) => MayText::Yes,
    })
}
