//! `Messages`: create, get, list, redact, delete.
//!
//! The list omits what a late list would omit, and comes in pages that must be followed to the end.

use rocket::data::{Data, ToByteUnit as _};
use rocket::{delete, get, post};
use serde_json::json;

use super::answer::{Reply, internal, not_found};
use super::auth::Caller;
use super::list::Page;
use super::resource;
use crate::simulator::{Kind, Simulator, Text};
use crate::wire::twilio::error::ApiError;
use crate::wire::twilio::form::Form;

/// Longest request body that is read, in KiB.
pub(super) const BODY_LIMIT_KIB: u64 = 64;

pub(super) async fn form(data: Data<'_>) -> Result<Form, ApiError> {
    match data.open(BODY_LIMIT_KIB.kibibytes()).into_bytes().await {
        Ok(bytes) if bytes.is_complete() => Ok(Form::parse(&bytes.into_inner())),
        _ => Err(ApiError::new(413, 20413, "The request body is too large")),
    }
}

#[post("/2010-04-01/Accounts/<account>/Messages.json", data = "<data>")]
pub(super) async fn create(account: &str, caller: Caller, data: Data<'_>) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, base: String| {
            let form = form(data).await?;
            Ok(simulator.create(&form, &base).await)
        })
        .await
}

#[get("/2010-04-01/Accounts/<account>/Messages.json")]
pub(super) async fn list(account: &str, caller: Caller, query: &rocket::http::uri::Origin<'_>) -> Reply {
    let query = Form::parse(query.query().map_or(&b""[..], |query| query.as_str().as_bytes()));
    caller.answer(account, async |simulator: Simulator, base: String| messages(&simulator, &base, &query)).await
}

fn messages(simulator: &Simulator, base: &str, query: &Form) -> Result<Reply, ApiError> {
    let now = simulator.now();
    let (from, to) = (query.get("From").unwrap_or(""), query.get("To").unwrap_or(""));
    let struck = simulator
        .0
        .faults
        .strike(from, to, |fault| !fault.everywhere && matches!(fault.kind, Kind::ListLate | Kind::ListUnavailable));
    if struck.has(Kind::ListUnavailable) {
        simulator.0.wire.note(now, "list", from, to, "500");
        return Err(internal());
    }
    let youngest = struck.find(Kind::ListLate).map_or(now, |late| now - std::time::Duration::from_millis(late.millis));
    let wanted = |text: &&Text| {
        (from.is_empty() || text.from == from)
            && (to.is_empty() || text.to == to)
            && text.created_at <= youngest
            && resource::sent_within(text, query)
    };
    let page = Page::read(query)?;
    let book = simulator.book();
    // Newest first, and a page begins after the last text of the page before: what comes in meanwhile moves nothing.
    let after = page.token.as_deref().and_then(|sid| book.seq_of(sid));
    let mut found =
        book.iter().rev().filter(|text| after.is_none_or(|seq| text.seq < seq)).filter(wanted).skip(page.skip());
    let items: Vec<_> = found.by_ref().take(page.size).collect();
    let next = found.next().and(items.last()).map(|text| text.sid.clone());
    let shown: Vec<_> = items.iter().map(|text| resource::message(simulator.account(), base, text)).collect();
    let path = format!("/2010-04-01/Accounts/{}/Messages.json", simulator.account());
    let mut body = page.frame(base, &path, query, shown.len(), next.as_deref());
    body["messages"] = json!(shown);
    Ok(Reply::json(200, &body))
}

#[get("/2010-04-01/Accounts/<account>/Messages/<file>")]
pub(super) async fn get(account: &str, file: &str, caller: Caller) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, base: String| {
            let book = simulator.book();
            let text = book.get(sid(file)).ok_or_else(|| not_found("message"))?;
            Ok(Reply::json(200, &resource::message(simulator.account(), &base, text)))
        })
        .await
}

#[post("/2010-04-01/Accounts/<account>/Messages/<file>", data = "<data>")]
pub(super) async fn update(account: &str, file: &str, caller: Caller, data: Data<'_>) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, base: String| {
            let form = form(data).await?;
            let mut book = simulator.book();
            if form.get("Body") != Some("") {
                return Err(ApiError::new(400, 20422, "Only an empty Body, which redacts the message, can be set"));
            }
            book.redact(sid(file));
            let text = book.get(sid(file)).ok_or_else(|| not_found("message"))?;
            Ok(Reply::json(200, &resource::message(simulator.account(), &base, text)))
        })
        .await
}

#[delete("/2010-04-01/Accounts/<account>/Messages/<file>")]
pub(super) async fn delete(account: &str, file: &str, caller: Caller) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, _| {
            let found = simulator.book().remove(sid(file));
            if found { Ok(Reply::Nothing) } else { Err(not_found("message")) }
        })
        .await
}

pub(super) fn sid(file: &str) -> &str {
    file.strip_suffix(".json").unwrap_or(file)
}
