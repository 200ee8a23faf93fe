//! The simulator as a value: its settings, its record, and what tests ask it.
//!
//! It has several small locks, each held for a few lines and not across an await: thousands of texts a second pass
//! here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, watch};

use super::book::{Book, Count};
use super::faults::{Fault, Faults};
use super::numbers::{NumberChange, Numbers, OwnNumber};
use super::phones::{PhoneKind, Phones, VirtualPhone};
use super::posting::Poster;
use super::posting::here::Here;
use super::posting::schedule::{Receipts, Schedule};
use super::texts::Text;
use super::wirelog::WireLog;
use crate::clock::{At, Clock};
use crate::secret::Chance;
use crate::wire::twilio::signature::Algorithm;
use crate::wire::twilio::signing_keys::{SharedKey, Signer};

/// How a simulator is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account's id, `AC…`; also the user name of the API.
    pub account: String,
    /// The account's token: the password of the API, and the key of every signature without a shared key.
    pub token: String,
    /// What signs every post, with SHA-256, in place of the token.
    pub shared_key: Option<SharedKey>,
    /// Where now comes from.
    pub clock: Clock,
    /// Where ids and random faults come from.
    pub chance: Chance,
    /// Where inbound texts are posted for numbers without an address of their own.
    pub webhook: Option<String>,
    /// When receipts are posted.
    pub receipts: Receipts,
    /// Receipts and late texts move only in [`Simulator::settle`]; for tests, whose clock does not run.
    pub by_hand: bool,
    /// Refuse senders that the account does not rent (21659), as the real one does.
    pub strict: bool,
    /// Answer STOP, START and HELP, as a carrier does by default.
    pub auto_replies: bool,
    /// Whether others than this machine may ask it, and be posted to.
    pub anywhere: bool,
    /// How many texts are kept.
    pub keep: usize,
}

impl Settings {
    /// The last 10,000 texts, receipts at once, any sender, no answers to keywords.
    #[must_use]
    pub fn new(account: &str, token: &str) -> Self {
        Settings {
            account: account.to_owned(),
            token: token.to_owned(),
            shared_key: None,
            clock: Clock::system(),
            chance: Chance::System,
            webhook: None,
            receipts: Receipts::at_once(),
            by_hand: false,
            strict: false,
            auto_replies: false,
            anywhere: false,
            keep: 10_000,
        }
    }

    /// What signs every post.
    pub(super) fn signer(&self) -> Signer<'_> {
        self.shared_key.as_ref().map_or(Signer::Token(&self.token), |key| Signer::Shared(key, Algorithm::Sha256))
    }
}

/// How the carrier's clock is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shown {
    /// It is so many milliseconds ahead; behind, if negative.
    pub ahead_millis: i64,
    /// Its answers have no date that could be read.
    pub undated: bool,
}

/// A Twilio-compatible carrier in memory. Clones share their state.
#[derive(Clone, Debug)]
pub struct Simulator(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) settings: Settings,
    book: Mutex<Book>,
    numbers: Mutex<Numbers>,
    phones: Mutex<Phones>,
    webhook: Mutex<Option<String>>,
    pub(super) faults: Faults,
    pub(super) schedule: Schedule,
    pub(super) wire: WireLog,
    pub(super) poster: Poster,
    shown: Mutex<Shown>,
    pub(super) changed: watch::Sender<u64>,
    /// One permit for each more page that may listen.
    pub(super) listeners: Arc<Semaphore>,
}

