//! The events of the timeline. The types in [`crate::domain::conversations::timeline`] say what each kind carries.

use crate::clock::At;
use crate::domain::conversations::timeline::{Stored, Told};
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::sql::{Batch, FromRow, QueryBuilder, Row};

/// An event, as it is written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Row id.
    pub id: i64,
    /// Of which conversation; of none, if it concerns none.
    pub conversation: Option<ConversationId>,
    /// Who did it; nobody, if it was time, a program or the system.
    pub actor: Option<PersonId>,
    /// What happened.
    pub event: Stored,
}

/// Writes events.
pub fn insert(batch: &mut Batch, rows: &[NewEvent], at: At) {
    for piece in batch.pieces(rows) {
        let mut q = QueryBuilder::new("INSERT INTO events (id, conversation_id, at, kind, actor_id, data) ");
        q.push_values(piece, |mut b, row| {
            b.push_bind(row.id)
                .push_bind(row.conversation)
                .push_bind(at)
                .push_bind(&row.event.kind)
                .push_bind(row.actor)
                .push_bind(row.event.data.to_string());
        });
        batch.add(q.build());
    }
}

/// Of the columns `kind` and `data`.
impl FromRow for Told {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        let (kind, data): (String, String) = (row.try_get("kind")?, row.try_get("data")?);
        Ok(Told::read(&kind, &data))
    }
}
