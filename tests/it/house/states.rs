//! States that nobody can bring about by an act: rows that a later version, a fault or somebody's hand has written.
//! Each has a name. The SQL of the tests stands here, so that a test says what has happened and not in which column.

use super::House;

impl House {
    /// Tokens and endpoints have words that only a later version knows.
    pub async fn has_words_of_a_later_version(&self) {
        self.sets("UPDATE api_tokens SET scopes = scopes || ' rockets:launch'").await;
        self.sets("UPDATE endpoints SET events = 'pair.ended rocket.launched'").await;
    }
}
