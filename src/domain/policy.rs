//! The rules that an operator may set, as plain values.
//!
//! Config fills them in, with their defaults, and checks them once; every decision gets the policy that it needs as an
//! argument.

mod line;
#[cfg(test)]
mod samples;

use std::time::Duration;

use super::money::{Cents, Prices};
use super::numbers::country::Countries;
use super::numbers::phone::Phone;
use super::people::peer::TrustedProxies;

pub use line::{Key, LinePolicy};

/// Everything that an operator may set about how texts and requests are handled.
#[derive(Clone, Debug, PartialEq)]
pub struct Policies {
    /// How conversations with customers live.
    pub support: SupportPolicy,
    /// How masks are handed out and rest.
    pub pool: PoolPolicy,
    /// How people work in the inbox.
    pub inbox: InboxPolicy,
    /// How texts are sent and how doubt about them is settled.
    pub delivery: DeliveryPolicy,
    /// What programs of integrators may do.
    pub api: ApiPolicy,
    /// Whose word counts about where a request comes from (`SWITCHBOARD_TRUSTED_PROXIES`).
    pub proxies: TrustedProxies,
}

impl Policies {
    /// How conversations of a line live that has set `own` policies, as JSON, over these.
    #[must_use]
    pub fn support_of(&self, own: Option<&str>) -> SupportPolicy {
        let own = own.map(LinePolicy::kept);
        own.map_or_else(|| self.support.clone(), |own| own.over(&self.support))
    }
}

/// How conversations with customers live (`SWITCHBOARD_SUPPORT__…`).
#[derive(Clone, Debug, PartialEq)]
pub struct SupportPolicy {
    /// A conversation without a message for so long is closed.
    pub idle_close: Duration,
    /// A text within this time of the closing reopens the same conversation.
    pub reopen_within: Duration,
    /// A returning customer goes back to the same rep within this time.
    pub sticky_for: Duration,
    /// A rep who stays off duty for so long while the line is open loses the conversation.
    pub hand_over_after: Duration,
    /// A customer should not wait longer for an answer; the inbox marks a customer who does.
    pub answer_target: Duration,
    /// How a rep is chosen among the candidates.
    pub pick: PickPolicy,
    /// Whether a fresh thread on a rep's phone begins with one line that says who it is about.
    pub context_line: bool,
    /// Whether reps see customers' whole numbers; never, unless a line says so.
    pub show_numbers: bool,
    /// To which countries' numbers conversations may be started; those of our lines.
    pub countries: Countries,
    /// So many conversations one person may begin within an hour.
    pub first_texts_per_hour: u32,
}

/// How a rep is chosen among the candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PickPolicy {
    /// Each equally likely.
    #[default]
    Random,
    /// The candidate with the fewest open conversations.
    LeastBusy,
    /// The candidate who was chosen longest ago.
    RoundRobin,
}

impl PickPolicy {
    /// Every policy, in the order in which they are explained.
    pub const ALL: [PickPolicy; 3] = [PickPolicy::Random, PickPolicy::LeastBusy, PickPolicy::RoundRobin];

    /// The word for it in settings and in the recorded reason of a pick.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            PickPolicy::Random => "random",
            PickPolicy::LeastBusy => "least_busy",
            PickPolicy::RoundRobin => "round_robin",
        }
    }

    /// What to write instead of `word`, which is no policy.
    #[must_use]
    pub fn remedy(word: &str) -> String {
        format!("`{word}` is no way to pick; write {}", Self::ALL.map(Self::word).join(", "))
    }

    /// The policy of that word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pick| pick.word() == word)
    }
}

/// How masks are handed out and rest (`SWITCHBOARD_POOL__…`).
#[derive(Clone, Debug, PartialEq)]
pub struct PoolPolicy {
    /// How long a mask rests for a phone after their leg has ended, if there are masks enough.
    pub quarantine: Duration,
    /// The rest that is kept even when masks are short; at most `quarantine`.
    pub quarantine_floor: Duration,
    /// Masks on top of the busiest phone's, in percent of them.
    pub headroom: i64,
    /// Masks on top of that, which nobody is expected to need.
    pub spares: i64,
    /// With so few masks left for the busiest phone people are alerted, and automatic mode buys.
    pub low_watermark: i64,
    /// With more than so many left automatic mode drains; above the low one.
    pub high_watermark: i64,
    /// What all masks may cost a month; no limit if `None`.
    pub monthly_budget: Option<Cents>,
    /// What a number costs a month.
    pub prices: Prices,
    /// Whether the pool grows and shrinks by itself; only with a budget.
    pub automatic: bool,
}

