//! The texts of a pair: by its parties, and by the program.

use std::collections::BTreeSet;

use rocket::State as Kept;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::numbered;
use super::shown::Message;
use crate::api::answer::{Answer, Answered};
use crate::api::body::Body;
use crate::api::caller::{May, MessagesWrite, PairsRead};
use crate::api::once::{Key, once};
use crate::api::page::{Page, PageParams};
use crate::api::problem::{Problem, ProblemDetails};
use crate::desk::Desk;
use crate::desk::pairs::{Saying, say};
use crate::desk::programs::once::Made;
use crate::domain::ids::MessageId;
use crate::domain::words::name;
use crate::store::views::pairs as views;

/// Something to be said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewMessage {
    /// What.
    #[schema(example = "Your helper is 5 minutes away.", min_length = 1, max_length = 1600)]
    body: String,
    /// To the parties with these aliases; to all without.
    #[schema(example = json!(["Fisher"]), min_items = 1)]
    to: Option<Vec<String>>,
}

/// A page of messages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct Messages {
    /// The oldest first.
    data: Vec<Message>,
    /// The `cursor` of the next page; none if this is the last.
    next_cursor: Option<String>,
}

/// Lists what was said in a pair
#[utoipa::path(
    get, path = "/pairs/{id}/messages", tag = "Messages", operation_id = "listMessages",
    params(("id" = String, Path, description = "The pair's id."), PageParams),
    responses((status = 200, description = "A page of messages, the oldest first.", body = Messages)),
    security(("token" = ["pairs:read"])),
)]
#[rocket::get("/pairs/<id>/messages")]
pub(in crate::api) async fn index(id: &str, may: May<PairsRead>, page: Page, desk: &Kept<Desk>) -> Answered {
    let id = numbered(id)?;
    let tx = &mut desk.store.read().await?;
    if views::one_of(tx, may.caller.app, id, desk.clock.now()).await?.is_none() {
        return Err(Problem::not_found());
    }
    let mut rows = views::said(tx, id, MessageId(page.after.unwrap_or(0)), page.looks_up()).await?;
    let next_cursor = page.cut(&mut rows, |row| row.id.0);
    Answer::ok(&Messages { data: rows.into_iter().map(Message::from).collect(), next_cursor })
}

/// Says something to the parties
///
/// It is texted to each of them from their own mask, in your words and without a name before them.
#[utoipa::path(
    post, path = "/pairs/{id}/messages", tag = "Messages", operation_id = "sayMessage",
    params(
        ("id" = String, Path, description = "The pair's id."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request take effect once."),
    ),
    request_body = NewMessage,
    responses(
        (status = 201, description = "It is accepted and goes out.", body = Message),
        (status = 409, description = "The pair has ended (`pair_ended`), or a request with this `Idempotency-Key` is \
         being answered (`under_way`).", body = ProblemDetails, content_type = "application/problem+json"),
    ),
    security(("token" = ["messages:write"])),
)]
#[rocket::post("/pairs/<id>/messages", data = "<body>")]
pub(in crate::api) async fn create(
    id: &str,
    may: May<MessagesWrite>,
    key: Key,
    body: Body<NewMessage>,
    desk: &Kept<Desk>,
) -> Answered {
    let names: Option<BTreeSet<String>> =
        body.value.to.as_ref().map(|to| to.iter().map(|one| name::kept(one)).collect());
    let hash = body.hash(&json!({ "body": body.value.body, "to": names }));
    let NewMessage { body, to } = body.value;
    let pair = numbered(id);
    let act = async |program| {
        let said = say(desk, Some(program), Saying { pair: pair.clone()?, body, to }).await?;
        Ok(Made { id: said.0, new: true })
    };
    let show = async |made: Made| {
        let before = MessageId(made.id.saturating_sub(1));
        let row = views::said(&mut desk.store.read().await?, pair.clone()?, before, 1).await?.into_iter().next();
        Answer::created(&Message::from(row.ok_or_else(Problem::not_found)?))
    };
    once(desk, &may.caller, key, &hash, act, show).await
}
