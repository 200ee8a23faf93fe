//! One conversation's head, if the viewer may see it.
//!
//! Unknown and forbidden look the same to all callers.

pub mod audience;
pub mod called;
pub mod details;
pub mod evidence;
pub mod namesakes;
pub mod party_states;
pub mod past;
pub mod planned;
pub mod timeline;
pub mod travel;

use super::pairs::{self, PairRow};
use super::{Contact, Viewer};
use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, MessageId, NumberId, PersonId};
use crate::domain::numbers::numbering;
use crate::domain::numbers::phone::Sender;
use crate::store::sql::{AssertSqlSafe, query};
use crate::store::{Result, Tx};
use called::together;

/// A conversation's head.
#[derive(Clone, Debug)]
pub struct Head {
    /// The number that people say.
    pub id: ConversationId,
    /// The customer.
    pub contact: Contact,
    /// The customer's row.
    pub customer: Option<CustomerId>,
    /// Since when we know the customer.
    pub customer_since: Option<At>,
    /// Whether the customer's number can be answered (a sender name cannot).
    pub answerable: bool,
    /// What makes it doubtful that anybody has the customer's number.
    pub doubt: Option<&'static str>,
    /// The line.
    pub line: Option<NumberId>,
    /// The line's name; empty in a pair.
    pub line_name: String,
    /// The rep it is pinned to.
    pub rep: Option<PersonId>,
    /// That rep's name.
    pub rep_name: Option<String>,
    /// When it was opened.
    pub opened_at: At,
    /// When it was closed.
    pub closed_at: Option<At>,
    /// Since when relaying is paused, because two machines answer each other.
    pub paused_at: Option<At>,
    /// Put aside until then.
    pub snoozed_until: Option<At>,
    /// Since when a text waits for somebody to say whether it refuses further texts.
    pub flagged_at: Option<At>,
    /// When a text to the customer failed that nobody has dealt with.
    pub failed_at: Option<At>,
    /// The customer's card is the viewer's to see: the customer has texted this line, or no other line knows them.
    pub knows: bool,
    /// The customer is blocked.
    pub blocked: Option<Blocked>,
    /// Why nothing is sent from the line now, if so.
    pub line_paused: Option<String>,
    /// The customer's first text that the responsible person has not seen.
    pub unread_from: Option<MessageId>,
    /// Two or more people of whom none is staff; the contact is all of them.
    pub pair: Option<PairRow>,
}

/// That nothing a customer texts is passed on, and nothing is sent to them.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// Since when.
    pub since: At,
    /// By whom.
    pub by: String,
    /// By whose hand.
    pub by_id: PersonId,
    /// On every line; else on this one.
    pub everywhere: bool,
    /// The viewer may lift it.
    pub liftable: bool,
}

/// The conversation `id`, if `viewer` may see it.
pub async fn head(tx: &mut Tx, viewer: Viewer, id: ConversationId) -> Result<Option<Head>> {
    let sql = format!(
        "SELECT c.id, u.id AS customer, {} AS contact, u.phone, u.created_at, l.id AS line, l.name AS line_name, p.id AS rep, p.name AS rep_name, c.opened_at, c.closed_at, \
         c.paused_at, c.snoozed_until, c.flagged_at, \
         COALESCE(u.blocked_at, k.blocked_at) AS blocked_since, b.name AS blocked_by, l.policies, n.paused_at AS line_paused_at, n.paused_why, c.unread_from, c.failed_at, \
         CASE WHEN {} THEN 1 ELSE 0 END AS knows, u.blocked_at AS blocked_everywhere_at, \
         COALESCE(b.id, 0) AS blocked_by_id FROM conversations c LEFT JOIN customers u ON u.id = c.customer_id \
         LEFT JOIN lines l ON l.id = c.line_id LEFT JOIN numbers n ON n.id = c.line_id LEFT JOIN people p ON p.id = c.pinned_to \
         LEFT JOIN line_blocks k ON k.customer_id = c.customer_id AND k.line_id = c.line_id \
         LEFT JOIN people b ON b.id = CASE WHEN u.blocked_at IS NULL THEN k.blocked_by ELSE u.blocked_by END \
         WHERE c.id = $2 AND {}",
        viewer.name(),
        viewer.knows(),
        viewer.sees()
    );
    let head = query(AssertSqlSafe(sql))
        .bind(viewer.person)
        .bind(id)
        .try_map(|row| {
            let (name, phone): (Option<String>, Option<String>) = (row.try_get("contact")?, row.try_get("phone")?);
            let at = |column: &str| row.try_get::<Option<At>, _>(column);
            let (by, policies): (Option<String>, Option<String>) =
                (row.try_get("blocked_by")?, row.try_get("policies")?);
            let paused_why: Option<String> = row.try_get("paused_why")?;
            let knows = row.try_get::<i32, _>("knows")? == 1;
            Ok(Head {
                id: row.try_get("id")?,
                answerable: phone.as_deref().is_some_and(|phone| Sender::read(phone).answerable()),
                doubt: phone.as_deref().and_then(numbering::doubt),
                contact: Contact::on(name, phone.as_deref(), policies.as_deref()),
                customer: row.try_get("customer")?,
                customer_since: if knows { at("created_at")? } else { None },
                knows,
                line: row.try_get("line")?,
                line_name: row.try_get::<Option<String>, _>("line_name")?.unwrap_or_default(),
                rep: row.try_get("rep")?,
                rep_name: row.try_get("rep_name")?,
                opened_at: row.try_get("opened_at")?,
                closed_at: row.try_get("closed_at")?,
                paused_at: row.try_get("paused_at")?,
                snoozed_until: row.try_get("snoozed_until")?,
                flagged_at: row.try_get("flagged_at")?,
                failed_at: row.try_get("failed_at")?,
                blocked: match at("blocked_since")? {
                    Some(since) => Some(Blocked {
                        since,
                        by: by.unwrap_or_default(),
                        by_id: row.try_get("blocked_by_id")?,
                        everywhere: at("blocked_everywhere_at")?.is_some(),
                        liftable: at("blocked_everywhere_at")?.is_none()
                            || viewer.sees_all()
                            || row.try_get::<PersonId, _>("blocked_by_id")? == viewer.person,
                    }),
                    None => None,
                },
                line_paused: at("line_paused_at")?.map(|_| paused_why.unwrap_or_default()),
                unread_from: row.try_get("unread_from")?,
                pair: None,
            })
        })
        .fetch_optional(tx)
        .await?;
    let Some(mut head) = head else { return Ok(None) };
    if head.line.is_none() {
        head.pair = pairs::one(tx, id, head.opened_at).await?;
        let people: Vec<String> =
            head.pair.iter().flat_map(|pair| &pair.parties).map(|one| one.alias.clone()).collect();
        head.contact.name = head.pair.as_ref().map(|_| together(&people));
    }
    Ok(Some(head))
}
