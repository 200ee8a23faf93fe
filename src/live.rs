//! Announcements to open browsers, made after the commit: ids and a version, without content.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, broadcast};

pub use crate::domain::change::Change;

/// Streams of one session at a time. A browser needs one, however many tabs it has; one without locks, one a tab.
pub const STREAMS: usize = 20;

/// Where changes are announced and listened to.
#[derive(Debug)]
pub struct Live {
    changes: broadcast::Sender<Change>,
    written: Notify,
    listeners: Listeners,
}

/// How many streams each session has.
type Listeners = Arc<Mutex<HashMap<String, usize>>>;

/// The right to one stream: given back when dropped.
#[derive(Debug)]
pub struct Listening {
    session: String,
    listeners: Listeners,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = listeners.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                listeners.remove(&self.session);
            }
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        Live { changes: broadcast::channel(1024).0, written: Notify::new(), listeners: Listeners::default() }
    }
}

impl Live {
    /// Everything announced from now on. A listener that lags by 1,024 changes is told so and must catch up by cursor.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// One more stream for a session; none if it has [`STREAMS`] already.
    #[must_use]
    pub fn admit(&self, session: String) -> Option<Listening> {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let count = listeners.entry(session.clone()).or_default();
        if *count >= STREAMS {
            return None;
        }
        *count += 1;
        Some(Listening { session, listeners: Arc::clone(&self.listeners) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_session_has_so_many_streams_and_no_more_and_others_have_theirs() {
        let live = Live::default();
        let mut all: Vec<_> = (0..STREAMS).map(|_| live.admit("one".to_owned()).unwrap()).collect();
        assert!(live.admit("one".to_owned()).is_none());
        let other = live.admit("other".to_owned());
        assert!(other.is_some());
        all.pop();
        assert!(live.admit("one".to_owned()).is_some());
        drop((all, other));
        assert!(live.listeners.lock().unwrap().is_empty());
    }
}
