//! Lines, for admins: who would get a text now, and the rules of each, in three forms.

use std::collections::HashMap;

use askama::Template;
use rocket::form::Form;
use rocket::response::Redirect;
use rocket::{FromForm, State};
use rocket_db_pools::Connection;

mod form;

use super::failure::Failure;
use super::frame::{Frame, Here};
use crate::clock::At;
use crate::desk::line::{self, Rules};
use crate::desk::sessions::Who;
use crate::desk::{self, Desk};
use crate::domain::hours::Hours;
use crate::domain::ids::NumberId;
use crate::domain::pick::{Member, Pick, pick};
use crate::domain::policy::PickPolicy;
use crate::http::Site;
use crate::http::db::Db;
use crate::http::guards::AdminOnly;
use crate::http::page::Page;
use crate::store::lines::{self, Line};
use crate::store::{Tx, opening, queue, texts};
use form::{Fields, Sent, Typed};

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
}

#[rocket::get("/lines")]
pub(super) async fn index(
    me: AdminOnly,
    desk: &State<Desk>,
    site: &State<Site>,
    mut db: Connection<Db>,
) -> Result<Page<Index>, Failure> {
    let now = desk.clock.now();
    let frame = Frame::load(&mut db, me.0, Here::Lines, site, now).await?;
    let mut rows = Vec::new();
    for line in lines::all(&mut db).await? {
        let members = members(&mut db, &line, now).await?;
        rows.push(Row {
            open: open(line.hours.as_ref(), now),
            members: members.len(),
            candidates: members.iter().filter(|member| member.obstacle().is_none()).count(),
            waiting: queue::unassigned(&mut db, line.id, i64::MAX).await?.len(),
            line,
        });
    }
    Ok(Page::ok(Index { frame, rows }))
}

#[derive(Template)]
#[template(path = "lines/show.html")]
pub(super) struct Show {
    frame: Frame,
    line: Line,
    open: String,
    pick: Pick,
    how: &'static str,
    members: Vec<Member>,
    fields: Fields,
    saved: Option<&'static str>,
}

#[rocket::get("/lines/<id>?<saved>")]
pub(super) async fn show(
    id: i64,
    saved: Option<&str>,
    me: AdminOnly,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Result<Page<Show>, Failure> {
    let saved = PARTS.into_iter().find(|part| saved == Some(part));
    page(desk, site, me.0, NumberId(id), (None, saved)).await.map(Page::ok)
}

/// The parts of the page that are saved by themselves.
const PARTS: [&str; 3] = ["hours", "policies", "texts"];

async fn page(
    desk: &Desk,
    site: &Site,
    who: Who,
    id: NumberId,
    (typed, saved): (Option<Typed>, Option<&'static str>),
) -> Result<Show, Failure> {
    let mut tx = desk.store.read().await?;
    let now = desk.clock.now();
    let line = lines::all(&mut tx).await?.into_iter().find(|line| line.id == id).ok_or(Failure::NotFound)?;
    let frame = Frame::load(&mut tx, who, Here::Lines, site, now).await?;
    let members = members(&mut tx, &line, now).await?;
    let policy = line.policies.over(&desk.policies.support);
    let own = texts::all(&mut tx).await?.into_iter().filter(|(of, ..)| *of == id);
    let own = own.map(|(_, wording, body)| (wording, body)).collect();
    Ok(Show {
        frame,
        open: open(line.hours.as_ref(), now),
        pick: pick(policy.pick, &members, None, |_| 0),
        how: how(policy.pick),
        fields: Fields::of(&line, &own, &desk.policies.support, typed.unwrap_or_default()),
        members,
        line,
        saved,
    })
}

/// How one of several candidates is chosen.
fn how(policy: PickPolicy) -> &'static str {
    match policy {
        PickPolicy::Random => "each of them equally likely",
        PickPolicy::LeastBusy => "whoever has the fewest open conversations",
        PickPolicy::RoundRobin => "whoever was chosen longest ago",
    }
}

async fn members(tx: &mut Tx, line: &Line, now: At) -> Result<Vec<Member>, Failure> {
    let hours = line.hours.as_ref().map(Hours::to_json);
    let members = opening::members(tx, line.id, hours.as_deref(), now).await?;
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

#[derive(FromForm)]
pub(super) struct Posted {
    field: HashMap<String, String>,
}

/// The answer to one of the forms.
#[derive(rocket::Responder)]
pub(super) enum Answer {
    Done(Box<Redirect>),
    Again(Box<Page<Show>>),
    Failed(Failure),
}

#[rocket::post("/lines/<id>/<part>", data = "<form>")]
pub(super) async fn save(
    id: i64,
    part: &str,
    form: Form<Posted>,
    me: AdminOnly,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let Some(part) = PARTS.into_iter().find(|known| *known == part) else { return Answer::Failed(Failure::NotFound) };
    let sent = Sent(form.into_inner().field);
    let read = match part {
        "hours" => sent.hours().map(|hours| Rules { hours: Some(hours), ..Rules::default() }),
        "policies" => sent.policies().map(|policies| Rules { policies: Some(policies), ..Rules::default() }),
        _ => sent.texts().map(|texts| Rules { texts, ..Rules::default() }),
    };
    let whys = match read {
        Err(whys) => whys,
        Ok(rules) => match line::change(desk, me.0.id, NumberId(id), rules).await {
            Ok(()) => return Answer::Done(Box::new(Redirect::to(format!("/lines/{id}?saved={part}#{part}")))),
            Err(desk::Failure::Refused { field, why }) => HashMap::from([(field.to_owned(), why)]),
            Err(failure) => return Answer::Failed(failure.into()),
        },
    };
    let typed = Typed { part, values: sent.0, whys };
    match page(desk, site, me.0, NumberId(id), (Some(typed), None)).await {
        Ok(page) => Answer::Again(Box::new(Page::refused(page))),
        Err(failure) => Answer::Failed(failure),
    }
}
