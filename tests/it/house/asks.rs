//! What scenarios ask of a house.

use serde_json::Value;
use switchboard::clock::At;
use switchboard::desk::upkeep::identity;
use switchboard::domain::ids::NumberId;
use switchboard::store::routing::numbers;
use switchboard::store::sql::query;
use switchboard::store::{Job, Result, Store, Tx};

use super::House;

/// The settings have been mended, and `doctor` finds that the carrier is content with every number.
pub async fn carrier_is_content(store: &Store, now: At) -> Result<()> {
    let all = numbers::all(&mut store.read().await?).await?;
    let fit: Vec<NumberId> = all.into_iter().map(|number| number.id).collect();
    identity::resume_fit(store, &fit, now, now).await
}

impl House {
    /// The data of all events of `kind`, oldest first.
    pub async fn events(&self, kind: &str) -> Vec<Value> {
        let found = self.words(&format!("SELECT data FROM events WHERE kind = '{kind}' ORDER BY id")).await;
        found.iter().map(|data| serde_json::from_str(data).unwrap()).collect()
    }

    /// How many rows a condition selects, as in `rows("messages WHERE outcome = 'held'")`.
    pub async fn rows(&self, of: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM {of}")).await
    }

    /// What became of every text that came in or was typed, oldest first: `outcome body`.
    pub async fn messages(&self) -> Vec<String> {
        self.words("SELECT outcome || ' ' || body FROM messages ORDER BY id").await
    }

    /// The outbox, oldest first: `state body`.
    pub async fn outbox(&self) -> Vec<String> {
        self.words("SELECT state || ' ' || body FROM deliveries ORDER BY id").await
    }

    /// The outbox to one phone, oldest first: `state body`.
    pub async fn outbox_to(&self, phone: &str) -> Vec<String> {
        let sql = format!("SELECT state || ' ' || body FROM deliveries WHERE to_phone = '{phone}' ORDER BY id");
        self.words(&sql).await
    }

    /// Changes rows by hand: for `states/`, and for the places that `tests/it/floors/statements.rs` names.
    pub async fn sets(&self, sql: &str) {
        self.tries_to_set(sql).await.unwrap();
    }

    /// As [`House::sets`], where the database may refuse.
    pub(super) async fn tries_to_set(&self, sql: &str) -> Result<()> {
        self.desk.store.write(Set(sql.to_owned())).await
    }

    /// The e-mail address of the person who has this conversation; empty if nobody has.
    pub async fn pinned_of(&self, conversation: i64) -> String {
        let sql = format!(
            "SELECT p.email FROM conversations c JOIN people p ON p.id = c.pinned_to WHERE c.id = {conversation}"
        );
        self.words(&sql).await.pop().unwrap_or_default()
    }

    /// The e-mail address of the person who has the newest conversation; empty if nobody has.
    pub async fn pinned(&self) -> String {
        let sql = "SELECT p.email FROM conversations c JOIN people p ON p.id = c.pinned_to \
                   WHERE c.id = (SELECT MAX(id) FROM conversations)";
        self.words(sql).await.pop().unwrap_or_default()
    }
}

/// Nobody looks at the order in which this transaction holds rows: it works by hand, and nobody else is there.
pub async fn unwatched(tx: &mut Tx) -> Result<()> {
    if tx.holds_rows() {
        let sql = "SELECT set_config('lock_order.unwatched', 'yes', TRUE)";
        query(sql).execute(tx).await?;
    }
    Ok(())
}

struct Set(String);

impl Job for Set {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let sql = sqlx::AssertSqlSafe(self.0.clone());
        unwatched(tx).await?;
        query(sql).execute(tx).await?;
        Ok(())
    }
}
