//! Labels: a page on which managers make and rename them, and the forms that put them on a conversation.

use askama::Template;
use rocket::FromForm;

use super::writing::{Answer as Done, answer};
use crate::desk;
use crate::desk::conversations::label;
use crate::domain::ids::LabelId;
use crate::domain::words::sentence::sentence;
use crate::http::form::Form;
use crate::http::guards::{ManagerOnly, Signed, Visit};
use crate::http::page::Page;
use crate::store::conversations::labels::{self, Label};
use crate::web::conversations::Number;
use crate::web::conversations::thread::Back;
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};

/// A label that is to be put on.
#[derive(FromForm)]
pub(in crate::web) struct Chosen {
    #[field(default = String::new())]
    label: String,
}

#[rocket::post("/conversations/<id>/labels?<view>", data = "<form>")]
pub(in crate::web) async fn put_on(id: Number, view: Option<&str>, form: Form<Chosen>, me: Signed<'_>) -> Done {
    // What names no label is refused like a label that is not there.
    let label = LabelId(form.label.parse().unwrap_or(0));
    let outcome = label::put(me.desk, me.who.id, id.0, label, true).await;
    answer(outcome, me.0, (id.0, view), refused).await
}

#[rocket::post("/conversations/<id>/labels/<label>/removal?<view>")]
pub(in crate::web) async fn take_off(id: Number, label: i64, view: Option<&str>, me: Signed<'_>) -> Done {
    let outcome = label::put(me.desk, me.who.id, id.0, LabelId(label), false).await;
    answer(outcome, me.0, (id.0, view), refused).await
}

fn refused(_field: &'static str, why: String) -> Back {
    Back { problem: Some(why.clone()), label_why: Some(why), ..Back::default() }
}

/// What was typed into a refused form, for which label, and why it was refused.
#[derive(Default)]
struct Typed {
    label: Option<LabelId>,
    name: String,
    why: Option<String>,
}

#[derive(Template)]
#[template(path = "labels/index.html")]
pub(in crate::web) struct Index {
    frame: Frame,
    labels: Vec<Label>,
    typed: Typed,
}

impl Index {
    fn is_about(&self, label: &Label) -> bool {
        self.typed.label == Some(label.id) && self.typed.why.is_some()
    }

    /// Why a label was not made.
    fn new_why(&self) -> Option<&str> {
        self.typed.why.as_deref().filter(|_| self.typed.label.is_none())
    }

    /// What stands in the field of a new label.
    fn new_name(&self) -> &str {
        if self.typed.label.is_none() { &self.typed.name } else { "" }
    }

    /// Why a label was not renamed.
    fn why_of(&self, label: &Label) -> Option<&str> {
        self.typed.why.as_deref().filter(|_| self.is_about(label))
    }

    /// What stands in the field of a label.
    fn name_of<'a>(&'a self, label: &'a Label) -> &'a str {
        if self.is_about(label) { &self.typed.name } else { &label.name }
    }
}

async fn page(visit: Visit<'_>, typed: Typed) -> Result<Index, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::Labels).await?;
    Ok(Index { frame, labels: labels::counted(&mut tx).await?, typed })
}

#[rocket::get("/labels")]
pub(in crate::web) async fn index(me: ManagerOnly<'_>) -> Result<Page<Index>, Failure> {
    page(me.0, Typed::default()).await.map(Page::ok)
}

/// The answer to a form of the page.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Index>;

#[derive(FromForm)]
pub(in crate::web) struct Named {
    #[field(default = String::new())]
    name: String,
}

#[rocket::post("/labels", data = "<form>")]
pub(in crate::web) async fn create(form: Form<Named>, me: ManagerOnly<'_>) -> Answer {
    named(me.0, None, form.into_inner().name).await
}

#[rocket::post("/labels/<id>", data = "<form>")]
pub(in crate::web) async fn rename(id: i64, form: Form<Named>, me: ManagerOnly<'_>) -> Answer {
    named(me.0, Some(LabelId(id)), form.into_inner().name).await
}

async fn named(visit: Visit<'_>, id: Option<LabelId>, name: String) -> Answer {
    match label::name(visit.desk, visit.who.id, id, &name).await {
        Ok(()) => Answer::see("/labels".to_owned()),
        Err(desk::Failure::Refused { why, .. }) => {
            let typed = Typed { label: id, name, why: Some(sentence(&why)) };
            Answer::again(page(visit, typed).await)
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}
