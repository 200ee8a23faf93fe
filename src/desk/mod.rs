//! The verbs: each loads, asks the domain, writes and enqueues in one transaction.
//!
//! A holder of a [`Desk`] can have anything done; the doors and the clockwork hold nothing else.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc};

use crate::carrier::Carrier;
use crate::clock::{At, Clock};
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::policy::Policies;
use crate::live::Live;
use crate::secret::{Chance, Ids};
use crate::store::Store;

mod authority;
pub mod commands;
pub mod consent;
pub mod conversations;
pub mod customers;
pub(in crate::desk) mod failure;
pub mod lines;
pub mod outbox;
pub mod pairs;
pub mod people;
pub mod pool;
pub mod programs;
mod reasons;
pub mod receiving;
pub mod replies;
pub mod routing;
pub mod search;
pub mod upkeep;
pub mod work;

pub use failure::Failure;
use outbox::Sending;

/// Requests to the carrier that may be under way at once; what is beyond waits in the outbox.
pub const ROOM: usize = 1024;

/// What the desk is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// Random numbers.
    pub chance: Chance,
    /// Row ids of this node.
    pub ids: Ids,
    /// This node's number.
    pub node: i64,
    /// What the operator has set.
    pub policies: Policies,
    /// The phone network.
    pub carrier: Arc<dyn Carrier>,
    /// Announcements to browsers.
    pub live: Live,
    /// The published address, such as `https://support.example.com`; known once the port is bound.
    pub public_url: OnceLock<String>,
    /// Requests that may still be begun.
    pub room: Arc<Semaphore>,
    /// Requests begun by a commit, on their way to the carrier.
    pub outgoing: mpsc::UnboundedSender<Sending>,
    /// Notified when something waits in the outbox that may be due.
    pub wake: Notify,
    /// Counts that the clockwork writes down.
    pub tallies: upkeep::tallies::Tallies,
    /// Whether things may end by themselves.
    pub readiness: upkeep::readiness::Readiness,
    /// What integrators' programs have done lately.
    pub activity: programs::activity::Activity,
}

/// The desk, shared by everything that runs in this process.
#[derive(Clone, Debug)]
pub struct Desk {
    parts: Arc<Parts>,
    passwords: Arc<people::password::Queue>,
    lists: Arc<outbox::list_limit::ListLimit>,
}

/// Who had a customer before the database went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Had {
    /// The rep.
    pub rep: PersonId,
    /// The mask that stood for the customer on the rep's phone.
    pub mask: NumberId,
    /// Since when: what the rep has written on it since then is meant for the customer.
    pub since: At,
}

impl Deref for Desk {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Desk {
    /// A desk made of `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        crate::domain::words::refusal::ready();
        Desk { parts: Arc::new(parts), passwords: Arc::default(), lists: Arc::default() }
    }

    /// Says that something may be due in the outbox.
    pub fn ring(&self) {
        self.wake.notify_one();
    }

    /// The address at which the carrier reports on an attempt.
    #[must_use]
    pub fn receipt_url(&self, token: &str) -> String {
        format!("{}/hooks/twilio/receipts/{token}", self.public_url.get().map_or("", String::as_str))
    }

    /// The address to which the carrier posts texts.
    #[must_use]
    pub fn inbound_url(&self) -> String {
        format!("{}/hooks/twilio/messages", self.public_url.get().map_or("", String::as_str))
    }

    /// How long an attempt belongs to this node.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.policies.delivery.lease
    }
}
