//! What the carrier, a fault or another version has made of texts, phones and numbers.

use std::fmt::Display;

use super::super::House;

impl House {
    /// The carrier listed several texts that could be the one in doubt, so a manager has to decide.
    pub async fn parks_what_is_in_doubt(&self) {
        self.sets("UPDATE deliveries SET state = 'parked', why = 'several' WHERE state = 'unknown'").await;
    }

    /// As [`House::parks_what_is_in_doubt`], for the newest text, whatever became of it.
    pub async fn parks_the_newest_text(&self) {
        self.sets("UPDATE deliveries SET state = 'parked' WHERE id = (SELECT MAX(id) FROM deliveries)").await;
    }

    /// All texts to customers have this state, for this reason; those that wait for a manager's decision go on waiting.
    pub async fn texts_to_customers_are(&self, state: &str, why: &str) {
        self.sets(&format!(
            "UPDATE deliveries SET state = '{state}', why = '{why}' WHERE person_id IS NULL AND COALESCE(why, '') <> 'several'"
        ))
        .await;
    }

    /// All texts from one of our numbers are in doubt, or it turns out that the carrier has sent them.
    pub async fn texts_are_in_doubt(&self, number: &str, in_doubt: bool) {
        let state = if in_doubt { "unknown" } else { "sent" };
        let of = format!("number_id = (SELECT id FROM numbers WHERE number = '{number}')");
        self.sets(&format!("UPDATE deliveries SET state = '{state}' WHERE {of}")).await;
    }

    /// As in a restored backup, of which a later life may have sent all that waits.
    pub async fn what_waits_may_have_been_sent(&self) {
        self.sets("UPDATE deliveries SET look_from = accepted_at WHERE state = 'ready'").await;
    }

    /// The account is suspended, so the line sends nothing.
    pub async fn line_is_paused(&self) {
        let now = self.clock.now().0;
        let why = "the account is suspended";
        self.sets(&format!("UPDATE numbers SET paused_at = {now}, paused_why = '{why}' WHERE role = 'line'")).await;
    }

    /// Replies were planned when the customer had this number.
    pub async fn replies_were_planned_to(&self, phone: &str) {
        self.sets(&format!("UPDATE planned_replies SET to_phone = '{phone}'")).await;
    }

    /// An older version took a phone in such words.
    pub async fn phone_was_taken_as(&self, phone: &str, taken: &str) {
        self.sets(&format!("UPDATE legs SET phone = '{taken}' WHERE phone = '{phone}'")).await;
    }

    /// The line is a short code of no country.
    pub async fn line_is_a_short_code(&self, number: &str) {
        self.sets(&format!("UPDATE numbers SET country = NULL, number = '{number}' WHERE role = 'line'")).await;
    }

    /// In each conversation that somebody has they wrote a text on the web, and one more leaves in a minute; each has the
    /// number of its conversation.
    pub async fn each_has_written_and_planned(&self) {
        self.sets(
            "INSERT INTO messages (id, conversation_id, author, author_id, way, kind, outcome, body, accepted_at) \
             SELECT id, id, 'rep', pinned_to, 'web', 'text', 'relayed', 'Until six.', opened_at FROM conversations",
        )
        .await;
        self.sets(
            "INSERT INTO planned_replies (id, conversation_id, author_id, to_phone, body, scheduled, created_at, due_at) \
             SELECT id, id, pinned_to, 'nobody', 'Until six.', 1, opened_at, opened_at + 60000000 FROM conversations",
        )
        .await;
    }

    /// A canned reply of somebody's with this number.
    pub async fn has_canned_reply(&self, id: i64, person: impl Display) {
        self.sets(&format!(
            "INSERT INTO canned_replies (id, person_id, shortcut, body, created_at, updated_at) \
             VALUES ({id}, {person}, 'hours', 'Until six.', 0, 0)"
        ))
        .await;
    }

    /// A search that somebody keeps, with this number.
    pub async fn has_saved_search(&self, id: i64, person: impl Display) {
        self.sets(&format!(
            "INSERT INTO saved_searches (id, person_id, name, query, created_at) \
             VALUES ({id}, {person}, 'Deposits', 'q=deposit', 1)"
        ))
        .await;
    }
}
