//! What can go wrong at a carrier, on demand: which faults are on, for which texts, how often and how many more times.
//!
//! Tests, the control API and the page share one list, so that a person can watch whatever a test can cause.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::secret::Chance;

/// A way to fail. The first group concerns the answer to a create, the second the list, the third receipts and
/// the fate of the text, the last inbound webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The connection is closed at once; the text is never taken. (A truly closed port is an outage of the process.)
    Refused,
    /// No answer until the client gives up; the text is taken if the fault says so.
    BlackHole,
    /// The connection ends before any answer; the text is taken if the fault says so.
    Reset,
    /// Half of the answer, then the connection ends; the text is taken.
    Truncated,
    /// 500; the text is taken if the fault says so.
    Error,
    /// 429 with Retry-After; not taken.
    TooMany,
    /// 401, code 20003; not taken.
    Unauthorized,
    /// 200 with something that is not a message; the text is taken if the fault says so.
    Junk,
    /// The answer comes after `millis`.
    Slow,
    /// No answer, and the text comes into being only after `millis`.
    AcceptedLate,
    /// 400 with the fault's code (21211 if it has none); not taken.
    Refusal,
    /// The list omits texts younger than `millis`.
    ListLate,
    /// The list answers 500.
    ListUnavailable,
    /// No receipt is ever posted.
    ReceiptsLost,
    /// Every receipt is posted twice.
    ReceiptsDoubled,
    /// The last receipt is posted first.
    ReceiptsReversed,
    /// Receipts are posted before the create is answered.
    ReceiptFirst,
    /// The text ends as undelivered, with the fault's code (30003, phone switched off, if it has none).
    Undelivered,
    /// The carrier gives up before sending: the text ends as failed, with the fault's code (30008 if it has none).
    Failed,
    /// Every inbound webhook is posted twice, with the same id.
    WebhookTwice,
    /// Every inbound webhook is posted to the fallback address as well.
    WebhookFallback,
    /// Inbound webhooks are not posted; the text is in the list only.
    WebhookLost,
}

impl Kind {
    /// Every kind, in the order of the page.
    pub const ALL: [Kind; 22] = [
        Kind::Refused,
        Kind::BlackHole,
        Kind::Reset,
        Kind::Truncated,
        Kind::Error,
        Kind::TooMany,
        Kind::Unauthorized,
        Kind::Junk,
        Kind::Slow,
        Kind::AcceptedLate,
        Kind::Refusal,
        Kind::ListLate,
        Kind::ListUnavailable,
        Kind::ReceiptsLost,
        Kind::ReceiptsDoubled,
        Kind::ReceiptsReversed,
        Kind::ReceiptFirst,
        Kind::Undelivered,
        Kind::Failed,
        Kind::WebhookTwice,
        Kind::WebhookFallback,
        Kind::WebhookLost,
    ];
}

impl Kind {
    /// For the log.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Kind::Refused => "connection refused",
            Kind::BlackHole => "no answer at all",
            Kind::Reset => "reset before the answer",
            Kind::Truncated => "half an answer",
            Kind::Error => "500",
            Kind::TooMany => "429, too many requests",
            Kind::Unauthorized => "401",
            Kind::Junk => "200 with junk",
            Kind::Slow => "slow",
            Kind::AcceptedLate => "no answer, taken late",
            Kind::Refusal => "refused with a code",
            Kind::ListLate => "the list is late",
            Kind::ListUnavailable => "the list is unavailable",
            Kind::ReceiptsLost => "receipts lost",
            Kind::ReceiptsDoubled => "receipts doubled",
            Kind::ReceiptsReversed => "receipts reversed",
            Kind::ReceiptFirst => "receipts before the answer",
            Kind::Undelivered => "undelivered",
            Kind::Failed => "failed",
            Kind::WebhookTwice => "webhook delivered twice",
            Kind::WebhookFallback => "webhook to the fallback as well",
            Kind::WebhookLost => "webhook lost",
        }
    }
}

