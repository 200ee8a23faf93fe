//! A person's page, for admins: a form for each part, saved by itself.

use askama::Template;

use super::ROLES;
use super::phone_part::PhonePart;
use crate::domain::ids::{NumberId, PersonId};
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::lines;
use crate::store::views::people::{self as view, Seen};
use crate::web::page::failure::Failure;
use crate::web::page::fields::{Check, Field, Typed};
use crate::web::page::frame::{Frame, Here};
use crate::web::page::hours::HoursFields;
use crate::web::page::stamp::Stamp;

/// The parts of the page that are saved by themselves.
pub(super) const PARTS: [&str; 5] = ["profile", "schedule", "lines", "phone", "access"];

#[derive(Template)]
#[template(path = "people/show.html")]
pub(in crate::web) struct Show {
    frame: Frame,
    seen: Seen,
    base: String,
    profile: [Field; 3],
    hours: HoursFields,
    boxes: Vec<Check>,
    /// What the forms are about, so that a change in between is noticed.
    was: Was,
    phone: PhonePart,
    /// Until when a link that was made for them can be used.
    link_until: Option<Stamp>,
    /// Somebody changed the person in between, or what was asked cannot be done: by part.
    why: Option<(&'static str, String)>,
    saved: Option<&'static str>,
}

/// A person as the forms say they are.
struct Was {
    name: String,
    role: &'static str,
    limit: String,
    schedule: String,
    lines: String,
}

impl Show {
    fn why(&self, part: &str) -> Option<&String> {
        self.why.as_ref().filter(|(of, _)| *of == part).map(|(_, why)| why)
    }

    fn is_saved(&self, part: &str) -> bool {
        self.saved == Some(part)
    }
}

/// Line ids as a hidden field has them.
pub(super) fn ids(lines: &[NumberId]) -> String {
    lines.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")
}

#[rocket::get("/people/<id>?<saved>")]
pub(in crate::web) async fn show(id: i64, saved: Option<&str>, me: AdminOnly<'_>) -> Result<Page<Show>, Failure> {
    let saved = PARTS.into_iter().find(|part| saved == Some(part));
    page(me.0, PersonId(id), (Typed::default(), saved)).await.map(Page::ok)
}

pub(super) async fn page(
    visit: Visit<'_>,
    id: PersonId,
    (typed, saved): (Typed, Option<&'static str>),
) -> Result<Show, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let now = visit.now;
    let seen = view::all(&mut tx, now).await?.into_iter().find(|seen| seen.person.id == id);
    let seen = seen.ok_or(Failure::NotFound)?;
    let frame = Frame::load(&mut tx, &visit, Here::People).await?;
    let (person, all) = (&seen.person, lines::all(&mut tx).await?);
    let members = lines::members(&mut tx).await?;
    let of: Vec<NumberId> = members.into_iter().filter(|(_, who)| *who == id).map(|(line, _)| line).collect();
    let limit = person.limit.map(|limit| limit.to_string()).unwrap_or_default();
    let labels = ("Whenever a line of theirs is open", "In these hours, by the clock of the time zone", "Days off");
    let boxes = all.iter().map(|line| {
        let name = format!("line-{}", line.id);
        let checked = typed.box_of("lines", &name, of.contains(&line.id));
        Check { name, label: format!("{} {}", line.name, line.number), checked }
    });
    let part = PARTS.into_iter().find(|part| typed.is(part));
    let general = ["changed", "enabled", "reset"].iter().find_map(|field| typed.why(field));
    Ok(Show {
        base: format!("/people/{id}"),
        profile: [
            typed.field("profile", "name", "Name", "", &person.name),
            typed.field("profile", "role", "Role", "", person.role.as_str()).of(&ROLES),
            typed.field("profile", "limit", "Open conversations at most", "Empty: no limit.", &limit),
        ],
        hours: HoursFields::of(&typed, "schedule", person.schedule.as_ref(), labels),
        boxes: boxes.collect(),
        was: Was {
            name: person.name.clone(),
            role: person.role.as_str(),
            schedule: person.schedule.as_ref().map(crate::domain::time::hours::Hours::to_json).unwrap_or_default(),
            limit,
            lines: ids(&of),
        },
        phone: PhonePart::load(&mut tx, &seen, &typed, now).await?,
        why: part.zip(general),
        link_until: seen.link_until.map(Stamp),
        frame,
        seen,
        saved,
    })
}
