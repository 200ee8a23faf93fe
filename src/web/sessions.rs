//! Signing in and out.

use askama::Template;
use rocket::http::Status;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{FromForm, State};

use super::failure::Failure;
use super::session_given::{Given, Taken};
use crate::desk::Desk;
use crate::desk::sessions::{self, Attempt, NotSignedIn};
use crate::http::came::Came;
use crate::http::form::Form;
use crate::http::guards::Token;
use crate::http::page::Page;

/// Where one lands after signing in.
const HOME: &str = "/conversations";

#[derive(Template)]
#[template(path = "sessions/sign_in.html")]
pub(super) struct SignIn {
    email: String,
    next: String,
    why: Option<String>,
}

#[derive(FromForm)]
pub(super) struct Credentials {
    #[field(default = String::new())]
    email: String,
    #[field(default = String::new())]
    password: String,
    next: Option<String>,
}

/// The longest address of a page that is gone back to.
const LONGEST_NEXT: usize = 500;

/// A page of this site that may be gone to after signing in: a path and a query as this program writes them, whose first
/// part is that of a page. Whatever is anything else is dropped.
pub(super) fn keep_next(next: &str) -> Option<String> {
    let (path, query) = next.split_once('?').map_or((next, ""), |(path, query)| (path, query));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%+".contains(&byte);
    let mut parts = path.strip_prefix('/')?.split('/');
    let of_ours = next.len() <= LONGEST_NEXT
        && parts.clone().all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain))
        && query.bytes().all(|byte| plain(byte) || b"=&,:*[]@!'()/".contains(&byte))
        && !path.contains('%')
        && parts.next().is_some_and(|first| super::first_parts().contains(first));
    // It becomes a header.
    (of_ours && Origin::parse(next).is_ok()).then(|| next.to_owned())
}

/// The address of the sign-in page.
pub(super) fn address(next: Option<&str>) -> String {
    match next {
        Some(next) => {
            format!("/sign-in?next={}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
        }
        None => "/sign-in".to_owned(),
    }
}

#[rocket::get("/sign-in?<next>")]
pub(super) fn form(next: Option<&str>) -> Page<SignIn> {
    let next = next.and_then(keep_next).unwrap_or_default();
    Page::ok(SignIn { email: String::new(), next, why: None })
}

pub(super) type Answer = crate::web::answer::Answer<SignIn, Given>;

#[rocket::post("/sign-in", data = "<form>")]
pub(super) async fn create(form: Form<Credentials>, came: Came, desk: &State<Desk>) -> Answer {
    let Credentials { email, password, next } = form.into_inner();
    let next = next.as_deref().and_then(keep_next);
    let attempt = Attempt { email: email.clone(), password, came: came.0 };
    let (status, why) = match sessions::sign_in(desk, attempt).await {
        Ok(keys) => return Answer::Done(Given { keys, next: next.unwrap_or_else(|| HOME.to_owned()) }),
        Err(NotSignedIn::Wrong) => (Status::Unauthorized, "E-mail or password is wrong.".to_owned()),
        Err(NotSignedIn::Wait(until)) => {
            let seconds = until.since(desk.clock.now()).as_secs() + 1;
            (Status::TooManyRequests, format!("Too many wrong passwords. Try again in {}.", spoken(seconds)))
        }
        Err(NotSignedIn::Store(error)) => return Answer::Failed(error.into()),
    };
    Answer::Again(Box::new(Page(status, SignIn { email, next: next.unwrap_or_default(), why: Some(why) })))
}

fn spoken(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[rocket::post("/sign-out")]
pub(super) async fn delete(token: Option<Token>, came: Came, desk: &State<Desk>) -> Result<Taken, Failure> {
    if let Some(token) = token {
        sessions::sign_out(desk, &token.0, &came.0).await?;
    }
    Ok(Taken)
}

/// `/` is the inbox.
#[rocket::get("/")]
pub(super) fn home() -> Redirect {
    Redirect::to(HOME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_nowhere_else_after_signing_in() {
        for good in [
            "/conversations",
            "/conversations/1042?view=mine",
            "/held",
            "/history?q=a+b&who=%2B1",
            "/conversations/1042?seen=7&view=waiting",
            "/people/914949262322696193",
        ] {
            assert_eq!(keep_next(good).as_deref(), Some(good));
        }
        for bad in [
            "https://x.example",
            "//x.example",
            "///x.example",
            "/\\x.example",
            "/sign-out",
            "/sign-in?next=/held",
            "/link/abc",
            "/setup/abc",
            "/hooks/twilio/messages",
            "/api/v1/pairs",
            "/simulator",
            "/nowhere",
            "/",
            "",
            "held",
            "/a\r\nb",
            "/held\r\nSet-Cookie: a=b",
            "/é",
            "/\t/x",
            "/held\t",
            "/ held",
            "/held#x",
            "/held//x",
            "/held/../x",
            "/held/%2e%2e/x",
            "/%68eld",
            "/held?<x>",
            "/held?a=\0",
            "/held?a=\u{7f}",
            "javascript:alert(1)",
            "/;/held",
        ] {
            assert_eq!(keep_next(bad), None, "{bad:?}");
        }
        let long = format!("/held?q={}", "a".repeat(500));
        assert_eq!(keep_next(&long), None);
        assert_eq!(address(Some("/conversations/1?view=mine")), "/sign-in?next=%2Fconversations%2F1%3Fview%3Dmine");
    }
}
