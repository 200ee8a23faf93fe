//! The caller: a program with a token. The guard names a scope, so that the signature of a handler says which scope it
//! needs.
//!
//! It does not read cookies: a browser that is signed in has no rights in the API.

use std::marker::PhantomData;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::problem::Problem;
use super::{query, quota};
use crate::desk::Desk;
use crate::desk::programs::{Program, tokens};
use crate::domain::programs::scope::{Scope, Scopes};

/// A scope as a type.
pub(super) trait Needs: Send + Sync + 'static {
    /// Which.
    const SCOPE: Scope;
}

macro_rules! scopes {
    ($($name:ident),* $(,)?) => {$(
        #[doc = concat!("A token with the scope of [`Scope::", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug)]
        pub(super) enum $name {}

        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )*};
}

scopes![PairsRead, PairsWrite, MessagesWrite, EndpointsWrite];

/// A program whose token has this scope, and that asks with no parameter that the route does not know.
#[derive(Clone, Debug)]
pub(super) struct May<S> {
    /// Which program.
    pub(super) caller: Program,
    scope: PhantomData<S>,
}

#[rocket::async_trait]
impl<'r, S: Needs> FromRequest<'r> for May<S> {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        match with(req, S::SCOPE).await {
            Ok(caller) => Outcome::Success(May { caller, scope: PhantomData }),
            Err(problem) => Outcome::Error((problem.leave(req), ())),
        }
    }
}

async fn with(req: &Request<'_>, scope: Scope) -> Result<Program, Problem> {
    let caller = known(req).await?;
    has(&caller, &Scopes::of([scope]))?;
    query::known(req)?;
    Ok(caller)
}

/// Refuses a program that lacks one of these scopes.
pub(super) fn has(caller: &Program, needs: &Scopes) -> Result<(), Problem> {
    let Some(scope) = needs.beyond(&caller.scopes) else { return Ok(()) };
    let detail = format!("This token lacks the scope {}; it has: {}.", scope.word(), caller.scopes);
    Err(Problem::new("forbidden", detail).with("scope", scope.word()))
}

async fn known(req: &Request<'_>) -> Result<Program, Problem> {
    let Some(desk) = req.rocket().state::<Desk>() else {
        return Err(Problem::new("internal", "The fault is ours and has been logged."));
    };
    let missing = "Show a token: `Authorization: Bearer sb_…`. Admins make one under Tokens, or on the command line.";
    let mut headers = req.headers().get("authorization");
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(Problem::new("unauthorized", missing));
    };
    let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else { return Err(Problem::new("unauthorized", missing)) };
    let Some(caller) = tokens::who(desk, token.trim()).await? else {
        let detail = "This token does not hold: it is mistyped, has expired or was revoked, or whoever made it is no \
                      admin any more.";
        return Err(Problem::new("unauthorized", detail));
    };
    if let Some(limit) = desk.policies.api.rate_limit {
        let counted = desk.activity.count(caller.token, limit, desk.clock.now());
        quota::note(req, counted);
        if counted.over {
            let detail = format!("This token may make {limit} requests in a minute. Wait {} s.", counted.reset);
            return Err(Problem::new("too_many_requests", detail).after(u32::try_from(counted.reset).unwrap_or(60)));
        }
    }
    Ok(caller)
}