/// One fault that is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Names it for taking it away again; given by the simulator.
    #[serde(default)]
    pub id: u64,
    /// What goes wrong.
    pub kind: Kind,
    /// The text is taken although the answer fails; absent: as the kind says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<bool>,
    /// Only texts from this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Only texts to this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How likely it strikes, 0 to 1.
    #[serde(default = "always")]
    pub chance: f64,
    /// How many times more it strikes; absent: until it is taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// For kinds with a delay: milliseconds. For [`Kind::TooMany`]: the wish in Retry-After, rounded up to seconds.
    #[serde(default)]
    pub millis: u64,
    /// For kinds with an error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// Strikes every request of the API, not only creates (refused, black hole, unauthorized, slow, error).
    #[serde(default)]
    pub everywhere: bool,
    /// Affects requests that rent, change or give back the number `to`, and no texts (reset, black hole, error, junk, too
    /// many, unauthorized, refusal).
    #[serde(default)]
    pub numbers: bool,
}

fn always() -> f64 {
    1.0
}

impl Fault {
    /// A fault that strikes every text until it is taken away.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Fault {
            id: 0,
            kind,
            taken: None,
            from: None,
            to: None,
            chance: 1.0,
            times: None,
            millis: 0,
            code: None,
            everywhere: false,
            numbers: false,
        }
    }

    /// The text is taken although the answer fails, or not.
    #[must_use]
    pub fn taken(self, taken: bool) -> Self {
        Fault { taken: Some(taken), ..self }
    }

    /// Only texts from `number`.
    #[must_use]
    pub fn from(self, number: &str) -> Self {
        Fault { from: Some(number.to_owned()), ..self }
    }

    /// Only texts to `number`.
    #[must_use]
    pub fn to(self, number: &str) -> Self {
        Fault { to: Some(number.to_owned()), ..self }
    }

    /// Strikes with this likelihood, 0 to 1.
    #[must_use]
    pub fn chance(self, chance: f64) -> Self {
        Fault { chance, ..self }
    }

    /// Strikes this many times only.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Fault { times: Some(times), ..self }
    }

    /// Its delay in milliseconds.
    #[must_use]
    pub fn millis(self, millis: u64) -> Self {
        Fault { millis, ..self }
    }

    /// Its error code.
    #[must_use]
    pub fn code(self, code: i64) -> Self {
        Fault { code: Some(code), ..self }
    }

    /// Strikes changes to the account's numbers instead of texts.
    #[must_use]
    pub fn of_numbers(self) -> Self {
        Fault { numbers: true, ..self }
    }

    /// Strikes every request of the API.
    #[must_use]
    pub fn everywhere(self) -> Self {
        Fault { everywhere: true, ..self }
    }

    /// Whether a text that meets this fault is taken.
    #[must_use]
    pub fn takes(&self) -> bool {
        self.taken.unwrap_or(matches!(self.kind, Kind::Truncated | Kind::Junk))
    }

    fn concerns(&self, from: &str, to: &str) -> bool {
        self.from.as_deref().is_none_or(|f| f == from) && self.to.as_deref().is_none_or(|t| t == to)
    }
}

/// The faults that are on.
#[derive(Debug)]
pub(super) struct Faults {
    list: Mutex<(u64, Vec<Fault>)>,
    /// How many are on: so that a carrier without faults takes no lock.
    count: AtomicUsize,
    chance: Chance,
}

/// The faults that struck one event.
#[derive(Clone, Debug, Default)]
pub(super) struct Struck(Vec<Fault>);

impl Struck {
    /// The first of this kind.
    pub(super) fn find(&self, kind: Kind) -> Option<&Fault> {
        self.0.iter().find(|fault| fault.kind == kind)
    }

    /// One of this kind struck.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.find(kind).is_some()
    }

    /// The first for which `wanted` holds.
    pub(super) fn first(&self, wanted: impl Fn(&Fault) -> bool) -> Option<&Fault> {
        self.0.iter().find(|fault| wanted(fault))
    }

    /// What struck, for the record.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        self.0.iter().map(|fault| fault.kind).collect()
    }
}

