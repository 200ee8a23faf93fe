//! A carrier whose address is known later: the simulator inside `serve` has one only once its port is bound.

use std::sync::OnceLock;

use async_trait::async_trait;

use super::{
    Capabilities, Carrier, Changed, Inbox, InboxPage, Listed, Offer, Outgoing, OwnedNumber, Recall, Sent, Setting,
    Unanswered,
};
use crate::clock::At;
use crate::wire::twilio::create::MAX_BODY_CHARS;

/// Stands in for a carrier that speaks Twilio's contract until that is [met](Late::meet).
#[derive(Debug)]
pub struct Late {
    account: String,
    met: OnceLock<Box<dyn Carrier>>,
}

impl Late {
    /// Awaits the carrier with this account.
    #[must_use]
    pub fn new(account: &str) -> Self {
        Late { account: account.to_owned(), met: OnceLock::new() }
    }

    /// From now on it is `carrier`; the first one stays.
    pub fn meet(&self, carrier: Box<dyn Carrier>) {
        // A second meeting would be of the same carrier: its address does not change while the process lives.
        let _ = self.met.set(carrier);
    }

    fn absent() -> String {
        "the carrier's address is not known yet".to_owned()
    }
}

#[async_trait]
impl Carrier for Late {
    fn account(&self) -> &str {
        &self.account
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { recall: Recall::List, max_body_chars: MAX_BODY_CHARS }
    }

    fn ahead(&self) -> Option<i64> {
        self.met.get()?.ahead()
    }

    async fn is_there(&self) -> bool {
        match self.met.get() {
            Some(carrier) => carrier.is_there().await,
            None => false,
        }
    }

    async fn send(&self, text: &Outgoing) -> Sent {
        match self.met.get() {
            Some(carrier) => carrier.send(text).await,
            None => Sent::Unreached { why: Self::absent() },
        }
    }

    async fn list(&self, from: &str, to: &str) -> Result<Vec<Listed>, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.list(from, to).await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn inbound(&self, whose: Inbox<'_>, since: At, page: Option<&str>) -> Result<InboxPage, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.inbound(whose, since, page).await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn media(&self, id: &str) -> Result<Vec<(String, String)>, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.media(id).await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn outbound(&self, from: &str, since: At) -> Result<Vec<Listed>, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.outbound(from, since).await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn sent_to(&self, to: &str, since: At) -> Result<Vec<Listed>, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.sent_to(to, since).await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn numbers(&self) -> Result<Vec<OwnedNumber>, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.numbers().await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn number(&self, number: &str) -> Result<Option<OwnedNumber>, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.number(number).await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn offers(&self, country: &str, limit: usize) -> Result<Vec<Offer>, Unanswered> {
        match self.met.get() {
            Some(carrier) => carrier.offers(country, limit).await,
            None => Err(Unanswered::Unavailable(Self::absent())),
        }
    }

    async fn rent(&self, number: &str, setting: &Setting) -> Changed {
        match self.met.get() {
            Some(carrier) => carrier.rent(number, setting).await,
            None => Changed::NotDone(Self::absent()),
        }
    }

    async fn set_up(&self, number: &str, setting: &Setting) -> Changed {
        match self.met.get() {
            Some(carrier) => carrier.set_up(number, setting).await,
            None => Changed::NotDone(Self::absent()),
        }
    }

    async fn release(&self, number: &str) -> Changed {
        match self.met.get() {
            Some(carrier) => carrier.release(number).await,
            None => Changed::NotDone(Self::absent()),
        }
    }
}
