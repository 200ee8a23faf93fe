//! How a house is furnished, and in what it may differ from the usual one.

use std::time::Duration;

use switchboard::config::usual_policies;
use switchboard::domain::policy::Policies;
use switchboard::domain::setup::Setup;
use switchboard::simulator::Shown;

/// So long a busy machine may take to answer as the carrier.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ana and Bo answer, Miriam manages; twenty masks.
pub const SETUP: &str = r#"
[[line]]
number = "+18005550100"
name = "Bait and Tackle"
members = ["ana@example.com", "bo@example.com"]

[[person]]
email = "ana@example.com"
name = "Ana"
role = "rep"
phone = "+15055550121"

[[person]]
email = "bo@example.com"
name = "Bo"
role = "rep"
phone = "+15055550122"

[[person]]
email = "miriam@example.com"
name = "Miriam"
role = "manager"
"#;

/// How a house differs from the usual one.
#[derive(Clone, Debug)]
pub struct Plan {
    pub policies: Policies,
    pub setup: String,
    pub masks: u32,
    pub seed: u64,
    /// The carrier answers STOP, START and HELP itself, as Twilio does.
    pub auto_replies: bool,
    /// The longest that a request to the carrier may take in real time; the policy's own time-out counts by the
    /// house's clock, which stands meanwhile.
    pub patience: Duration,
    /// Events may be posted to this machine, where the tests' own receivers are.
    pub reaches_private: bool,
    /// How the carrier's clock differs from the house's.
    pub carrier_shows: Shown,
}

impl Default for Plan {
    fn default() -> Self {
        let mut policies = usual_policies();
        policies.delivery.request_timeout = Duration::from_millis(250);
        policies.delivery.segments_per_second = Some(1000.0);
        // A reply leaves at once, unless the test is about taking it back.
        policies.inbox.undo_window = Duration::ZERO;
        Plan {
            policies,
            setup: SETUP.to_owned(),
            masks: 20,
            seed: 7,
            auto_replies: false,
            patience: PATIENCE,
            reaches_private: true,
            carrier_shows: Shown::default(),
        }
    }
}

impl Plan {
    /// The carrier does not answer in this test, so nobody waits for it longer than this.
    pub fn expects_silence(&mut self) {
        self.patience = Duration::from_millis(250);
    }

    /// What is applied to the house: people, lines and masks.
    pub fn setup(&self) -> Setup {
        let masks = (1..=self.masks).map(|n| format!("[[mask]]\nnumber = \"{}\"\n", mask(n)));
        masks.fold(self.setup.clone(), |text, mask| text + &mask).parse().unwrap()
    }

    /// The same but for what `change` does.
    #[must_use]
    pub fn but(mut self, change: fn(&mut Plan)) -> Plan {
        change(&mut self);
        self
    }
}

/// The number of the `n`-th mask, from 1.
pub fn mask(n: u32) -> String {
    format!("+1800555{:04}", 1000 + n)
}

/// Bo is no member of the line.
pub fn only_ana(plan: &mut Plan) {
    plan.setup = plan.setup.replace("\"ana@example.com\", \"bo@example.com\"", "\"ana@example.com\"");
}

/// Ada is the admin.
pub fn with_ada(plan: &mut Plan) {
    plan.setup += "[[person]]\nemail = \"ada@example.com\"\nname = \"Ada\"\nrole = \"admin\"\n";
}
