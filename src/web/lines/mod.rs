//! Lines, for admins: all of them with who would answer now, and a form that adds one.

mod form;
mod preview;
pub(super) mod show;

use askama::Template;
use rocket::{Route, routes};

use super::page::failure::Failure;
use super::page::fields::{Field, Posted, Sent, Typed};
use super::page::frame::{Frame, Here};
use crate::clock::At;
use crate::desk;
use crate::desk::lines::new_line;
use crate::domain::routing::pick::Member;
use crate::domain::time::hours::Hours;
use crate::http::form::Form;
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::Tx;
use crate::store::lines::{self, Line};
use crate::store::routing::opening::{self, Counted};
use crate::store::routing::{numbers, queue};

/// Lines and their rules.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![index, create, show::show, show::save]
}

struct Row {
    line: Line,
    open: String,
    members: usize,
    candidates: usize,
    waiting: usize,
}

#[derive(Template)]
#[template(path = "lines/index.html")]
pub(super) struct Index {
    frame: Frame,
    rows: Vec<Row>,
    number: Field,
    name: Field,
    /// Our masks that have not stood for anybody yet: each could be a line.
    free: Vec<String>,
}

async fn page(visit: Visit<'_>, typed: Typed) -> Result<Index, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let now = visit.now;
    let frame = Frame::load(&mut tx, &visit, Here::Lines).await?;
    let mut rows = Vec::new();
    for line in lines::all(&mut tx).await? {
        let members = members(&mut tx, &line, now).await?;
        rows.push(Row {
            open: open(line.hours.as_ref(), now),
            members: members.len(),
            candidates: members.iter().filter(|member| member.obstacle().is_none()).count(),
            waiting: queue::unassigned(&mut tx, line.id, i64::MAX).await?.len(),
            line,
        });
    }
    let hint = "As +18005550100, or a short code: one that you rent, or a mask that nobody has used yet.";
    Ok(Index {
        frame,
        rows,
        number: typed.field("line", "number", "Number", hint, ""),
        name: typed.field("line", "name", "Name", "Customers read it in the greeting.", ""),
        free: numbers::unused_masks(&mut tx).await?,
    })
}

#[rocket::get("/lines")]
pub(super) async fn index(me: AdminOnly<'_>) -> Result<Page<Index>, Failure> {
    page(me.0, Typed::default()).await.map(Page::ok)
}

pub(super) type Answer = crate::web::page::answer::Answer<Index>;

#[rocket::post("/lines", data = "<form>")]
pub(super) async fn create(form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    let (field, why) = match new_line::add(me.desk, me.who.id, sent.value("number"), sent.value("name")).await {
        Ok(line) => return Answer::see(format!("/lines/{line}#members")),
        Err(desk::Failure::Refused { field, why }) => (field, why),
        Err(failure) => return Answer::Failed(failure.into()),
    };
    let typed = Typed::refused("line", sent, field, why);
    Answer::again(page(me.0, typed).await)
}

async fn members(tx: &mut Tx, line: &Line, now: At) -> Result<Vec<Member>, Failure> {
    let hours = line.hours.as_ref().map(Hours::to_json);
    let members = opening::members(tx, line.id, hours.as_deref(), Counted::All, now).await?;
    Ok(members.into_iter().map(|one| one.member).collect())
}

/// Whether a line is open, and until when, by its own clock.
fn open(hours: Option<&Hours>, now: At) -> String {
    let Some(hours) = hours else { return "always open".to_owned() };
    let state = if hours.open_at(now) { "open" } else { "closed" };
    match hours.next_change(now) {
        Some(at) => format!("{state} until {}", hours.shown(at)),
        None => state.to_owned(),
    }
}
