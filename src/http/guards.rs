//! Who may call a handler: guards, so that the signature of the handler says it.
//!
//! A request without a session is sent to sign in; a reader with too low a rank gets 404.

use rocket::Request;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};

use super::cookie;
use super::site::Site;
use crate::desk::Desk;
use crate::desk::people::sessions::{self, Who};
use crate::domain::people::person::Role;

/// The header by which our scripts say that nobody asked: such a request does not keep a session alive.
pub const BY_ITSELF: &str = "x-by-itself";

/// Anybody who is signed in.
pub struct Signed(pub Who);

/// A manager or admin.
pub struct ManagerOnly(pub Who);

/// An admin.
pub struct AdminOnly(pub Who);

/// The token of the session that came with a request, good or not.
pub struct Token(pub String);

type Found = Outcome<Who, ()>;

async fn who(req: &Request<'_>) -> Found {
    let (Some(desk), Some(site)) = (req.rocket().state::<Desk>(), req.rocket().state::<Site>()) else {
        return Outcome::Error((Status::InternalServerError, ()));
    };
    let Some(token) = cookie::token(site, req) else { return Outcome::Error((Status::Unauthorized, ())) };
    let used = !req.headers().contains(BY_ITSELF);
    // Several guards of one request ask once.
    let found = req.local_cache_async(async { sessions::who(desk, token, used).await }).await;
    match found {
        Ok(Some(who)) => Outcome::Success(who.clone()),
        Ok(None) => Outcome::Error((Status::Unauthorized, ())),
        Err(error) => {
            tracing::error!(request = super::request_log::id(req), %error, "a session could not be looked up");
            Outcome::Error((Status::ServiceUnavailable, ()))
        }
    }
}

async fn at_least(role: Role, req: &Request<'_>) -> Found {
    match who(req).await {
        Outcome::Success(who) if who.role < role => Outcome::Error((Status::NotFound, ())),
        outcome => outcome,
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Signed {
    type Error = ();
    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        who(req).await.map(Signed)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ManagerOnly {
    type Error = ();
    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        at_least(Role::Manager, req).await.map(ManagerOnly)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AdminOnly {
    type Error = ();
    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        at_least(Role::Admin, req).await.map(AdminOnly)
    }
}

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
