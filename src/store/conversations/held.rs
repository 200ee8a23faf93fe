//! Held texts, as the code that decides about them needs them.

use crate::domain::conversations::kind;
use crate::domain::ids::{ConversationId, LegId, MessageId, PersonId};
use crate::domain::message::{Author, Kind, Outcome};
use crate::domain::words::files::Files;
use crate::store::sql::{FromRow, QueryBuilder, Row, query};
use crate::store::{Result, Tx};

/// A text that waits for a decision.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which.
    pub id: MessageId,
    /// The conversation that it belonged to.
    pub conversation: Option<ConversationId>,
    /// A rep sent it; else somebody from outside.
    pub by_rep: bool,
    /// Somebody sent it who is neither the customer of the conversation nor staff.
    pub by_stranger: bool,
    /// Who, if staff.
    pub author: Option<PersonId>,
    /// Their name.
    pub author_name: Option<String>,
    /// A text, or a word such as STOP.
    pub kind: Kind,
    /// Verbatim.
    pub body: String,
    /// What came with it.
    pub files: Files,
    /// The leg by which it came, live or ended.
    pub leg: Option<LegId>,
}

impl FromRow for Held {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        let author: Author = row.try_get("author")?;
        Ok(Held {
            id: row.try_get("id")?,
            conversation: row.try_get("conversation_id")?,
            by_rep: author == Author::Rep,
            by_stranger: author == Author::Party
                && row.try_get::<Option<kind::Kind>, _>("kind_of")? == Some(kind::Kind::Support),
            author: row.try_get("author_id")?,
            author_name: row.try_get("author_name")?,
            kind: row.try_get("kind")?,
            body: row.try_get("body")?,
            files: Files::kept(row.try_get::<Option<String>, _>("media")?.as_deref()),
            leg: row.try_get("leg_id")?,
        })
    }
}

/// The message, if it is held; nobody else decides about it before the commit.
pub async fn held(tx: &mut Tx, id: MessageId) -> Result<Option<Held>> {
    let lock = tx.hold("messages m", &[id.0]);
    let row: Option<Held> = {
        let mut q = QueryBuilder::new(
            "SELECT m.id, m.conversation_id, m.author, m.author_id, p.name AS author_name, m.kind, m.body, m.media, m.leg_id, \
             c.kind AS kind_of",
        );
        q.push(lock.noted()).push(
            " FROM messages m LEFT JOIN people p ON p.id = m.author_id \
             LEFT JOIN conversations c ON c.id = m.conversation_id WHERE m.outcome = 'held' AND m.id = ",
        );
        q.push_bind(id).push(lock.clause());
        q.build_query_as().fetch_optional(tx).await
    }?;
    lock.done(tx, usize::from(row.is_some())).await?;
    Ok(row)
}

/// Decides about a held text; `false` if somebody has decided before.
pub async fn decide(tx: &mut Tx, id: MessageId, outcome: Outcome, why: Option<&str>) -> Result<bool> {
    let done = query("UPDATE messages SET outcome = $1, why = $2 WHERE id = $3 AND outcome = 'held'")
        .bind(outcome)
        .bind(why)
        .bind(id)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(done == 1)
}
