//! Conversations that are to be reassigned, and to whom they could go.

use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::people::person::Duty;
use crate::store::sql::{AssertSqlSafe, from_row, query, query_as};
use crate::store::views::{Contact, Viewer, params};
use crate::store::{Result, Tx, padded};

/// A conversation.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number.
    pub id: ConversationId,
    /// The customer.
    pub contact: Contact,
    /// The line's name.
    pub line: String,
    /// Who has it.
    pub rep: Option<String>,
    /// It is closed.
    pub closed: bool,
}

/// Those of `ids` that `viewer` may see and that are of a line, in their order: nobody of ours has a pair.
pub async fn rows(tx: &mut Tx, viewer: Viewer, ids: &[ConversationId]) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    for some in ids.chunks(64) {
        let sql = format!(
            "SELECT c.id, u.name AS contact, u.phone, l.policies, l.name AS line, p.name, c.closed_at FROM conversations c \
             LEFT JOIN customers u ON u.id = c.customer_id JOIN lines l ON l.id = c.line_id \
             LEFT JOIN people p ON p.id = c.pinned_to WHERE {} AND c.id IN ({})",
            viewer.sees(),
            params(2, some)
        );
        let rows = {
            let mut q = query(AssertSqlSafe(sql)).bind(viewer.person);
            for id in padded(some) {
                q = q.bind(id);
            }
            q.try_map(|row| {
                let (phone, policies): (Option<String>, Option<String>) =
                    (row.try_get("phone")?, row.try_get("policies")?);
                Ok(Row {
                    id: row.try_get("id")?,
                    contact: Contact::on(row.try_get("contact")?, phone.as_deref(), policies.as_deref()),
                    line: row.try_get::<Option<String>, _>("line")?.unwrap_or_default(),
                    rep: row.try_get("name")?,
                    closed: row.try_get::<Option<i64>, _>("closed_at")?.is_some(),
                })
            })
            .fetch_all(tx)
            .await
        }?;
        found.extend(rows);
    }
    found.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(found)
}

/// Somebody a conversation could go to.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Who.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Takes new customers.
    pub on_duty: bool,
    /// Open conversations.
    pub open: i64,
}

from_row! {
    struct ColleaguesRow {
        id: PersonId,
        name: String,
        duty: Duty,
        open: i64,
    }
}

/// Enabled members of any line, by name.
pub async fn colleagues(tx: &mut Tx) -> Result<Vec<Colleague>> {
    let rows: Vec<ColleaguesRow> = query_as(
        "SELECT p.id, p.name, p.duty, (SELECT COUNT(*) FROM conversations c WHERE c.pinned_to = p.id AND c.closed_at IS NULL) AS open \
         FROM people p WHERE p.disabled_at IS NULL AND EXISTS (SELECT 1 FROM line_members m WHERE m.person_id = p.id) \
         ORDER BY p.name, p.id").fetch_all(tx).await?;
    Ok(rows
        .into_iter()
        .map(|ColleaguesRow { id, name, duty, open }| Colleague { id, name, on_duty: duty == Duty::On, open })
        .collect())
}
