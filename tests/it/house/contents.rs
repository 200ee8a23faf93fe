//! Everything that a database holds, to compare before with after.

use std::collections::BTreeMap;

use switchboard::store::Tx;
use switchboard::store::sql::{AssertSqlSafe, query_as, query_scalar};

use super::House;

/// What every request of somebody who is signed in writes: when the session was last used.
const USED: (&str, &str) = ("sessions", "seen_at");

/// What `/health/ready` writes to know whether the database can be written.
const LOOKED: &str = "written_at.";

impl House {
    /// Every row of every table, as text; without [`USED`] and [`LOOKED`].
    pub async fn contents(&self) -> BTreeMap<String, Vec<String>> {
        let mut tx = self.desk.store.read().await.unwrap();
        let (columns, cell) = match &tx {
            Tx::Sqlite(_) => (
                "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' \
                 AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
                "quote(COLUMN)",
            ),
            Tx::Postgres(_) => (
                "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
                "COALESCE(CAST(COLUMN AS TEXT), '-')",
            ),
        };
        let found: Vec<(String, String)> =
            query_as(AssertSqlSafe(columns.to_owned())).fetch_all(&mut tx).await.unwrap();
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column) in found.into_iter().filter(|(table, column)| (table.as_str(), column.as_str()) != USED) {
            let cell = cell.replace("COLUMN", &format!("\"{column}\""));
            tables.entry(table).or_default().push(format!("'{column}=' || {cell}"));
        }
        let mut contents = BTreeMap::new();
        for (table, cells) in tables {
            let sql = AssertSqlSafe(format!("SELECT {} FROM \"{table}\"", cells.join(" || ' ' || ")));
            let mut rows: Vec<String> = query_scalar(sql).fetch_all(&mut tx).await.unwrap();
            rows.retain(|row| !(table == "settings" && row.contains(LOOKED)));
            rows.sort_unstable();
            contents.insert(table, rows);
        }
        contents
    }

    /// Fails unless everything is as it was, and says what is not.
    pub async fn is_unchanged_since(&self, before: &BTreeMap<String, Vec<String>>) {
        let after = self.contents().await;
        for (table, rows) in &after {
            let was = &before[table];
            let new: Vec<_> = rows.iter().filter(|row| !was.contains(row)).collect();
            let gone: Vec<_> = was.iter().filter(|row| !rows.contains(row)).collect();
            assert!(rows == was, "{table} has changed: {new:#?} in place of {gone:#?}");
        }
        assert!(after.len() > 30, "only {} tables were compared", after.len());
    }
}
