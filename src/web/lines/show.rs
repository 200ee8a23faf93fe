//! A line's page: who would get a text now, its members, and its rules, a form for each part.

use std::collections::HashMap;

use askama::Template;

use super::form::Fields;
use super::preview::{NoPreview, Preview};
use super::{members, open};
use crate::desk;
use crate::desk::lines::line::{self, Members, Rules};
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::numbers::numbering;
use crate::domain::policy::PickPolicy;
use crate::domain::routing::pick::{Member, Pick, pick};
use crate::http::form::Form;
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::lines::{self, Line, texts};
use crate::store::{Tx, people};
use crate::web::page::failure::Failure;
use crate::web::page::fields::{Check, Field, Posted, Sent, Typed, Whys};
use crate::web::page::frame::{Frame, Here};
use crate::web::page::words::doubtful;

#[derive(Template)]
#[template(path = "lines/show.html")]
pub(in crate::web) struct Show {
    frame: Frame,
    line: Line,
    open: String,
    pick: Pick,
    how: &'static str,
    members: Vec<Member>,
    /// Everybody who is a member or could be.
    boxes: Vec<Check>,
    /// The members that the form is about, so that a change in between is noticed.
    was: String,
    fields: Fields,
    /// Whose text is looked at.
    customer: Field,
    preview: Option<Preview>,
    saved: Option<&'static str>,
}

impl Show {
    /// What makes it doubtful that anybody has rented this number.
    fn doubt(&self) -> Option<String> {
        numbering::doubt(&self.line.number).map(doubtful)
    }
}

#[rocket::get("/lines/<id>?<saved>")]
pub(in crate::web) async fn show(id: i64, saved: Option<&str>, me: AdminOnly<'_>) -> Result<Page<Show>, Failure> {
    let saved = PARTS.into_iter().find(|part| saved == Some(part));
    page(me.0, NumberId(id), (Typed::default(), saved, None)).await.map(Page::ok)
}

/// The parts of the page that are saved by themselves.
const PARTS: [&str; 5] = ["name", "members", "hours", "policies", "texts"];

async fn page(
    visit: Visit<'_>,
    id: NumberId,
    (typed, saved, preview): (Typed, Option<&'static str>, Option<Preview>),
) -> Result<Show, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let now = visit.now;
    let line = lines::all(&mut tx).await?.into_iter().find(|line| line.id == id).ok_or(Failure::NotFound)?;
    let frame = Frame::load(&mut tx, &visit, Here::Lines).await?;
    let members = members(&mut tx, &line, now).await?;
    let policy = line.policies.over(&visit.desk.policies.support);
    let own = texts::all(&mut tx).await?.into_iter().filter(|(of, ..)| *of == id);
    let own = own.map(|(_, wording, body)| (wording, body)).collect();
    let was: Vec<String> = members.iter().map(|member| member.id.to_string()).collect();
    Ok(Show {
        frame,
        open: open(line.hours.as_ref(), now),
        pick: pick(policy.pick, &members, None, |_| 0),
        how: how(policy.pick),
        fields: Fields::of(&line, &own, &visit.desk.policies.support, &typed),
        boxes: boxes(&mut tx, &members, &typed).await?,
        was: was.join(","),
        customer: typed.field("preview", "customer", "Customer’s number", "As +15055550134.", ""),
        preview,
        members,
        line,
        saved,
    })
}

/// Everybody who can be a member, and whether they are.
async fn boxes(tx: &mut Tx, members: &[Member], typed: &Typed) -> Result<Vec<Check>, Failure> {
    let is_member = |id: PersonId| members.iter().any(|member| member.id == id);
    let mut all = people::all(tx).await?;
    all.retain(|person| !person.disabled || is_member(person.id));
    all.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id));
    let boxes = all.into_iter().map(|person| {
        let name = format!("person-{}", person.id);
        let checked = typed.box_of("members", &name, is_member(person.id));
        let rank = if person.disabled { "disabled" } else { person.role.as_str() };
        Check { name, label: format!("{}, {rank}", person.name), checked }
    });
    Ok(boxes.collect())
}

/// How one of several candidates is chosen.
fn how(policy: PickPolicy) -> &'static str {
    match policy {
        PickPolicy::Random => "each of them equally likely",
        PickPolicy::LeastBusy => "whoever has the fewest open conversations",
        PickPolicy::RoundRobin => "whoever was chosen longest ago",
    }
}

/// The answer to one of the forms.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Show>;

fn people_of(sent: &Sent) -> Result<Members, Whys> {
    let was = sent.value("was").split(',').filter(|id| !id.is_empty()).map(str::parse);
    let was: Vec<i64> = was.collect::<Result<_, _>>().map_err(|_| {
        Whys::from([("changed".to_owned(), "the form did not say what it was about: look again, and save".to_owned())])
    })?;
    let of = |ids: Vec<i64>| ids.into_iter().map(PersonId).collect();
    Ok(Members { was: of(was), to: of(sent.checked("person-")) })
}

fn rules(part: &str, sent: &Sent) -> Result<Rules, Whys> {
    let rules = Rules::default();
    Ok(match part {
        "name" => Rules { name: Some(sent.value("name").to_owned()), ..rules },
        "members" => Rules { members: Some(people_of(sent)?), ..rules },
        "hours" => Rules { hours: Some(sent.hours()?), ..rules },
        "policies" => Rules { policies: Some(sent.policies()?), ..rules },
        _ => Rules { texts: sent.texts()?, ..rules },
    })
}

#[rocket::post("/lines/<id>/<part>", data = "<form>")]
pub(in crate::web) async fn save(id: i64, part: &str, form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    if part == "preview" {
        return preview(NumberId(id), sent, me.0).await;
    }
    let Some(part) = PARTS.into_iter().find(|known| *known == part) else { return Answer::Failed(Failure::NotFound) };
    let whys = match rules(part, &sent) {
        Err(whys) => whys,
        Ok(rules) => match line::change(me.desk, me.who.id, NumberId(id), rules).await {
            Ok(()) => return Answer::see(format!("/lines/{id}?saved={part}#{part}")),
            Err(desk::Failure::Refused { field, why }) => HashMap::from([(field.to_owned(), why)]),
            Err(failure) => return Answer::Failed(failure.into()),
        },
    };
    let typed = Typed { part, values: sent.0, whys };
    again(me.0, NumberId(id), (typed, None, None), Page::refused).await
}

async fn again(
    visit: Visit<'_>,
    id: NumberId,
    what: (Typed, Option<&'static str>, Option<Preview>),
    page_of: fn(Show) -> Page<Show>,
) -> Answer {
    match page(visit, id, what).await {
        Ok(page) => Answer::Again(Box::new(page_of(page))),
        Err(failure) => Answer::Failed(failure),
    }
}

/// What a text from one number would come to. Posted, so that the number stands in no address; it writes nothing.
async fn preview(id: NumberId, sent: Sent, visit: Visit<'_>) -> Answer {
    let found = Preview::of(&visit, id, sent.value("customer")).await;
    let typed = |whys| Typed { part: "preview", values: sent.0, whys };
    match found {
        Ok(found) => again(visit, id, (typed(Whys::new()), None, Some(found)), Page::ok).await,
        Err(NoPreview::Number(why)) => {
            let whys = Whys::from([("customer".to_owned(), why)]);
            again(visit, id, (typed(whys), None, None), Page::refused).await
        }
        Err(NoPreview::Failed(failure)) => Answer::Failed(failure),
    }
}
