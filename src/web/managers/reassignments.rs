//! Reassigns what a search found, or a selection of it, to a colleague: a page asks first, and reports afterwards.

use askama::Template;
use rocket::FromForm;

use super::history::asked::Asked;
use crate::desk;
use crate::desk::conversations::reassign::{self, MOST, NewAssignee};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::words::sentence::sentence;
use crate::http::form::Form;
use crate::http::guards::{ManagerOnly, Visit};
use crate::http::page::Page;
use crate::store::views::Contact;
use crate::store::views::managers::reassign::{self as view, Colleague};
use crate::store::views::search::{self, choices};
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here, viewer};
use crate::web::page::stamp::Stamp;

/// A conversation that is to be given away.
pub(in crate::web) struct Row {
    id: ConversationId,
    contact: Contact,
    line: String,
    rep: Option<String>,
    closed: bool,
}

#[derive(Template)]
#[template(path = "reassignments/new.html")]
pub(in crate::web) struct Confirm {
    frame: Frame,
    rows: Vec<Row>,
    colleagues: Vec<Colleague>,
    query: String,
    chosen: String,
    problem: Option<String>,
    more: bool,
    /// What was said since then may be missing among what was found.
    behind: Option<Stamp>,
}

impl Confirm {
    fn is_chosen(&self, one: &Colleague) -> bool {
        self.chosen == one.id.to_string()
    }

    /// Closed ones stay with whom they were.
    fn open(&self) -> usize {
        self.rows.iter().filter(|row| !row.closed).count()
    }
}

#[derive(Template)]
#[template(path = "reassignments/done.html")]
pub(in crate::web) struct Done {
    frame: Frame,
    moved: usize,
    to: String,
    refused: Vec<(ConversationId, String)>,
    query: String,
}

/// The answer to the form.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Confirm, Box<Page<Done>>>;

async fn confirm(
    visit: Visit<'_>,
    (ids, query): (Vec<ConversationId>, String),
    (chosen, problem): (String, Option<String>),
) -> Result<Confirm, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::History).await?;
    let more = ids.len() > MOST;
    let ids: Vec<ConversationId> = ids.into_iter().take(MOST).collect();
    let rows = view::rows(&mut tx, viewer(&visit.who), &ids).await?;
    let rows = rows
        .into_iter()
        .map(|row| Row { id: row.id, contact: row.contact, line: row.line, rep: row.rep, closed: row.closed })
        .collect();
    let colleagues = view::colleagues(&mut tx).await?;
    let behind = desk::search::index::behind_since(&mut tx, visit.now).await?.map(Stamp);
    Ok(Confirm { frame, rows, colleagues, query, chosen, problem, more, behind })
}

#[rocket::get("/reassignments/new?<c>&<all>&<query>")]
pub(in crate::web) async fn new(
    c: Vec<i64>,
    all: Option<&str>,
    query: Option<&str>,
    me: ManagerOnly<'_>,
) -> Result<Page<Confirm>, Failure> {
    let asked = Asked::read(query.unwrap_or_default());
    let ids = if all.is_some() {
        let mut tx = me.desk.store.read().await?;
        let zone = choices::zone(&mut tx).await?;
        match asked.wanted(&zone) {
            Ok(wanted) => search::conversations(&mut tx, viewer(&me.who), &wanted, MOST + 1).await?,
            Err(_) => Vec::new(),
        }
    } else {
        c.into_iter().map(ConversationId).collect()
    };
    let problem = ids.is_empty().then(|| "Choose at least one conversation: go back and tick it.".to_owned());
    let page = confirm(me.0, (ids, asked.query()), (String::new(), problem)).await?;
    Ok(if page.problem.is_some() { Page::refused(page) } else { Page::ok(page) })
}

#[derive(FromForm)]
pub(in crate::web) struct Chosen {
    c: Vec<i64>,
    #[field(default = String::new())]
    to: String,
    #[field(default = String::new())]
    query: String,
}

#[rocket::post("/reassignments", data = "<form>")]
pub(in crate::web) async fn create(form: Form<Chosen>, me: ManagerOnly<'_>) -> Answer {
    let Chosen { c, to, query } = form.into_inner();
    let ids: Vec<ConversationId> = c.into_iter().map(ConversationId).collect();
    let query = Asked::read(&query).query();
    let assignee = match to.as_str() {
        "anew" => Ok(NewAssignee::Anew),
        to => to
            .parse()
            .map(|id| NewAssignee::Person(PersonId(id)))
            .map_err(|_| desk::Failure::refused("to", "choose somebody")),
    };
    let outcome = match assignee {
        Ok(assignee) => reassign::reassign(me.desk, me.who.id, &ids, assignee).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(outcome) => match done(me.0, outcome, (to, query)).await {
            Ok(page) => Answer::Done(Box::new(Page::ok(page))),
            Err(failure) => Answer::Failed(failure),
        },
        Err(desk::Failure::Refused { why, .. }) => {
            Answer::again(confirm(me.0, (ids, query), (to, Some(sentence(&why)))).await)
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}

async fn done(visit: Visit<'_>, outcome: reassign::Outcome, (to, query): (String, String)) -> Result<Done, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::History).await?;
    let named = view::colleagues(&mut tx).await?.into_iter().find(|one| one.id.to_string() == to).map(|one| one.name);
    Ok(Done {
        frame,
        moved: outcome.moved.len(),
        to: named.unwrap_or_else(|| "whoever was picked".to_owned()),
        refused: outcome.refused.into_iter().map(|(id, why)| (id, sentence(&why))).collect(),
        query,
    })
}
