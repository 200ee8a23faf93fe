//! One-time links: a page with a button, since a preview or a scanner that only looks must not use the link up.

use askama::Template;
use rocket::State;
use rocket::http::Status;

use super::failure::Failure;
use super::session_given::Given;
use crate::desk::Desk;
use crate::desk::sessions;
use crate::http::page::Page;

#[derive(Template)]
#[template(path = "sessions/link.html")]
pub(super) struct Link {
    name: Option<String>,
}

impl Link {
    fn page(name: Option<String>) -> Page<Link> {
        let status = if name.is_some() { Status::Ok } else { Status::Gone };
        Page(status, Link { name })
    }
}

#[rocket::get("/link/<token>")]
pub(super) async fn show(token: &str, desk: &State<Desk>) -> Result<Page<Link>, Failure> {
    Ok(Link::page(sessions::whose_link(desk, token).await?))
}

#[rocket::post("/link/<token>")]
pub(super) async fn create(token: &str, desk: &State<Desk>) -> Result<Result<Given, Page<Link>>, Failure> {
    let used = sessions::use_link(desk, token).await?;
    Ok(used.map(|token| Given { token, next: "/conversations".to_owned() }).ok_or_else(|| Link::page(None)))
}
