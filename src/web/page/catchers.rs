//! Refusals and errors as pages: what happened, what to do, and the request's id for the log.

use askama::Template;
use rocket::http::{Method, Status};
use rocket::response::Redirect;
use rocket::{Catcher, Request, catchers};

use crate::http::page::Page;
use crate::http::refusal::Refusal;
use crate::http::{guards, request_log};

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem {
    what: &'static str,
    why: &'static str,
    request: String,
}

fn words(status: u16) -> (&'static str, &'static str) {
    match status {
        400 | 422 => ("That could not be read", "A field is missing or has the wrong shape. Go back and try again."),
        403 => ("Not from here", "This is not allowed. Open the page here and try again."),
        404 => ("Not here", "There is no such page, or it is not for you to see."),
        405 => ("Not that way", "This address does not take that kind of request."),
        410 => ("Over", "This could be used for a while, and that while is over."),
        413 => ("Too long", "That was more than can be taken at once. Send less."),
        429 => ("Too many tries", "Wait a minute and try again."),
        503 => ("Not now", "The database did not answer, so nothing was done. Try again in a minute."),
        _ if status >= 500 => {
            ("That went wrong", "The fault is ours and has been logged. Try again, or tell an admin.")
        }
        _ => ("That did not work", "Go back and try again."),
    }
}

#[rocket::catch(default)]
fn problem(status: Status, req: &Request<'_>) -> Page<Problem> {
    let (what, why) = words(status.code);
    let why = Refusal::of(req).unwrap_or(why);
    Page(status, Problem { what, why, request: request_log::id(req).to_owned() })
}

/// Nobody is signed in: a page that a person asked for comes after the sign-in; a script is only told.
#[rocket::catch(401)]
fn unsigned(req: &Request<'_>) -> Result<Redirect, Page<Problem>> {
    if req.headers().contains(guards::BY_ITSELF) {
        let why = "The session has ended. Sign in again.";
        return Err(Page(
            Status::Unauthorized,
            Problem { what: "Signed out", why, request: request_log::id(req).into() },
        ));
    }
    let next = if req.method() == Method::Get { super::way_back::keep_next(&req.uri().to_string()) } else { None };
    Ok(Redirect::to(super::way_back::address(next.as_deref())))
}

/// The catchers of the pages.
#[must_use]
pub fn all() -> Vec<Catcher> {
    catchers![problem, unsigned]
}
