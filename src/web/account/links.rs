//! One-time links: a page with a button or a form, because a preview or a scanner that only opens the address must not
//! use the link up.

use std::collections::HashMap;

use askama::Template;
use rocket::State;
use rocket::http::Status;

use super::session_given::Given;
use crate::desk::people::{Accepted, accept, sessions};
use crate::desk::{self, Desk};
use crate::http::came::Came;
use crate::http::form::Form;
use crate::http::page::Page;
use crate::store::people::links::{Kind, OpenLink};
use crate::web::page::failure::Failure;
use crate::web::page::fields::{Field, Posted, Sent, Typed};

#[derive(Template)]
#[template(path = "sessions/link.html")]
pub(in crate::web) struct Link {
    /// What the link is for, while it can be used.
    open: Option<OpenLink>,
    name: Field,
    whys: HashMap<String, String>,
}

impl Link {
    fn of(open: Option<OpenLink>, typed: &Typed) -> Link {
        let known = open.as_ref().map_or("", |open| open.name.as_str());
        Link {
            name: typed.field("link", "name", "Name", "As colleagues see it.", known),
            whys: ["password", "again"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), typed.why(name)?)))
                .collect(),
            open,
        }
    }

    fn page(open: Option<OpenLink>) -> Page<Link> {
        let status = if open.is_some() { Status::Ok } else { Status::Gone };
        Page(status, Link::of(open, &Typed::default()))
    }

    fn why(&self, field: &str) -> Option<&String> {
        self.whys.get(field)
    }
}

#[rocket::get("/link/<token>")]
pub(in crate::web) async fn show(token: &str, desk: &State<Desk>) -> Result<Page<Link>, Failure> {
    Ok(Link::page(sessions::whose_link(desk, token).await?))
}

pub(in crate::web) type Answer = crate::web::page::answer::Answer<Link, Given>;

#[rocket::post("/link/<token>", data = "<form>")]
pub(in crate::web) async fn create(token: &str, form: Option<Form<Posted>>, came: Came, desk: &State<Desk>) -> Answer {
    let sent = Sent(form.map(|form| form.into_inner().field).unwrap_or_default());
    match take(token, sent, &came.0, desk).await {
        Ok(answer) => answer,
        Err(failure) => Answer::Failed(failure),
    }
}

async fn take(token: &str, mut sent: Sent, came: &desk::people::came::Came, desk: &Desk) -> Result<Answer, Failure> {
    let gone = || Answer::Again(Box::new(Link::page(None)));
    let signed_in = |keys| Answer::Done(Given { keys, next: "/conversations".to_owned() });
    let Some(open) = sessions::whose_link(desk, token).await? else { return Ok(gone()) };
    if open.kind == Kind::SignIn {
        return Ok(sessions::use_link(desk, token, came).await?.map_or_else(gone, signed_in));
    }
    // Passwords are taken as they were typed, and never shown again.
    let (password, again) = (sent.0.remove("password").unwrap_or_default(), sent.0.remove("again").unwrap_or_default());
    let typed = Accepted { name: sent.0.get("name").cloned(), password, again };
    match accept(desk, token, open.kind, typed, came).await {
        Ok(keys) => Ok(signed_in(keys)),
        Err(desk::Failure::NotFound) => Ok(gone()),
        Err(desk::Failure::Refused { field, why }) => {
            let typed = Typed::refused("link", sent, field, why);
            Ok(Answer::Again(Box::new(Page::refused(Link::of(Some(open), &typed)))))
        }
        Err(failure) => Err(failure.into()),
    }
}
