//! What this process knows of integrators' programs: the courier of their events, the requests of each token in this
//! minute, and when each token was last used, until the clockwork writes that down.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::clock::At;
use crate::courier::Courier;
use crate::domain::ids::TokenId;
use crate::domain::programs::quota::{Quota, Window};

/// It. A token that nobody uses costs nothing.
#[derive(Debug)]
pub struct Activity {
    /// The courier of events to endpoints.
    pub courier: Courier,
    windows: Mutex<HashMap<TokenId, Window>>,
    uses: Mutex<HashMap<TokenId, At>>,
}

impl Activity {
    /// Nothing has been done yet.
    #[must_use]
    pub fn new(courier: Courier) -> Self {
        Activity { courier, windows: Mutex::default(), uses: Mutex::default() }
    }

    /// Counts a request of a token that may make `limit` in a minute.
    pub fn count(&self, token: TokenId, limit: u32, now: At) -> Quota {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.entry(token).or_default().take(limit, now)
    }

    /// A token was used.
    pub fn used(&self, token: TokenId, now: At) {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(token, now);
    }

    /// Takes the uses that are not written yet.
    #[must_use]
    pub fn take_uses(&self) -> Vec<(TokenId, At)> {
        let mut uses: Vec<_> =
            std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect();
        uses.sort_unstable();
        uses
    }
}
