//! What carriers post: texts and receipts. It answers fast and decides nothing.
//!
//! Nothing passes the guard in `signed.rs` without a valid signature, and no setting switches that off.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use rocket::Route;

use crate::store::{Error, Result};
use crate::wire::twilio::signing_keys::SigningKeys;

mod inbound;
mod receipts;
mod signed;

/// The longest that a post waits for the database. The carrier waits 4 s, as the address that it is given says; an answer
/// that comes later is none, and what stands behind it in the carrier's queue waits for as long.
const PATIENCE: Duration = Duration::from_secs(3);

/// Does `work` to its end, and waits for it no longer than the carrier does: what is written after that is written, and the
/// carrier's next try finds it there.
async fn in_time<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    // In a task of its own: cut off after a commit, it would leave what follows from it undone.
    match tokio::time::timeout(PATIENCE, tokio::spawn(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(Error::GivenUp("the work panicked")),
        Err(_) => Err(Error::GivenUp("the database did not answer in time")),
    }
}

/// How a carrier's posts are known to be its own.
#[derive(Clone)]
pub struct Seal {
    account: String,
    keys: SigningKeys,
}

impl Seal {
    /// Posts of `account`, signed with one of `keys`.
    #[must_use]
    pub fn new(account: &str, keys: SigningKeys) -> Self {
        Seal { account: account.to_owned(), keys }
    }
}

impl fmt::Debug for Seal {
    /// Without the tokens and the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// Before every other route: Rocket compares a request with one after the other, and most requests are a carrier's.
const RANK: isize = -20;

/// Texts at `/messages`, receipts at `/receipts/<token>`. Mount them at `/hooks/twilio` and manage a [`Seal`].
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = rocket::routes![inbound::messages, receipts::receipts];
    for route in &mut routes {
        route.rank = RANK;
    }
    routes
}
