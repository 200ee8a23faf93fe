//! Writes that go to the database together.

use super::{Query, Text};
use crate::store::engine::rows::cut;
use crate::store::{Result, Tx};

/// Writes in their order, of which nothing is read back before they are executed. PostgreSQL gets them as one statement, so none
/// may touch a row that another of them writes.
#[derive(Debug)]
pub struct Batch {
    shared: bool,
    queries: Vec<Query>,
}

impl Batch {
    /// An empty one for this transaction.
    #[must_use]
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
        let queries = std::mem::take(&mut self.queries);
        if !self.shared {
            for query in queries {
                query.execute(tx).await?;
            }
            return Ok(());
        }
        let mut together = Vec::new();
        for query in queries {
            if matches!(query.text, Text::Cut { .. }) {
                together.push(query);
            } else {
                // Its `$1…$n` are its own.
                all(std::mem::take(&mut together), tx).await?;
                query.execute(tx).await?;
            }
        }
        all(together, tx).await
    }
}

/// Writes as one statement: each is a part of a `WITH`, and PostgreSQL carries them out in their order.
/// <https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING>
async fn all(mut queries: Vec<Query>, tx: &mut Tx) -> Result<()> {
    if queries.len() > 1 {
        queries = vec![Query::together(queries)];
    }
    for query in queries {
        query.execute(tx).await?;
    }
    Ok(())
}
