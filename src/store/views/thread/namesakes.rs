//! Contacts that somebody might mean by a name, as far as the reader may see them.

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId};
use crate::domain::search::fold;
use crate::store::sql::{AssertSqlSafe, query, query_as, query_scalar};
use crate::store::views::{Contact, Viewer};
use crate::store::{Result, Tx, search};

/// How many are shown to choose from.
pub const MOST: i64 = 10;
/// Of so many contacts whose names fit, the newest, some are chosen.
const KNOWN: i64 = 200;

/// A contact that may be meant.
#[derive(Clone, Debug)]
pub struct Namesake {
    /// Which.
    pub customer: CustomerId,
    /// Its newest conversation that the viewer may see.
    pub conversation: ConversationId,
    /// As it is shown.
    pub contact: Contact,
    /// The line of that conversation.
    pub line: String,
    /// When something was last said in it.
    pub at: At,
}

impl Namesake {
    /// Whether the whole name is `name`, whatever the case, the accents and the white space.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.contact.name.as_deref().is_some_and(|own| fold::alike(own, name))
    }
}

/// The contacts in whose names `name` stands, those whose whole name it is first; none that is one person with
/// `except`.
pub async fn called(tx: &mut Tx, viewer: Viewer, name: &str, except: CustomerId) -> Result<Vec<Namesake>> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let like: String = name.chars().flat_map(|c| "%_\\".contains(c).then_some('\\').into_iter().chain([c])).collect();
    let known = search::named(tx, &name, KNOWN).await?;
    let known =
        std::iter::once("0".to_owned()).chain(known.iter().map(ToString::to_string)).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT c.customer_id, MAX(c.id) FROM conversations c JOIN customers u ON u.id = c.customer_id \
         WHERE (lower(u.name) LIKE lower($2) ESCAPE '\\' OR u.id IN ({known})) AND {} AND {} \
         AND COALESCE(u.merged_into, u.id) <> (SELECT COALESCE(o.merged_into, o.id) FROM customers o WHERE o.id = $3) \
         GROUP BY c.customer_id, u.name ORDER BY length(u.name), c.customer_id LIMIT $4",
        viewer.knows(),
        viewer.sees()
    );
    let newest: Vec<(i64, i64)> = query_as(AssertSqlSafe(sql))
        .bind(viewer.person)
        .bind(format!("%{like}%"))
        .bind(except)
        .bind(MOST)
        .fetch_all(tx)
        .await?;
    let mut found = Vec::with_capacity(newest.len());
    for (customer, conversation) in newest {
        found.extend(one(tx, CustomerId(customer), ConversationId(conversation)).await?);
    }
    Ok(found)
}

async fn one(tx: &mut Tx, customer: CustomerId, conversation: ConversationId) -> Result<Option<Namesake>> {
    Ok(query(
        "SELECT u.name AS contact, u.phone, l.policies, l.name, c.last_at FROM conversations c \
         JOIN customers u ON u.id = c.customer_id LEFT JOIN lines l ON l.id = c.line_id WHERE c.id = $1",
    )
    .bind(conversation)
    .try_map(|row| {
        let (phone, policies): (String, Option<String>) = (row.try_get("phone")?, row.try_get("policies")?);
        Ok(Namesake {
            customer,
            conversation,
            contact: Contact::on(row.try_get("contact")?, Some(&phone), policies.as_deref()),
            line: row.try_get::<Option<String>, _>("name")?.unwrap_or_default(),
            at: row.try_get("last_at")?,
        })
    })
    .fetch_optional(tx)
    .await?)
}

/// The newest conversation of a contact that the viewer may see.
pub async fn newest(tx: &mut Tx, viewer: Viewer, customer: CustomerId) -> Result<Option<ConversationId>> {
    let sql = format!("SELECT MAX(c.id) FROM conversations c WHERE c.customer_id = $2 AND {}", viewer.sees());
    let id: Option<i64> = query_scalar(AssertSqlSafe(sql)).bind(viewer.person).bind(customer).fetch_one(tx).await?;
    Ok(id.map(ConversationId))
}
