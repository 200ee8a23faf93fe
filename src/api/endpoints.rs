//! Endpoints: the addresses to which a program wants its events posted.

use rocket::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::answer::{Answer, Answered};
use super::body::Body;
use super::caller::{EndpointsWrite, May, has};
use super::events::EventName;
use super::numbered;
use super::once::{Key, once};
use super::page::{Page, PageParams};
use super::problem::{Fault, Problem};
use super::times::Instant;
use crate::desk::Desk;
use crate::desk::programs::endpoints::{self, Asked, By};
use crate::desk::programs::once::Made;
use crate::domain::ids::EndpointId;
use crate::domain::programs::event::Wanted;
use crate::store::programs::endpoints as table;

/// An endpoint to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEndpoint {
    /// Where events are posted: an https address that can be reached from the internet.
    #[schema(example = "https://app.example.com/switchboard", min_length = 1, max_length = 2000)]
    url: String,
    /// The events that it is told of, by their names; `*` is every event, also of kinds that are yet to come. All of them
    /// tell of pairs, so the token must have `pairs:read`, too.
    #[schema(value_type = Vec<EventName>, example = json!(["pair.opened", "message.received"]), min_items = 1)]
    events: Vec<String>,
}

/// An endpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Endpoint {
    /// Its id.
    #[schema(example = "7421")]
    id: String,
    /// Where events are posted.
    url: String,
    /// The events that it is told of.
    #[schema(value_type = Vec<EventName>)]
    events: Vec<String>,
    /// When it was made.
    created_at: Instant,
    /// Since when nothing is posted there, if so; an admin can enable it again.
    disabled_at: Option<Instant>,
    /// Why nothing is posted there.
    disabled_why: Option<String>,
}

/// An endpoint that was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MadeEndpoint {
    #[serde(flatten)]
    endpoint: Endpoint,
    /// What its posts are signed with, by Standard Webhooks. Keep it: it is not shown again.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// A page of endpoints.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Endpoints {
    /// The oldest first; there are at most 20 in all.
    data: Vec<Endpoint>,
    /// The `cursor` of the next page; none if this is the last.
    next_cursor: Option<String>,
}

impl From<table::Endpoint> for Endpoint {
    fn from(kept: table::Endpoint) -> Self {
        Endpoint {
            id: kept.id.to_string(),
            url: kept.url,
            events: kept.wanted.words().into_iter().map(ToOwned::to_owned).collect(),
            created_at: Instant(kept.created_at),
            disabled_at: kept.disabled.as_ref().map(|(at, _)| Instant(*at)),
            disabled_why: kept.disabled.map(|(_, why)| why),
        }
    }
}

/// Adds an endpoint
///
/// Everything that happens to your app's pairs from now on and is among its events is posted there, signed with the secret
/// that is shown here and never again. The token must have the scope to read what the events tell (`pairs:read`), and the
/// endpoint is disabled when no token of your app that holds has it any more.
#[utoipa::path(
    post, path = "/endpoints", tag = "Endpoints", operation_id = "addEndpoint",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request take effect once.")),
    request_body = NewEndpoint,
    responses((status = 201, description = "The endpoint and its secret.", body = MadeEndpoint,
               headers(("Location" = String, description = "Its address.")))),
    security(("token" = ["endpoints:write"])),
)]
#[rocket::post("/endpoints", data = "<body>")]
pub(super) async fn create(
    may: May<EndpointsWrite>,
    key: Key,
    body: Body<NewEndpoint>,
    desk: &State<Desk>,
) -> Answered {
    let wanted = Wanted::read(body.value.events.iter().map(String::as_str));
    let wanted = wanted.map_err(|why| Problem::refused([Fault::at("/events", &why)]))?;
    // Before an answer is given again: another token of the app may have got it.
    has(&may.caller, &wanted.needs())?;
    let hash = body.hash(&json!({ "url": body.value.url.trim(), "events": wanted.words() }));
    let url = body.value.url;
    let act = async |program| {
        let asked = Asked { url, wanted, app: None };
        let endpoint = endpoints::make(desk, By::Program(program), asked).await?.endpoint;
        Ok(Made { id: endpoint.id.0, new: true })
    };
    let show = async |made: Made| {
        let (tx, id) = (&mut desk.store.read().await?, EndpointId(made.id));
        let endpoint = table::by_id(tx, id).await?.ok_or_else(Problem::not_found)?;
        let secret = table::secret(tx, id).await?.ok_or_else(Problem::not_found)?;
        Answer::created(&MadeEndpoint { endpoint: endpoint.into(), secret })
    };
    once(desk, &may.caller, key, &hash, act, show).await.map(|answer| answer.stands_in("endpoints"))
}

/// Lists your app's endpoints
#[utoipa::path(
    get, path = "/endpoints", tag = "Endpoints", operation_id = "listEndpoints",
    params(PageParams),
    responses((status = 200, description = "A page of endpoints, the oldest first.", body = Endpoints)),
    security(("token" = ["endpoints:write"])),
)]
#[rocket::get("/endpoints")]
pub(super) async fn index(may: May<EndpointsWrite>, page: Page, desk: &State<Desk>) -> Answered {
    let kept = table::of_app(&mut desk.store.read().await?, may.caller.app).await?;
    let behind = kept.into_iter().filter(|endpoint| page.after.is_none_or(|last| endpoint.id.0 > last));
    let mut kept: Vec<_> = behind.take(usize::try_from(page.looks_up()).unwrap_or(usize::MAX)).collect();
    let next_cursor = page.cut(&mut kept, |one| one.id.0);
    Answer::ok(&Endpoints { data: kept.into_iter().map(Endpoint::from).collect(), next_cursor })
}

/// Shows an endpoint
#[utoipa::path(
    get, path = "/endpoints/{id}", tag = "Endpoints", operation_id = "showEndpoint",
    params(("id" = String, Path, description = "The endpoint's id.")),
    responses((status = 200, description = "The endpoint.", body = Endpoint)),
    security(("token" = ["endpoints:write"])),
)]
#[rocket::get("/endpoints/<id>")]
pub(super) async fn show(id: &str, may: May<EndpointsWrite>, desk: &State<Desk>) -> Answered {
    let id = numbered(id, EndpointId)?;
    let kept = table::of_app(&mut desk.store.read().await?, may.caller.app).await?;
    let kept = kept.into_iter().find(|endpoint| endpoint.id == id);
    Answer::ok(&Endpoint::from(kept.ok_or_else(Problem::not_found)?))
}

/// Deletes an endpoint
///
/// Nothing more is posted there, not even what waits.
#[utoipa::path(
    delete, path = "/endpoints/{id}", tag = "Endpoints", operation_id = "deleteEndpoint",
    params(("id" = String, Path, description = "The endpoint's id.")),
    responses((status = 204, description = "It is deleted.")),
    security(("token" = ["endpoints:write"])),
)]
#[rocket::delete("/endpoints/<id>")]
pub(super) async fn delete(id: &str, may: May<EndpointsWrite>, desk: &State<Desk>) -> Answered {
    endpoints::delete(desk, By::Program(may.caller), numbered(id, EndpointId)?).await?;
    Ok(Answer::done())
}
