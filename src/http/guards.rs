//! Who may call a handler: guards, so that the signature of the handler says it.
//!
//! A request without a session is sent to sign in; a reader with too low a rank gets 404.

use std::ops::Deref;

use rocket::Request;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};

use super::cookie;
use super::site::Site;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::people::sessions::{self, Who};
use crate::domain::people::person::Role;

/// The header by which our scripts say that nobody asked: such a request does not keep a session alive.
pub const BY_ITSELF: &str = "x-by-itself";

/// A request of somebody who is signed in: who it is, and what a handler answers it with.
#[derive(Clone, Debug)]
pub struct Visit<'r> {
    /// Who is signed in.
    pub who: Who,
    /// When the request was taken up: all that is said on one page is said of this instant.
    pub now: At,
    /// The desk of this process.
    pub desk: &'r Desk,
    /// Where this process is reached.
    pub site: &'r Site,
}

/// Anybody who is signed in.
pub struct Signed<'r>(pub Visit<'r>);

/// A manager or admin.
pub struct ManagerOnly<'r>(pub Visit<'r>);

/// An admin.
pub struct AdminOnly<'r>(pub Visit<'r>);

/// The token of the session that came with a request, good or not.
pub struct Token(pub String);

type Found<'r> = Outcome<Visit<'r>, ()>;

async fn visit<'r>(req: &'r Request<'_>) -> Found<'r> {
    let (Some(desk), Some(site)) = (req.rocket().state::<Desk>(), req.rocket().state::<Site>()) else {
        return Outcome::Error((Status::InternalServerError, ()));
    };
    let Some(token) = cookie::token(site, req) else { return Outcome::Error((Status::Unauthorized, ())) };
    let used = !req.headers().contains(BY_ITSELF);
    // Several guards of one request ask once.
    let (now, found) =
        req.local_cache_async(async { (desk.clock.now(), sessions::who(desk, token, used).await) }).await;
    match found {
        Ok(Some(who)) => Outcome::Success(Visit { who: who.clone(), now: *now, desk, site }),
        Ok(None) => Outcome::Error((Status::Unauthorized, ())),
        Err(error) => {
            tracing::error!(request = super::request_log::id(req), %error, "a session could not be looked up");
            Outcome::Error((Status::ServiceUnavailable, ()))
        }
    }
}

async fn at_least<'r>(role: Role, req: &'r Request<'_>) -> Found<'r> {
    match visit(req).await {
        Outcome::Success(visit) if visit.who.role < role => Outcome::Error((Status::NotFound, ())),
        outcome => outcome,
    }
}

/// A guard by which a [`Visit`] comes, and how it is found.
macro_rules! guard {
    ($name:ident, $req:ident => $found:expr) => {
        #[rocket::async_trait]
        impl<'r> FromRequest<'r> for $name<'r> {
            type Error = ();
            async fn from_request($req: &'r Request<'_>) -> Outcome<Self, ()> {
                $found.await.map($name)
            }
        }

        impl<'r> Deref for $name<'r> {
            type Target = Visit<'r>;
            fn deref(&self) -> &Visit<'r> {
                &self.0
            }
        }
    };
}

guard!(Signed, req => visit(req));
guard!(ManagerOnly, req => at_least(Role::Manager, req));
guard!(AdminOnly, req => at_least(Role::Admin, req));

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Token {
    type Error = ();
    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        let Some(site) = req.rocket().state::<Site>() else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        match cookie::token(site, req) {
            Some(token) => Outcome::Success(Token(token.to_owned())),
            None => Outcome::Error((Status::Unauthorized, ())),
        }
    }
}
