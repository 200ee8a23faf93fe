//! When receipts are posted, and what is still to do, by time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::At;

/// When receipts are posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipts {
    /// Never; texts are where they end as soon as they are taken.
    Off,
    /// After these times.
    After {
        /// From taken to sent.
        sent: Duration,
        /// From sent to delivered.
        delivered: Duration,
    },
}

impl Receipts {
    /// As soon as possible.
    #[must_use]
    pub const fn at_once() -> Self {
        Receipts::After { sent: Duration::ZERO, delivered: Duration::ZERO }
    }
}

/// The next step of one text.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator) struct Pending {
    pub(in crate::simulator) seq: u64,
    pub(in crate::simulator) step: usize,
}

#[derive(Debug, Default)]
struct Queue {
    /// Keeps entries of the same instant in order.
    last: u64,
    waiting: BTreeMap<(At, u64), Pending>,
}

/// What is still to do, by time.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Schedule {
    queue: Mutex<Queue>,
    pub(in crate::simulator) wake: Arc<Notify>,
    pub(in crate::simulator) runner: OnceLock<()>,
}

impl Schedule {
    pub(in crate::simulator) fn add(&self, at: At, pending: Pending) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.last += 1;
        let key = (at, queue.last);
        queue.waiting.insert(key, pending);
        drop(queue);
        self.wake.notify_one();
    }

    pub(in crate::simulator) fn due(&self, now: At) -> Option<Pending> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let first = queue.waiting.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    pub(in crate::simulator) fn next(&self) -> Option<At> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).waiting.keys().next().map(|key| key.0)
    }

    pub(in crate::simulator) fn clear(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).waiting.clear();
    }
}