/// How people work in the inbox (`SWITCHBOARD_INBOX__…`).
#[derive(Clone, Debug, PartialEq)]
pub struct InboxPolicy {
    /// A reply can be taken back for so long before it leaves; none at all sends it at once.
    pub undo_window: Duration,
}

/// What programs of integrators may do (`SWITCHBOARD_API__…`).
#[derive(Clone, Debug, PartialEq)]
pub struct ApiPolicy {
    /// Requests that one token may make in a minute, at each node; `None`: as many as it likes.
    pub rate_limit: Option<u32>,
    /// Of which countries the parties of pairs may be; those of our lines and masks.
    pub countries: Countries,
    /// So many phones one app may bring into its pairs within an hour; `None`: as many as it likes.
    pub first_texts_per_hour: Option<u32>,
}

/// How texts are sent and how doubt about them is settled (`SWITCHBOARD_DELIVERY__…`).
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryPolicy {
    /// The longest that one request to the carrier may take.
    pub request_timeout: Duration,
    /// How long an attempt belongs to the node that made it; longer than `request_timeout`.
    pub lease: Duration,
    /// An empty look at the carrier's list counts as proof from so long after the doubt began.
    pub proof_after: Duration,
    /// The second empty look comes at least so long after the first.
    pub proof_again_after: Duration,
    /// How often the carrier is asked for inbound texts that did not reach us.
    pub backfill_every: Duration,
    /// A text not sent for so long after it was accepted is given up.
    pub valid_for: Duration,
    /// Whether the carrier answers HELP by itself on long codes and toll-free numbers; on short codes it never does.
    pub carrier_answers_help: bool,
    /// Segments a second from each number; `None`: by the kind of number, as [`DeliveryPolicy::pace`] says.
    pub segments_per_second: Option<f64>,
    /// Countries to whose numbers texts are sent; short codes always are.
    pub countries: Countries,
    /// The most segments that are requested of the carrier on one day of UTC; `None`: as many as there are.
    pub segments_per_day: Option<i64>,
}

impl DeliveryPolicy {
    /// So long after a request was made at the latest, its text stands in the carrier's list, or it was not taken: what two
    /// empty looks prove.
    #[must_use]
    pub fn listed_within(&self) -> Duration {
        self.request_timeout + self.proof_after + self.proof_again_after
    }

    /// Whether texts are sent to `phone` at all.
    #[must_use]
    pub fn reaches(&self, phone: &str) -> bool {
        !phone.starts_with('+') || self.countries.allow(phone)
    }

    /// How long one segment takes up `number`, one of ours: what the operator set, or else by its kind a second for a
    /// long code, a third of one for a toll-free number, a hundredth for a short code (the rates of Twilio's numbers).
    #[must_use]
    pub fn pace(&self, number: &str) -> Duration {
        let a_second = self.segments_per_second.unwrap_or_else(|| match Phone::parse(number) {
            Ok(phone) if phone.is_toll_free() => 3.0,
            Ok(_) => 1.0,
            Err(_) => 100.0,
        });
        Duration::try_from_secs_f64(1.0 / a_second).unwrap_or(Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_sends_at_the_pace_of_its_kind_until_the_operator_sets_one() {
        let policy = DeliveryPolicy::sample();
        assert_eq!(policy.pace("+15055550121"), Duration::from_secs(1));
        assert_eq!(policy.pace("+18005550100").as_millis(), 333);
        assert_eq!(policy.pace("72345"), Duration::from_millis(10));
        let slow = DeliveryPolicy { segments_per_second: Some(0.1), ..policy };
        assert_eq!(slow.pace("+18005550100"), Duration::from_secs(10));
    }

    #[test]
    fn every_pick_policy_is_read_by_its_word() {
        for pick in PickPolicy::ALL {
            assert_eq!(PickPolicy::read(pick.word()), Some(pick));
        }
        assert_eq!(PickPolicy::read("Random"), None);
    }
}
