//! Why a request was refused, for the page that says so.
//!
//! Catchers get only a status; the request carries the reason.

use rocket::Request;

/// A reason, in words for people.
#[derive(Clone, Copy, Debug)]
pub struct Refusal(pub &'static str);

impl Refusal {
    /// Leaves the reason in the request; the first one stays.
    pub fn leave(self, req: &Request<'_>) {
        req.local_cache(|| Some(self));
    }

    /// The reason that was left, if any.
    #[must_use]
    pub fn of(req: &Request<'_>) -> Option<&'static str> {
        req.local_cache(|| None::<Refusal>).map(|refusal| refusal.0)
    }
}