/// Pages that listen at a time.
const LISTENERS: usize = 64;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Simulator {
    /// A carrier without numbers, phones or texts.
    ///
    /// # Errors
    /// If the HTTP client for webhooks cannot be built.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        Ok(Simulator(Arc::new(Inner {
            book: Mutex::new(Book::new(settings.keep)),
            numbers: Mutex::default(),
            phones: Mutex::default(),
            webhook: Mutex::new(settings.webhook.clone()),
            faults: Faults::new(settings.chance.clone()),
            schedule: Schedule::default(),
            wire: WireLog::default(),
            poster: Poster::new(Here::of(settings.anywhere, settings.webhook.as_deref()))?,
            shown: Mutex::default(),
            changed: watch::Sender::new(0),
            listeners: Arc::new(Semaphore::new(LISTENERS)),
            settings,
        })))
    }

    /// The account's id.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.0.settings.account
    }

    /// Now, by the carrier's clock.
    #[must_use]
    pub fn now(&self) -> At {
        At(self.0.settings.clock.now().0 + self.shows().ahead_millis.saturating_mul(1000))
    }

    /// How its clock is wrong.
    #[must_use]
    pub fn shows(&self) -> Shown {
        *lock(&self.0.shown)
    }

    /// From now on its clock is wrong like this.
    pub fn show(&self, shown: Shown) {
        *lock(&self.0.shown) = shown;
        self.announce();
    }

    /// Where inbound texts are posted for numbers without an address of their own; known only once a port is bound.
    pub fn call_at(&self, webhook: &str) {
        *lock(&self.0.webhook) = Some(webhook.to_owned());
    }

    pub(super) fn webhook(&self) -> Option<String> {
        lock(&self.0.webhook).clone()
    }

    /// The book, with every text whose time has come.
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        let mut book = lock(&self.0.book);
        if book.next_late().is_some() {
            for seq in book.ripen(self.now()) {
                self.set_out(&mut book, seq);
            }
        }
        book
    }

    pub(super) fn numbers(&self) -> MutexGuard<'_, Numbers> {
        lock(&self.0.numbers)
    }

    pub(super) fn phones(&self) -> MutexGuard<'_, Phones> {
        lock(&self.0.phones)
    }

    /// Tells open pages that something changed.
    pub(super) fn announce(&self) {
        self.0.changed.send_modify(|revision| *revision += 1);
    }

    /// Adds a virtual phone, or renames the one with that number.
    pub fn introduce(&self, phone: &str, label: &str, kind: PhoneKind) {
        self.phones().introduce(phone, label, kind);
        self.announce();
    }

    /// Switches a phone off or on.
    pub fn switch(&self, phone: &str, off: bool) {
        self.phones().switch(phone, off);
        self.announce();
    }

    /// The virtual phones, in the order of their introduction.
    #[must_use]
    pub fn virtual_phones(&self) -> Vec<VirtualPhone> {
        self.phones().all().to_vec()
    }

    /// Rents `number`, or changes it if it is rented. A label means that it is published: customers text it.
    /// Without `webhook` its texts go to the simulator's default address.
    pub fn own_number(&self, number: &str, label: &str, webhook: Option<&str>) -> OwnNumber {
        let change = NumberChange {
            label: Some(label.to_owned()),
            sms_url: webhook.map(ToOwned::to_owned),
            ..NumberChange::default()
        };
        let sid = format!("PN{}", self.0.settings.chance.hex::<16>());
        let own = self.numbers().rent(number, sid, self.now(), change);
        self.announce();
        own
    }

    /// The numbers that the account rents.
    #[must_use]
    pub fn own_numbers(&self) -> Vec<OwnNumber> {
        self.numbers().all().to_vec()
    }

    /// Turns a fault on; its id, for [`Simulator::mend`].
    #[expect(clippy::must_use_candidate, reason = "most faults end by themselves or with all others")]
    pub fn fault(&self, fault: Fault) -> u64 {
        let id = self.0.faults.add(fault);
        self.announce();
        id
    }

    /// The faults that are on.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.0.faults.all()
    }

    /// Turns one fault off.
    pub fn mend(&self, id: u64) {
        self.0.faults.remove(|fault| fault.id == id);
        self.announce();
    }

    /// Turns every fault off and every phone on.
    pub fn mend_all(&self) {
        self.0.faults.remove(|_| true);
        let numbers: Vec<String> = self.phones().all().iter().map(|phone| phone.number.clone()).collect();
        for number in numbers {
            self.phones().switch(&number, false);
        }
        self.announce();
    }

    /// All kept texts in the carrier's order.
    #[must_use]
    pub fn all(&self) -> Vec<Text> {
        self.book().iter().cloned().collect()
    }

    /// Texts that we sent to `phone`, in the carrier's order.
    #[must_use]
    pub fn texts_to(&self, phone: &str) -> Vec<Text> {
        self.book().iter().filter(|text| text.to == phone).cloned().collect()
    }

    /// Texts of one lane, in the carrier's order.
    #[must_use]
    pub fn texts_between(&self, from: &str, to: &str) -> Vec<Text> {
        self.book().iter().filter(|text| text.from == from && text.to == to).cloned().collect()
    }

    /// What the carrier has counted, including texts that are no longer kept.
    #[must_use]
    pub fn count(&self) -> Count {
        self.book().count()
    }

    /// Forgets texts, counts, blocks, faults, what is still to do, and the setting of its clock. Numbers and phones stay.
    pub fn reset(&self) {
        self.0.faults.remove(|_| true);
        *lock(&self.0.shown) = Shown::default();
        self.0.schedule.clear();
        self.book().clear();
        self.phones().reset();
        self.0.wire.clear();
        self.announce();
    }
}
