//! The pool of masks: what it needs, how masks come and go, and the mode in which it looks after itself.

mod automatic;
mod buying;
mod leaving;
mod plan;
mod web;

use switchboard::desk::Failure;
use switchboard::desk::pool::{By, buy, order, turn};
use switchboard::domain::ids::NumberId;

use crate::house::{House, Plan};

const ANA: &str = "ana@example.com";

/// Ana answers alone, and Ada is the admin.
fn only_ana(plan: &mut Plan) {
    plan.setup = plan.setup.replace("\"ana@example.com\", \"bo@example.com\"", "\"ana@example.com\"");
    plan.setup += "[[person]]\nemail = \"ada@example.com\"\nname = \"Ada\"\nrole = \"admin\"\n";
}

impl House {
    /// The operator orders masks.
    async fn orders(&self, country: &str, count: i64) -> Result<usize, Failure> {
        order::grow(&self.desk, By::Operator, country, count).await.map(|orders| orders.len())
    }

    /// Carries out what is due of the orders.
    async fn buys(&self) {
        while buy::buy(&self.desk).await.unwrap() > 0 {}
    }

    /// Our masks, oldest first: `state country`.
    async fn masks(&self) -> Vec<String> {
        self.words("SELECT state || ' ' || COALESCE(country, '-') FROM numbers WHERE role = 'mask' ORDER BY id").await
    }

    /// The orders, oldest first: `state tries`.
    async fn pool_orders(&self) -> Vec<String> {
        self.words("SELECT state || ' ' || tries FROM pool_orders ORDER BY id").await
    }

    /// Where a mask stands.
    async fn state_of(&self, number: &str) -> String {
        self.words(&format!("SELECT state FROM numbers WHERE number = '{number}'")).await.pop().unwrap_or_default()
    }

    async fn mask_id(&self, number: &str) -> NumberId {
        NumberId(self.number(&format!("SELECT id FROM numbers WHERE number = '{number}'")).await)
    }

    /// Moves the masks that leave, until none can be moved now.
    async fn moves_masks(&self) {
        while turn::turn(&self.desk).await.unwrap() > 0 {}
    }

    /// The numbers that the account rents and that nobody set up by hand.
    fn bought(&self) -> Vec<String> {
        let numbers = self.simulator.own_numbers().into_iter();
        numbers.filter(|own| own.friendly_name == "Switchboard mask").map(|own| own.number).collect()
    }
}
