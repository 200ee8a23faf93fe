//! The phone network: what the desk asks of any carrier. One file for each provider.
//!
//! A carrier does not decide whether to send again: it reports what is known about the request, and [`crate::domain`]
//! decides.

use std::time::Duration;

use async_trait::async_trait;

use crate::clock::At;
pub use crate::domain::outbox::sending::{Recall, Refusal, RefusalClass, Sent};

pub mod apart;
pub mod late;
pub mod rent;
pub mod twilio;

pub use rent::{Changed, Offer, Setting};

/// What a carrier can do.
#[derive(Clone, Copy, Debug)]
pub struct Capabilities {
    /// How a lost answer is recovered.
    pub recall: Recall,
    /// Longest body of one request, in characters.
    pub max_body_chars: usize,
}

/// One request: one part of a message to one phone.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Our number, E.164.
    pub from: String,
    /// Their phone, E.164 or short code.
    pub to: String,
    /// The text, at most [`Capabilities::max_body_chars`] characters.
    pub body: String,
    /// Where the carrier reports what became of it; unique to this attempt.
    pub status_url: String,
    /// How long the carrier may go on trying; whole seconds, at least 1.
    pub validity: Duration,
    /// Unique to the delivery, the same for every attempt; for carriers with [`Recall::IdempotencyKey`].
    pub idempotency_key: String,
}

/// An outbound message as the carrier lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The carrier's id.
    pub id: String,
    /// Our number.
    pub from: String,
    /// Their phone.
    pub to: String,
    /// The body as the carrier keeps it (it may have replaced characters).
    pub body: String,
    /// When the carrier made it, by our clock; to the second.
    pub created_at: At,
    /// That instant has been brought from the carrier's clock to ours. Otherwise it stands as the carrier wrote it, nobody
    /// knows how far the clocks are apart, and it rules nothing out.
    pub sure: bool,
    /// The carrier's word for its state, such as `queued` or `delivered`.
    pub status: String,
    /// The carrier's error code, if any.
    pub error_code: Option<i64>,
}

/// A text to one of our numbers as the carrier lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The carrier's id.
    pub id: String,
    /// Who sent it, as the carrier writes it.
    pub from: String,
    /// Our number.
    pub to: String,
    /// The body; empty if the carrier keeps none.
    pub body: String,
    /// Files came with it: ask [`Carrier::media`].
    pub has_media: bool,
    /// When the carrier took it, by our clock as far as the offset is known; to the second.
    pub sent_at: At,
    /// The item of the list as it came.
    pub raw: String,
}

/// Which texts to us are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbox<'a> {
    /// Those to one of our numbers.
    To(&'a str),
    /// Those of one person, to whichever of our numbers.
    From(&'a str),
}

/// A page of a list of texts to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxPage {
    /// In the order of the list.
    pub texts: Vec<Arrived>,
    /// What names the next page, if there is one.
    pub next: Option<String>,
}

/// A number as the carrier has it set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedNumber {
    /// E.164.
    pub number: String,
    /// What it is called at the carrier.
    pub name: String,
    /// Where it posts inbound texts; empty if nowhere.
    pub inbound_url: String,
    /// Where it posts if that fails; empty if nowhere.
    pub fallback_url: String,
    /// `POST` or `GET`; empty if the carrier does not say.
    pub inbound_method: String,
    /// `POST` or `GET`; empty if the carrier does not say.
    pub fallback_method: String,
    /// An application that overrides both, if one is set.
    pub overridden_by: Option<String>,
    /// Can send and receive texts.
    pub texts: bool,
}

/// Why the carrier could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Credentials or account were refused.
    #[error("the carrier refused our credentials: {0}")]
    Credentials(String),
    /// No answer, or one that makes no sense.
    #[error("the carrier could not be asked: {0}")]
    Unavailable(String),
}

/// A company that moves texts.
#[async_trait]
pub trait Carrier: Send + Sync + std::fmt::Debug {
    /// The account at the carrier; inbound ids are unique within it.
    fn account(&self) -> &str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// By how many microseconds its clock is ahead of ours now, as its answers show; `None` while that is not known. Every
    /// instant that it hands out is brought to our clock by this, and every instant that it is asked about to its own.
    fn ahead(&self) -> Option<i64>;

    /// Asks it something small: whether it answers, whatever it says, unless it says that it has failed itself. The date of
    /// the answer counts for [`Carrier::ahead`].
    async fn is_there(&self) -> bool;

    /// Makes one request, once. Never repeats it by itself and never follows a redirect.
    async fn send(&self, text: &Outgoing) -> Sent;

    /// All outbound messages from `from` to `to` that it lists, every page, in no particular order.
    ///
    /// # Errors
    /// [`Unanswered`] if any page could not be had: a part of the list proves nothing.
    async fn list(&self, from: &str, to: &str) -> Result<Vec<Listed>, Unanswered>;

    /// One page, of at most 1,000, of the texts to us that it lists for the day of `since` (GMT, by its clock) and later: the
    /// first one, or the one that the page before has named.
    ///
    /// # Errors
    /// [`Unanswered`].
    async fn inbound(&self, whose: Inbox<'_>, since: At, page: Option<&str>) -> Result<InboxPage, Unanswered>;

    /// Addresses and types of the files that came with the text of that id; none if the carrier has forgotten them.
    ///
    /// # Errors
    /// [`Unanswered`].
    async fn media(&self, id: &str) -> Result<Vec<(String, String)>, Unanswered>;

    /// All texts from `from`, one of our numbers, that were sent on the day of `since` (GMT, by its clock) and later. One that the
    /// carrier has not sent yet is not among them.
    ///
    /// # Errors
    /// [`Unanswered`] if any page could not be had.
    async fn outbound(&self, from: &str, since: At) -> Result<Vec<Listed>, Unanswered>;

    /// All texts to `to` from whichever of our numbers that were sent on the day of `since` (GMT) and later.
    ///
    /// # Errors
    /// [`Unanswered`] if any page could not be had.
    async fn sent_to(&self, to: &str, since: At) -> Result<Vec<Listed>, Unanswered>;

    /// Our numbers as the carrier has them set up; proves the credentials as well.
    ///
    /// # Errors
    /// [`Unanswered`].
    async fn numbers(&self) -> Result<Vec<OwnedNumber>, Unanswered>;

    /// The number `number` as the carrier has it set up; `None` if the account does not rent it.
    ///
    /// # Errors
    /// [`Unanswered`].
    async fn number(&self, number: &str) -> Result<Option<OwnedNumber>, Unanswered>;

    /// At most `limit` numbers of `country` (ISO 3166) that could be rented now, can text, and need no address to be
    /// proved; none if the carrier has none there.
    ///
    /// # Errors
    /// [`Unanswered`].
    async fn offers(&self, country: &str, limit: usize) -> Result<Vec<Offer>, Unanswered>;

    /// Rents `number` and sets it up, once. A caller that gets no answer looks the number up before it asks again.
    async fn rent(&self, number: &str, setting: &Setting) -> Changed;

    /// Sets up a number that the account rents.
    async fn set_up(&self, number: &str, setting: &Setting) -> Changed;

    /// Gives a number back. One that the account does not rent has been given back.
    async fn release(&self, number: &str) -> Changed;
}
