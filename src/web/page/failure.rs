//! Why a page could not be shown, by outcome.
//!
//! Unknown and forbidden are one answer; errors are logged here, once.

use rocket::Request;
use rocket::http::Status;
use rocket::response::{Responder, Result};

use crate::http::refusal::Refusal;
use crate::{desk, store};

/// What to answer when there is no page.
#[derive(Debug)]
pub enum Failure {
    /// There is no such thing, or the reader may not know of it.
    NotFound,
    /// It was here, and its time is over.
    Gone(&'static str),
    /// The request makes no sense.
    Refused(&'static str),
    /// The database did not do it.
    Store(store::Error),
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Failure::Store(error)
    }
}

impl From<desk::Failure> for Failure {
    fn from(failure: desk::Failure) -> Self {
        match failure {
            desk::Failure::NotFound => Failure::NotFound,
            desk::Failure::Refused { .. } => Failure::Refused("That cannot be done now. Go back and look again."),
            desk::Failure::Store(error) => Failure::Store(error),
        }
    }
}

impl<'r> Responder<'r, 'static> for Failure {
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        match self {
            Failure::NotFound => Err(Status::NotFound),
            Failure::Gone(why) => {
                Refusal(why).leave(req);
                Err(Status::Gone)
            }
            Failure::Refused(why) => {
                Refusal(why).leave(req);
                Err(Status::UnprocessableEntity)
            }
            Failure::Store(error) => {
                tracing::error!(request = crate::http::request_log::id(req), %error, "the database did not do it");
                Err(Status::ServiceUnavailable)
            }
        }
    }
}
