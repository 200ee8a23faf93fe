//! Phones in people's hands: what they text, and what has come to them.

use switchboard::simulator::Text;

use super::{House, LINE};

/// A phone in somebody's hand.
#[derive(Clone)]
pub struct Phone<'a> {
    pub house: &'a House,
    pub number: String,
}

impl Phone<'_> {
    /// Texts the line; the house comes to rest.
    pub async fn texts(&self, body: &str) {
        self.texts_to(LINE, body).await;
    }

    /// Texts one of our numbers; what comes of it is the test's business.
    pub async fn texts_in_vain(&self, number: &str, body: &str) {
        let arrival = self.house.simulator.text(&self.number, number, body).await;
        assert!(!arrival.taken(), "the webhook was taken: {arrival:?}");
    }

    /// Texts one of our numbers; the house comes to rest.
    pub async fn texts_to(&self, number: &str, body: &str) {
        let arrival = self.house.simulator.text(&self.number, number, body).await;
        assert!(arrival.taken(), "the webhook was not taken: {arrival:?}");
        self.house.runs_due_work().await;
    }

    /// Answers the newest text on this phone.
    pub async fn texts_back(&self, body: &str) {
        let from = self.received().last().expect("nothing to answer on this phone").from.clone();
        self.texts_to(&from, body).await;
    }

    /// What has come to this phone, oldest first.
    pub fn received(&self) -> Vec<Text> {
        self.house.simulator.texts_to(&self.number)
    }

    /// Bodies of what has come to this phone, oldest first.
    pub fn bodies(&self) -> Vec<String> {
        self.received().into_iter().map(|text| text.body).collect()
    }

    /// Fails unless exactly these bodies came to this phone, in this order.
    pub fn shows(&self, bodies: &[&str]) {
        assert_eq!(self.bodies(), bodies);
    }

    /// The numbers from which texts have come, each once, in order of their first.
    pub fn threads(&self) -> Vec<String> {
        let mut from: Vec<String> = Vec::new();
        for text in self.received() {
            if !from.contains(&text.from) {
                from.push(text.from);
            }
        }
        from
    }
}
