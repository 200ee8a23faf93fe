//! What scenarios ask of a house, and the few things they set in it that no verb sets yet.

use serde_json::Value;
use switchboard::clock::At;
use switchboard::desk::lines::apply::Apply;
use switchboard::desk::replies::reply::Reply;
use switchboard::desk::upkeep::identity;
use switchboard::desk::{self, Failure};
use switchboard::domain::ids::{ConversationId, NumberId, PersonId};
use switchboard::domain::people::person::Duty;
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

    /// Changes a row by hand, where there is no verb for it.
    pub async fn sets(&self, sql: &str) {
        self.tries_to_set(sql).await.unwrap();
    }

    /// As [`House::sets`], where the database may refuse.
    pub async fn tries_to_set(&self, sql: &str) -> Result<()> {
        self.desk.store.write(Set(sql.to_owned())).await
    }

    /// Applies a set-up file.
    pub async fn applies(&self, setup: &str) {
        Apply { setup: setup.parse().unwrap() }.on(&self.desk, false).await.unwrap().unwrap();
    }

    /// The newest conversation goes to this person, by whom it is now or a manager.
    pub async fn transfers(&self, by: &str, to: &str) {
        let (by, to, conversation) = (self.person(by).await, self.person(to).await, self.conversation().await);
        desk::conversations::assign::transfer(&self.desk, by, conversation, to, None).await.unwrap();
    }

    /// Somebody closes the newest conversation.
    /// Somebody sets a duty, their own or, as a manager, another's.
    pub async fn takes_duty(&self, by: &str, whose: &str, duty: Duty) {
        let (by, whose) = (self.person(by).await, self.person(whose).await);
        desk::routing::duty::set_duty(&self.desk, by, whose, duty).await.unwrap();
        self.runs_due_work().await;
    }

    /// Hands one conversation on.
    pub async fn transfers_one(&self, by: &str, conversation: i64, to: &str) {
        let (by, to) = (self.person(by).await, self.person(to).await);
        desk::conversations::assign::transfer(&self.desk, by, ConversationId(conversation), to, None).await.unwrap();
        self.runs_due_work().await;
    }

    /// Closes one conversation.
    pub async fn closes_one(&self, by: &str, conversation: i64) {
        desk::conversations::close::close(&self.desk, self.person(by).await, ConversationId(conversation))
            .await
            .unwrap();
        self.runs_due_work().await;
    }

    pub async fn closes(&self, by: &str) {
        let (by, conversation) = (self.person(by).await, self.conversation().await);
        desk::conversations::close::close(&self.desk, by, conversation).await.unwrap();
        self.runs_due_work().await;
    }

    /// Answers on the web without waiting for anything.
    pub async fn tries_to_reply(&self, by: PersonId, conversation: ConversationId, body: &str) -> Result<(), Failure> {
        let reply = Reply { by, conversation, body: body.to_owned(), form_key: None };
        desk::replies::plan::plan(&self.desk, reply.into()).await.map(drop)
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