impl Faults {
    pub(super) fn new(chance: Chance) -> Self {
        Faults { list: Mutex::new((0, Vec::new())), count: AtomicUsize::new(0), chance }
    }

    /// Which faults strike a change to one of the account's numbers.
    pub(super) fn strike_number(&self, number: &str) -> Struck {
        self.strike_any("", number, |fault| fault.numbers)
    }

    /// Which of the faults that `wanted` selects strike a text between these numbers. Each that strikes is counted down.
    pub(super) fn strike(&self, from: &str, to: &str, wanted: impl Fn(&Fault) -> bool) -> Struck {
        self.strike_any(from, to, |fault| !fault.numbers && wanted(fault))
    }

    fn strike_any(&self, from: &str, to: &str, wanted: impl Fn(&Fault) -> bool) -> Struck {
        if self.count.load(Ordering::Acquire) == 0 {
            return Struck::default();
        }
        let mut guard = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let mut struck = Vec::new();
        for fault in &mut guard.1 {
            if wanted(fault) && fault.concerns(from, to) && self.happens(fault.chance) {
                if let Some(times) = &mut fault.times {
                    *times = times.saturating_sub(1);
                }
                struck.push(fault.clone());
            }
        }
        guard.1.retain(|fault| fault.times != Some(0));
        self.count.store(guard.1.len(), Ordering::Release);
        Struck(struck)
    }

    fn happens(&self, chance: f64) -> bool {
        const STEPS: u32 = 1_000_000;
        if chance >= 1.0 {
            return true;
        }
        let drawn = u32::try_from(self.chance.below(STEPS as usize)).unwrap_or(0);
        f64::from(drawn) < chance * f64::from(STEPS)
    }

    pub(super) fn all(&self) -> Vec<Fault> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// Adds one and gives it an id.
    pub(super) fn add(&self, mut fault: Fault) -> u64 {
        let mut guard = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        guard.0 += 1;
        fault.id = guard.0;
        guard.1.push(fault);
        guard.1.retain(|fault| fault.times != Some(0));
        self.count.store(guard.1.len(), Ordering::Release);
        guard.0
    }

    /// Takes away those for which `which` holds.
    pub(super) fn remove(&self, which: impl Fn(&Fault) -> bool) {
        let mut guard = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        guard.1.retain(|fault| !which(fault));
        self.count.store(guard.1.len(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_only_whom_it_concerns_and_as_often_as_it_says() {
        let faults = Faults::new(Chance::seeded(1));
        faults.add(Fault::new(Kind::Reset).to("+15055550101").times(2));
        assert!(!faults.strike("+1800", "+15055550199", |_| true).has(Kind::Reset));
        assert!(!faults.strike("+1800", "+15055550101", |fault| fault.kind == Kind::Slow).has(Kind::Reset));
        for _ in 0..2 {
            assert!(faults.strike("+1800", "+15055550101", |_| true).has(Kind::Reset));
        }
        assert!(!faults.strike("+1800", "+15055550101", |_| true).has(Kind::Reset));
        assert!(faults.all().is_empty());
    }

    #[test]
    fn a_fault_with_a_chance_strikes_about_that_often() {
        let faults = Faults::new(Chance::seeded(7));
        faults.add(Fault::new(Kind::Error).chance(0.3));
        let hits = (0..10_000).filter(|_| faults.strike("a", "b", |_| true).has(Kind::Error)).count();
        assert!((2_700..3_300).contains(&hits), "{hits}");
    }

    #[test]
    fn faults_read_from_json_with_only_a_kind() {
        let fault: Fault = serde_json::from_str(r#"{"kind":"black-hole"}"#).unwrap();
        assert_eq!(fault, Fault::new(Kind::BlackHole));
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"reset","tims":1}"#).is_err());
    }

    #[test]
    fn the_manual_names_every_kind() {
        let manual = include_str!("../../docs/SIMULATOR.md");
        for kind in Kind::ALL {
            let name = serde_json::to_string(&kind).unwrap().replace('"', "`");
            assert!(manual.contains(&name), "docs/SIMULATOR.md does not explain {name}");
        }
    }
}
