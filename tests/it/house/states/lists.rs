//! What other versions and floods have made of the lists of the search, and of the messages that go into them.

use super::super::House;

impl House {
    /// Nothing is known any more of what the lists have.
    pub async fn forgets_what_the_lists_have(&self) {
        self.sets("DELETE FROM settings WHERE name LIKE 'search.%'").await;
    }

    /// The lists were made by rules with a far higher number.
    pub async fn lists_are_of_a_later_version(&self) {
        self.sets(
            "UPDATE settings SET value = replace(value, '\"version\":', '\"version\":9') WHERE name = 'search.lists'",
        )
        .await;
    }

    /// The lists were made by version 1, by which a word is not among them.
    pub async fn lists_are_of_version_1_without(&self, word: &str) {
        for (of, to) in [("\"version\":", "\"version\":0"), ("\"version\":03", "\"version\":1")] {
            let set = format!("value = replace(value, '{of}', '{to}')");
            self.sets(&format!("UPDATE settings SET {set} WHERE name = 'search.lists'")).await;
        }
        self.sets(&format!("DELETE FROM postings WHERE word = '{word}'")).await;
    }

    /// Makes of the lists what the first rules had made of them: letters folded away, digits of other scripts as they
    /// are, and nothing remembered but the last message.
    pub async fn lists_are_as_version_1_left_them(&self) {
        for sql in [
            "INSERT INTO settings (name, value) SELECT 'search.messages', CAST(MAX(id) AS TEXT) FROM messages",
            "DELETE FROM settings WHERE name = 'search.lists'",
            "UPDATE postings SET word = 'ハハ' WHERE word = 'パパ'",
            "DELETE FROM postings WHERE word IN ('パ', '12345')",
            "DELETE FROM customer_words WHERE word = 'istanbul'",
        ] {
            self.sets(sql).await;
        }
    }

    /// The newest message came again so many times, each a moment later, with this body or with its own.
    pub async fn is_flooded(&self, count: u32, body: Option<&str>) {
        let body = body.map_or_else(|| "m.body".to_owned(), |body| format!("'{body}'"));
        self.sets(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
             INSERT INTO messages (id, conversation_id, author, way, kind, outcome, body, accepted_at) \
             SELECT m.id + n.i, m.conversation_id, m.author, m.way, m.kind, m.outcome, {body}, m.accepted_at + n.i \
             FROM messages m CROSS JOIN n WHERE m.id = (SELECT MAX(id) FROM messages)"
        ))
        .await;
    }

    /// All messages came just now.
    pub async fn all_came_just_now(&self) {
        self.sets(&format!("UPDATE messages SET accepted_at = {}", self.clock.now().0)).await;
    }

    /// The first message came so many seconds ago.
    pub async fn the_first_came_before(&self, seconds: i64) {
        let at = self.clock.now().0 - 1_000_000 * seconds;
        self.sets(&format!("UPDATE messages SET accepted_at = {at} WHERE id = (SELECT MIN(id) FROM messages)")).await;
    }
}
