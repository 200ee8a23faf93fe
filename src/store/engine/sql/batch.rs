//! Writes that go to the database together.

use std::fmt::Write;

use super::{Cut, Query, Text, Value};
use crate::store::engine::rows::cut;
use crate::store::{Result, Tx};

/// Writes in their order, of which nothing is read back before they are executed. PostgreSQL gets them as one statement, so none
/// may touch a row that another of them writes.
#[derive(Debug)]
#[must_use = "nothing is written before it is executed"]
pub struct Batch {
    shared: bool,
    queries: Vec<Query>,
}

impl Batch {
    /// An empty one for this transaction.
    pub fn of(tx: &Tx) -> Self {
        Batch { shared: tx.holds_rows(), queries: Vec::new() }
    }

    /// Whether it is for PostgreSQL.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Adds a write.
    pub fn add(&mut self, query: Query) {
        self.queries.push(query);
    }

    /// Cuts rows to be inserted into pieces, each for a statement: as [`crate::store::pieces`].
    pub(in crate::store) fn pieces<'rows, T>(
        &self,
        rows: &'rows [T],
    ) -> impl Iterator<Item = &'rows [T]> + use<'rows, T> {
        cut(rows, self.shared)
    }

    /// Executes what was added, and leaves it empty.
    ///
    /// # Errors
    /// What the database said of the first that it did not do.
    pub async fn execute(&mut self, tx: &mut Tx) -> Result<()> {
        let mut parts = Vec::new();
        for query in std::mem::take(&mut self.queries) {
            match query.text {
                Text::Cut(text) if self.shared => parts.push((text, query.values)),
                _ => {
                    // Its `$1…$n` are its own.
                    together(std::mem::take(&mut parts), tx).await?;
                    query.execute(tx).await?;
                }
            }
        }
        together(parts, tx).await
    }
}

/// Executes writes as one statement: each is a part of a `WITH`, and PostgreSQL carries them out in their order.
/// <https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING>
async fn together(mut parts: Vec<(Cut, Vec<Value>)>, tx: &mut Tx) -> Result<()> {
    if parts.len() > 1 {
        let (mut all, mut values) = (Cut::default(), Vec::new());
        for (place, (text, own)) in parts.into_iter().enumerate() {
            let before = if place == 0 { "WITH" } else { "," };
            write!(all.sql, "{before} write_{place} AS (").expect("a text can always grow");
            all.append(text, values.len());
            all.sql.push(')');
            values.extend(own);
        }
        all.sql.push_str(" SELECT 1");
        parts = vec![(all, values)];
    }
    for (text, values) in parts {
        Query { text: Text::Cut(text), values }.execute(tx).await?;
    }
    Ok(())
}
