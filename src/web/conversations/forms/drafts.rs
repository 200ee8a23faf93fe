//! Drafts, stored on the server: by the script after a pause, or by a button without it.

use rocket::FromForm;

use super::writing::{Answer, answer, lines};
use crate::desk::Failure;
use crate::desk::replies::draft::{self, Which};
use crate::domain::ids::CannedReplyId;
use crate::http::form::Form;
use crate::http::guards::{Signed, Visit};
use crate::store::replies::canned;
use crate::store::views::thread;
use crate::web::conversations::Number;
use crate::web::conversations::composer::{Typed, in_words};
use crate::web::conversations::thread::Back;

#[derive(FromForm)]
pub(in crate::web) struct Written {
    #[field(default = String::new())]
    body: String,
    form_key: Option<String>,
    /// `reply` or `note`.
    #[field(default = String::new())]
    which: String,
    /// A canned reply that is put behind what was typed.
    canned: Option<i64>,
}

#[rocket::post("/conversations/<id>/draft?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Written>, me: Signed<'_>) -> Answer {
    let Written { body, form_key, which, canned } = form.into_inner();
    let which = if which == "note" { Which::Note } else { Which::Reply };
    let typed = lines(&body);
    let body = match canned {
        Some(canned) => with_canned(&me.0, id, &typed, CannedReplyId(canned)).await,
        None => Ok(typed.clone()),
    };
    let outcome = match body {
        Ok(body) => draft::keep(me.desk, me.who.id, id.0, (which, body), form_key).await,
        Err(failure) => Err(failure),
    };
    answer(outcome, me.0, (id.0, view), |_, why| Back {
        typed: match which {
            Which::Reply => Typed { reply: Some(typed), reply_why: Some(why), ..Typed::default() },
            Which::Note => Typed { note: Some(typed), note_why: Some(why), ..Typed::default() },
        },
        ..Back::default()
    })
    .await
}

/// What was typed, and the canned reply behind it with its fields filled.
async fn with_canned(me: &Visit<'_>, id: Number, typed: &str, canned: CannedReplyId) -> Result<String, Failure> {
    let mut tx = me.desk.store.read().await?;
    let head = thread::head(&mut tx, crate::web::page::frame::viewer(&me.who), id.0).await?.ok_or(Failure::NotFound)?;
    let all = canned::usable(&mut tx, me.who.id, head.line).await?;
    let one = all.into_iter().find(|one| one.id == canned).ok_or(Failure::NotFound)?;
    let text = in_words(&one.body, &head, &me.who.name);
    Ok(if typed.trim().is_empty() { text } else { format!("{} {text}", typed.trim_end()) })
}
