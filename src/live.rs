//! Announcements to open browsers, made after the commit: ids and a version, never content.

use tokio::sync::{Notify, broadcast};

pub use crate::domain::change::Change;

/// Where changes are announced and listened to.
#[derive(Debug)]
pub struct Live {
    changes: broadcast::Sender<Change>,
    written: Notify,
}

impl Default for Live {
    fn default() -> Self {
        Live { changes: broadcast::channel(1024).0, written: Notify::new() }
    }
}

impl Live {
    /// Everything announced from now on. A listener that lags by 1,024 changes is told so and must catch up by cursor.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Announces a change that is committed.
    pub fn announce(&self, change: Change) {
        // Nobody listening is no fault.
        let _ = self.changes.send(change);
    }

    /// Says that something was committed, so that the feed reads at once.
    pub fn nudge(&self) {
        self.written.notify_one();
    }

    /// Waits until something was committed in this process.
    pub async fn written(&self) {
        self.written.notified().await;
    }
}
