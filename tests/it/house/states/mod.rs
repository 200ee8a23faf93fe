//! States that nobody can bring about by an act, or only by so many acts that they would hide what a test is about: what a
//! later version, a fault, the carrier or years have left behind. Each has a name. Statements that write stand in this
//! folder and in the few places that `tests/it/floors/statements.rs` names, so that a test says what has happened and not
//! in which column.

use std::fmt::Display;

use super::House;

pub use programs::begins_to_write_what_requests_made;

mod lists;
mod pool;
mod programs;
mod texts;

impl House {
    /// The conversation has nobody, and it does not wait in the queue for somebody.
    pub async fn is_left_to_nobody(&self, conversation: impl Display) {
        self.sets(&format!("UPDATE conversations SET pinned_to = NULL WHERE id = {conversation}")).await;
    }

    /// So many conversations with the customer of the newest stand open for years, without a text, and nobody has them.
    pub async fn has_forgotten_conversations(&self, count: u32) {
        let newest = self.conversation().await;
        self.sets(&format!(
            "INSERT INTO conversations (kind, line_id, customer_id, opened_at, last_at, preview) \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
             SELECT 'support', c.line_id, c.customer_id, 1, n.i, '' FROM n, conversations c WHERE c.id = {newest}"
        ))
        .await;
    }

    /// The loop guard holds a conversation.
    pub async fn is_paused(&self, conversation: impl Display) {
        self.sets(&format!("UPDATE conversations SET paused_at = 1 WHERE id = {conversation}")).await;
    }

    /// Somebody has to decide whether the customer of a conversation refuses texts.
    pub async fn looks_like_a_refusal(&self, conversation: impl Display) {
        self.sets(&format!("UPDATE conversations SET flagged_at = 1 WHERE id = {conversation}")).await;
    }

    /// In every conversation a text has failed that nobody has dealt with.
    pub async fn every_conversation_has_a_failure(&self) {
        self.sets("UPDATE conversations SET failed_at = 1").await;
    }

    /// Customers cannot be reached any more in conversations that go on.
    pub async fn customers_have_no_legs(&self) {
        self.sets("UPDATE legs SET ended_at = 1 WHERE role = 'customer'").await;
    }

    /// Somebody has not proved yet that their phone is theirs.
    pub async fn phone_is_unproved(&self, email: &str) {
        self.sets(&format!("UPDATE people SET phone_verified_at = NULL WHERE email = '{email}'")).await;
    }

    /// Somebody is disabled by a hand in the database: nothing that hangs on them has ended.
    pub async fn is_disabled_by_hand(&self, email: &str) {
        self.sets(&format!("UPDATE people SET disabled_at = 1 WHERE email = '{email}'")).await;
    }

    /// Everybody is enabled by a hand in the database.
    pub async fn everybody_is_enabled_by_hand(&self) {
        self.sets("UPDATE people SET disabled_at = NULL").await;
    }

    /// Names of people, lines, customers and labels have characters that nobody sees, as older versions took them.
    pub async fn names_hide_something(&self) {
        self.sets("UPDATE people SET name = name || '\u{200b}x'").await;
        self.sets("UPDATE lines SET name = name || '\u{202e}x'").await;
        self.customers_hide_something().await;
        self.sets("UPDATE labels SET name = 'ur\u{200b}gent'").await;
    }

    /// As [`House::names_hide_something`], for the names of customers alone.
    pub async fn customers_hide_something(&self) {
        self.sets("UPDATE customers SET name = 'Jo\u{202e}el'").await;
    }

    /// Everybody has the password of this hash; nobody is signed out by it.
    pub async fn everybody_has_the_password(&self, hash: &str) {
        self.sets(&format!("UPDATE people SET password_hash = '{hash}'")).await;
    }

    /// Somebody has no password yet.
    pub async fn has_no_password(&self, email: &str) {
        self.sets(&format!("UPDATE people SET password_hash = NULL WHERE email = '{email}'")).await;
    }

    /// Somebody has a session since now, with the token of this hash.
    pub async fn has_a_session(&self, email: &str, hash: &str) {
        let (person, now) = (self.person(email).await, self.clock.now().0);
        let values = format!("('{hash}', {person}, {now}, {now})");
        self.sets(&format!("INSERT INTO sessions (token_hash, person_id, created_at, seen_at) VALUES {values}")).await;
    }

    /// Somebody tried to sign in to an account, known by its hash, from an address, so many seconds ago; each time costs
    /// a real attempt as long as a hash takes.
    pub async fn has_guessed(&self, account: &str, address: &str, ago: i64) {
        let id = 1 + self.number("SELECT MAX(id) FROM sign_in_failures WHERE id < 1000").await;
        let at = self.clock.now().0 - 1_000_000 * ago;
        let values = format!("({id}, '{account}', '{address}', {at})");
        self.sets(&format!("INSERT INTO sign_in_failures (id, account, address, at) VALUES {values}")).await;
    }

    /// So many webhooks were turned away just now.
    pub async fn has_turned_away(&self, webhooks: u32) {
        let now = self.clock.now().0;
        self.sets(&format!(
            "INSERT INTO tallies (name, total, last_at) VALUES ('webhook.rejected', {webhooks}, {now})"
        ))
        .await;
    }

    /// The command has put a copy in the place of the database, which it tells before there is a store.
    pub async fn was_put_back(&self, held: &impl Display) {
        let now = self.clock.now();
        let id = self.desk.ids.next(now);
        let values = format!("({id}, {}, 'command', 'restored', '{held}')", now.0);
        self.sets(&format!("INSERT INTO acts (id, at, origin, kind, data) VALUES {values}")).await;
    }

    /// Fails unless the database refuses to change rows of a table, as in `kind = 'x'`, and to delete them.
    pub async fn only_grows(&self, table: &str, change: &str) {
        assert!(self.rows(table).await > 0, "{table} is empty");
        for statement in [format!("UPDATE {table} SET {change}"), format!("DELETE FROM {table}")] {
            assert!(self.tries_to_set(&statement).await.is_err(), "the database took: {statement}");
        }
    }
}
