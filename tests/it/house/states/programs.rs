//! What later versions, dead processes and the Internet have made of programs and their endpoints.

use sqlx::PgConnection;

use super::super::House;

impl House {
    /// Tokens and endpoints have words that only a later version knows.
    pub async fn has_words_of_a_later_version(&self) {
        self.sets("UPDATE api_tokens SET scopes = scopes || ' rockets:launch'").await;
        self.sets("UPDATE endpoints SET events = 'pair.ended rocket.launched'").await;
    }

    /// The process died between the commit and the answer of each request: what they made is known.
    pub async fn answers_were_lost(&self) {
        self.sets("UPDATE idempotency_keys SET status = NULL, answer = NULL").await;
    }

    /// Each request is being answered, and nothing is known of what it makes.
    pub async fn requests_are_under_way(&self) {
        self.sets("UPDATE idempotency_keys SET status = NULL, answer = NULL, made_id = NULL, made_new = NULL").await;
    }

    /// Endpoints that have lost their right were not disabled yet.
    pub async fn endpoints_were_not_looked_at(&self) {
        self.sets("UPDATE endpoints SET disabled_at = NULL, disabled_why = NULL").await;
    }

    /// An endpoint was disabled because posts to it failed.
    pub async fn endpoint_has_failed(&self, endpoint: i64) {
        self.sets(&format!("UPDATE endpoints SET disabled_at = 1, disabled_why = 'failing' WHERE id = {endpoint}"))
            .await;
    }

    /// The addresses of endpoints lead here by now.
    pub async fn endpoints_lead_to(&self, url: &str) {
        self.sets(&format!("UPDATE endpoints SET url = '{url}'")).await;
    }

    /// A conversation is a pair of the app `bait shop` by this name, as far as those who are told of it are concerned.
    pub async fn is_known_to_the_bait_shop(&self, conversation: impl std::fmt::Display, reference: &str) {
        let row =
            format!("SELECT {conversation}, {conversation}, '{reference}', '', id FROM apps WHERE name = 'bait shop'");
        let into = "INSERT INTO pair_references (id, conversation_id, reference, body_hash, app_id)";
        self.sets(&format!("{into} {row}")).await;
    }

    /// An app with a token and an endpoint with this number.
    pub async fn has_app_with_endpoint(&self, endpoint: i64) {
        self.sets("INSERT INTO apps (id, name, created_at) VALUES (1, 'crm', 1)").await;
        self.sets(
            "INSERT INTO api_tokens (id, name, token_hash, scopes, created_at, app_id) \
             VALUES (1, 'crm', 'x', 'pairs:read', 1, 1)",
        )
        .await;
        self.sets(&format!(
            "INSERT INTO endpoints (id, url, events, secret, created_at, app_id, token_id) \
             VALUES ({endpoint}, 'http://127.0.0.1:9/', '*', 'whsec_', 1, 1, 1)"
        ))
        .await;
    }

    /// Event 5, of the newest conversation, was posted to an endpoint.
    pub async fn was_told_event_5(&self, endpoint: i64) {
        self.sets(
            "INSERT INTO api_events (id, conversation_id, seq, kind, at, body) \
             SELECT 5, MAX(id), 1, 'pair.opened', 1, '{}' FROM conversations",
        )
        .await;
        self.sets(&format!(
            "INSERT INTO event_posts (endpoint_id, event_id, conversation_id, seq, state, attempts) \
             SELECT {endpoint}, 5, MAX(id), 1, 'delivered', 1 FROM conversations"
        ))
        .await;
    }
}

/// Another process writes down that every request has made thing 5, and does not commit yet.
pub async fn begins_to_write_what_requests_made(other: &mut PgConnection) {
    sqlx::raw_sql("BEGIN; UPDATE idempotency_keys SET made_id = 5, made_new = 1").execute(other).await.unwrap();
}
