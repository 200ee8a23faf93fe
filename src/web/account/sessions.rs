//! Signing in and out.

use askama::Template;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{FromForm, State};

use super::session_given::{Given, Taken};
use crate::desk::Desk;
use crate::desk::people::sessions::{self, Attempt, NotSignedIn};
use crate::http::came::Came;
use crate::http::form::Form;
use crate::http::guards::Token;
use crate::http::page::Page;
use crate::web::page::failure::Failure;
use crate::web::page::way_back;

/// Where one lands after signing in.
const HOME: &str = "/conversations";

#[derive(Template)]
#[template(path = "sessions/sign_in.html")]
pub(in crate::web) struct SignIn {
    email: String,
    next: String,
    why: Option<String>,
}

#[derive(FromForm)]
pub(in crate::web) struct Credentials {
    #[field(default = String::new())]
    email: String,
    #[field(default = String::new())]
    password: String,
    next: Option<String>,
}

#[rocket::get("/sign-in?<next>")]
pub(in crate::web) fn form(next: Option<&str>) -> Page<SignIn> {
    let next = next.and_then(way_back::keep_next).unwrap_or_default();
    Page::ok(SignIn { email: String::new(), next, why: None })
}

pub(in crate::web) type Answer = crate::web::page::answer::Answer<SignIn, Given>;

#[rocket::post("/sign-in", data = "<form>")]
pub(in crate::web) async fn create(form: Form<Credentials>, came: Came, desk: &State<Desk>) -> Answer {
    let Credentials { email, password, next } = form.into_inner();
    let next = next.as_deref().and_then(way_back::keep_next);
    let attempt = Attempt { email: email.clone(), password, came: came.0 };
    let (status, why) = match sessions::sign_in(desk, attempt).await {
        Ok(keys) => return Answer::Done(Given { keys, next: next.unwrap_or_else(|| HOME.to_owned()) }),
        Err(NotSignedIn::Wrong) => (Status::Unauthorized, "E-mail or password is wrong.".to_owned()),
        Err(NotSignedIn::Wait(until)) => {
            let seconds = until.since(desk.clock.now()).as_secs() + 1;
            (Status::TooManyRequests, format!("Too many wrong passwords. Try again in {}.", spoken(seconds)))
        }
        Err(NotSignedIn::Busy) => {
            (Status::ServiceUnavailable, "Too many sign in at this moment. Try again in a few seconds.".to_owned())
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
pub(in crate::web) async fn delete(token: Option<Token>, came: Came, desk: &State<Desk>) -> Result<Taken, Failure> {
    if let Some(token) = token {
        sessions::sign_out(desk, &token.0, &came.0).await?;
    }
    Ok(Taken)
}

/// `/` is the inbox.
#[rocket::get("/")]
pub(in crate::web) fn home() -> Redirect {
    Redirect::to(HOME)
}
