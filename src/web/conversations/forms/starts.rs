//! Starts a conversation with a number: a page of its own, so that every page can link to it.

use askama::Template;
use rocket::FromForm;
use rocket::response::Redirect;
use rocket_db_pools::Connection;

use super::writing::lines;
use crate::desk;
use crate::desk::conversations::start::{self, Start, Started};
use crate::domain::ids::NumberId;
use crate::domain::numbers::country::Countries;
use crate::domain::words::sentence::sentence;
use crate::http::db::Db;
use crate::http::form::Form;
use crate::http::guards::{Signed, Visit};
use crate::http::page::Page;
use crate::store::routing::numbers;
use crate::store::{Tx, lines as store};
use crate::web::conversations::composer::Typed;
use crate::web::conversations::list::Shown;
use crate::web::conversations::thread::Back;
use crate::web::conversations::{self, Inbox};
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};
use crate::web::page::refused::Refused;

/// A line from which the reader may start.
struct Choice {
    id: NumberId,
    name: String,
    countries: Countries,
}

#[derive(Template)]
#[template(path = "conversations/new.html")]
pub(in crate::web) struct New {
    frame: Frame,
    lines: Vec<Choice>,
    refused: Refused,
    form_key: String,
}

impl New {
    async fn load(tx: &mut Tx, visit: Visit<'_>, refused: Refused) -> Result<New, Failure> {
        let (lines, homes) = (store::of_member(tx, visit.who.id).await?, numbers::homes(tx).await?);
        let choice = |(id, name, policies): (NumberId, String, Option<String>)| Choice {
            id,
            name,
            countries: visit.desk.policies.support_of(policies.as_deref()).countries.told(&homes),
        };
        Ok(New {
            frame: Frame::load(tx, &visit, Here::Start).await?,
            lines: lines.into_iter().map(choice).collect(),
            refused,
            form_key: visit.desk.chance.token::<16>(),
        })
    }

    fn is_chosen(&self, line: &Choice) -> bool {
        self.refused.typed("start", "line", "") == line.id.to_string()
    }

    /// Where not every country may be texted, which may.
    fn limits(&self) -> Vec<String> {
        let limited = self.lines.iter().filter(|line| line.countries != Countries::All);
        limited.map(|line| format!("{}: {}", line.name, line.countries)).collect()
    }
}

#[rocket::get("/conversations/new")]
pub(in crate::web) async fn form(me: Signed<'_>, mut db: Connection<Db>) -> Result<Page<New>, Failure> {
    Ok(Page::ok(New::load(&mut db, me.0, Refused::default()).await?))
}

#[derive(FromForm)]
pub(in crate::web) struct First {
    #[field(default = String::new())]
    line: String,
    #[field(default = String::new())]
    phone: String,
    #[field(default = String::new())]
    name: String,
    #[field(default = String::new())]
    body: String,
    form_key: Option<String>,
}

/// What is said where a first text was written to somebody with whom a conversation is open.
const OPEN: &str = "There is an open conversation with this number already. Nothing was sent: your text stands below.";

/// On to the conversation, or the form again.
#[derive(rocket::Responder)]
pub(in crate::web) enum Answer {
    There(Box<Redirect>),
    /// The conversation that is open, with the text in its composer.
    Open(Box<Page<Inbox>>),
    Again(Box<Page<New>>),
}

#[rocket::post("/conversations", data = "<form>")]
pub(in crate::web) async fn create(
    form: Form<First>,
    me: Signed<'_>,
    mut db: Connection<Db>,
) -> Result<Answer, Failure> {
    let First { line, phone, name, body, form_key } = form.into_inner();
    let wanted = Start {
        by: me.who.id,
        line: NumberId(line.parse().unwrap_or(0)),
        phone: phone.trim().to_owned(),
        body: lines(&body),
        name: name.clone(),
        form_key,
    };
    let typed = wanted.body.clone();
    match start::start(me.desk, wanted).await {
        Ok(Started::There(id)) if !typed.trim().is_empty() => {
            let typed = Typed { reply: Some(typed), reply_why: Some(OPEN.to_owned()), ..Typed::default() };
            let back = Back { typed, problem: Some(OPEN.to_owned()), ..Back::default() };
            let page = conversations::page(me.0, (id, Shown::of(None)), (None, None), back).await?;
            Ok(Answer::Open(Box::new(Page::refused(page))))
        }
        Ok(Started::New(id) | Started::There(id)) => {
            Ok(Answer::There(Box::new(Redirect::to(format!("/conversations/{id}?view=mine#thread")))))
        }
        Err(desk::Failure::Refused { field, why }) => {
            let values = vec![("line", line), ("phone", phone), ("name", name), ("body", body)];
            let refused = Refused { form: "start", field, why: sentence(&why), values };
            Ok(Answer::Again(Box::new(Page::refused(New::load(&mut db, me.0, refused).await?))))
        }
        Err(failure) => Err(failure.into()),
    }
}
