//! The end of a pair: a program completes, extends or closes it.

use rocket::State as Kept;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::shown::Pair;
use super::{found, millis, numbered};
use crate::api::answer::{Answer, Answered};
use crate::api::body::OrNothing;
use crate::api::caller::{May, PairsWrite};
use crate::api::once::{Key, once};
use crate::api::problem::{Fault, Problem, ProblemDetails};
use crate::desk::programs::once::Made;
use crate::desk::{Desk, pairs};
use crate::domain::ids::ConversationId;
use crate::domain::time::duration;

/// By how much a pair is extended.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Extension {
    /// So much later; without it, by what its expiry says: `extend`, or else `idle` or `grace`.
    #[schema(example = "30m", pattern = "^([0-9]+(ms|s|m|h|d))+$")]
    by: Option<String>,
}

/// Completes a pair
///
/// The transaction is done: the pair ends when its grace is over. A second time changes nothing.
#[utoipa::path(
    post, path = "/pairs/{id}/completion", tag = "Pairs", operation_id = "completePair",
    params(("id" = String, Path, description = "The pair's id.")),
    responses(
        (status = 200, description = "It is completed.", body = Pair),
        (status = 409, description = "It has ended (`pair_ended`), or its end does not wait for completion \
         (`not_completable`).", body = ProblemDetails, content_type = "application/problem+json"),
    ),
    security(("token" = ["pairs:write"])),
)]
#[rocket::post("/pairs/<id>/completion")]
pub(in crate::api) async fn complete(id: &str, may: May<PairsWrite>, desk: &Kept<Desk>) -> Answered {
    let id = numbered(id)?;
    pairs::complete(desk, Some(may.caller.clone()), id).await?;
    Answer::ok(&found(desk, &may.caller, id).await?)
}

/// Closes a pair
///
/// It ends now. What was written in time still goes out; the parties are told nothing. A second time changes nothing.
#[utoipa::path(
    post, path = "/pairs/{id}/closure", tag = "Pairs", operation_id = "closePair",
    params(("id" = String, Path, description = "The pair's id.")),
    responses((status = 200, description = "It has ended.", body = Pair)),
    security(("token" = ["pairs:write"])),
)]
#[rocket::post("/pairs/<id>/closure")]
pub(in crate::api) async fn close(id: &str, may: May<PairsWrite>, desk: &Kept<Desk>) -> Answered {
    let id = numbered(id)?;
    pairs::close(desk, Some(may.caller.clone()), id).await?;
    Answer::ok(&found(desk, &may.caller, id).await?)
}

/// Extends a pair
///
/// It ends later, and never later than its hard cap.
#[utoipa::path(
    post, path = "/pairs/{id}/extension", tag = "Pairs", operation_id = "extendPair",
    params(
        ("id" = String, Path, description = "The pair's id."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request take effect once."),
    ),
    request_body = Option<Extension>,
    responses(
        (status = 200, description = "It ends later.", body = Pair),
        (status = 409, description = "It has ended (`pair_ended`), it lives as long as it may (`at_hard_cap`), or a \
         request with this `Idempotency-Key` is being answered (`under_way`).", body = ProblemDetails,
         content_type = "application/problem+json"),
    ),
    security(("token" = ["pairs:write"])),
)]
#[rocket::post("/pairs/<id>/extension", data = "<body>")]
pub(in crate::api) async fn extend(
    id: &str,
    may: May<PairsWrite>,
    key: Key,
    body: OrNothing<Extension>,
    desk: &Kept<Desk>,
) -> Answered {
    let OrNothing(body) = body;
    let by = body.value.by.as_deref().map(duration::parse).transpose();
    let by = by.map_err(|why| Problem::refused([Fault::at("/by", &why)]))?;
    let hash = body.hash(&json!({ "by": by.map(millis) }));
    let act = async |program| {
        let id = numbered(id)?;
        pairs::extend(desk, Some(program), id, by).await?;
        Ok(Made { id: id.0, new: false })
    };
    let show = async |made: Made| Answer::ok(&found(desk, &may.caller, ConversationId(made.id)).await?);
    once(desk, &may.caller, key, &hash, act, show).await
}
