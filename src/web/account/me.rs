//! A person's own page: name, password, phone and duty.

use std::collections::HashMap;

use askama::Template;
use rocket::response::Redirect;

use super::session_given::Given;
use crate::desk::{self, people};
use crate::http::came::Came;
use crate::http::form::Form;
use crate::http::guards::{Signed, Visit};
use crate::http::page::Page;
use crate::store::views::people::{self as view, Seen};
use crate::web::page::failure::Failure;
use crate::web::page::fields::{Field, Posted, Sent, Typed};
use crate::web::page::frame::{Frame, Here};
use crate::web::people::phone_part::PhonePart;

/// The parts of the page that are saved by themselves.
const PARTS: [&str; 3] = ["profile", "password", "phone"];

#[derive(Template)]
#[template(path = "people/me.html")]
pub(in crate::web) struct Me {
    frame: Frame,
    seen: Seen,
    base: String,
    name: Field,
    /// What is wrong with which of the fields of the password.
    whys: HashMap<String, String>,
    phone: PhonePart,
    saved: Option<&'static str>,
}

impl Me {
    fn why(&self, field: &str) -> Option<&String> {
        self.whys.get(field)
    }

    fn is_saved(&self, part: &str) -> bool {
        self.saved == Some(part)
    }
}

async fn page(visit: Visit<'_>, typed: Typed, saved: Option<&str>) -> Result<Me, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let now = visit.now;
    let seen = view::all(&mut tx, now).await?.into_iter().find(|seen| seen.person.id == visit.who.id);
    let seen = seen.ok_or(Failure::NotFound)?;
    let frame = Frame::load(&mut tx, &visit, Here::Me).await?;
    Ok(Me {
        base: "/me".to_owned(),
        name: typed.field("profile", "name", "Name", "As colleagues see it.", &seen.person.name),
        whys: ["current", "password", "again"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), typed.why(name)?)))
            .collect(),
        phone: PhonePart::load(&mut tx, &seen, &typed, now).await?,
        saved: PARTS.into_iter().find(|part| saved == Some(part)),
        frame,
        seen,
    })
}

#[rocket::get("/me?<saved>")]
pub(in crate::web) async fn show(saved: Option<&str>, me: Signed<'_>) -> Result<Page<Me>, Failure> {
    page(me.0, Typed::default(), saved).await.map(Page::ok)
}

/// The answer to a form of the page.
#[derive(rocket::Responder)]
pub(in crate::web) enum Answer {
    Done(Box<Redirect>),
    In(Given),
    Again(Box<Page<Me>>),
    Failed(Failure),
}

async fn answer(visit: Visit<'_>, part: &'static str, sent: Sent, outcome: Result<(), desk::Failure>) -> Answer {
    match outcome {
        Ok(()) => Answer::Done(Box::new(Redirect::to(format!("/me?saved={part}#{part}")))),
        Err(desk::Failure::Refused { field, why }) => {
            let typed = Typed::refused(part, sent, field, why);
            match page(visit, typed, None).await {
                Ok(page) => Answer::Again(Box::new(Page::refused(page))),
                Err(failure) => Answer::Failed(failure),
            }
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}

#[rocket::post("/me/name", data = "<form>")]
pub(in crate::web) async fn rename(form: Form<Posted>, me: Signed<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    let outcome = people::rename_oneself(me.desk, me.who.id, sent.value("name")).await;
    answer(me.0, "profile", sent, outcome).await
}

#[rocket::post("/me/password", data = "<form>")]
pub(in crate::web) async fn change_password(form: Form<Posted>, me: Signed<'_>, came: Came) -> Answer {
    let mut field = form.into_inner().field;
    // A password is taken as it was typed, and never shown again.
    let mut take = |name: &str| field.remove(name).unwrap_or_default();
    let (current, new) = (take("current"), (take("password"), take("again")));
    match people::change_password(me.desk, me.who.id, &came.0, current, new).await {
        Ok(keys) => Answer::In(Given { keys, next: "/me?saved=password#password".to_owned() }),
        Err(failure) => answer(me.0, "password", Sent::default(), Err(failure)).await,
    }
}

#[rocket::post("/me/code", data = "<form>")]
pub(in crate::web) async fn send_code(form: Form<Posted>, me: Signed<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    let outcome = people::send_code(me.desk, me.who.id, me.who.id, sent.value("phone")).await;
    answer(me.0, "phone", sent, outcome).await
}

#[rocket::post("/me/phone", data = "<form>")]
pub(in crate::web) async fn confirm(form: Form<Posted>, me: Signed<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    let outcome = people::confirm(me.desk, me.who.id, me.who.id, sent.value("code")).await;
    answer(me.0, "phone", sent, outcome).await
}

#[rocket::post("/me/phone/removal")]
pub(in crate::web) async fn remove(me: Signed<'_>) -> Answer {
    let outcome = people::remove(me.desk, me.who.id, me.who.id).await;
    answer(me.0, "phone", Sent::default(), outcome).await
}

#[rocket::post("/me/phone/texts")]
pub(in crate::web) async fn texts_on(me: Signed<'_>) -> Answer {
    let outcome = people::texts_on(me.desk, me.who.id, me.who.id).await;
    answer(me.0, "phone", Sent::default(), outcome).await
}
