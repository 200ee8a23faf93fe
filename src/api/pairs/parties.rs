//! The people in a pair: a party gets another phone.

use rocket::State as Kept;
use serde::Deserialize;
use utoipa::ToSchema;

use super::shown::Pair;
use super::{PoolProblem, found, numbered};
use crate::api::answer::{Answer, Answered};
use crate::api::body::Body;
use crate::api::caller::{May, PairsWrite};
use crate::api::problem::{Fault, Problem, ProblemDetails};
use crate::desk::{Desk, pairs};
use crate::domain::numbers::typed;

/// What changes about a party.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PartyChange {
    /// Their phone from now on, with + and its country code; it is kept as E.164. A number that its country cannot have is
    /// refused.
    #[schema(example = "+15055550133", pattern = r"^\+[1-9][0-9]{6,14}$")]
    phone: String,
}

/// Gives a party another phone
///
/// The old phone is out at once. The new one reaches the others by the same mask, if that is free for it: the answer shows
/// which one it is.
#[utoipa::path(
    patch, path = "/pairs/{id}/parties/{alias}", tag = "Pairs", operation_id = "changeParty",
    params(
        ("id" = String, Path, description = "The pair's id."),
        ("alias" = String, Path, description = "The party's alias."),
    ),
    request_body = PartyChange,
    responses(
        (status = 200, description = "The pair with the new phone.", body = Pair),
        (status = 409, description = "The pair has ended (`pair_ended`).", body = ProblemDetails,
         content_type = "application/problem+json"),
        (status = 429, description = "Your app has brought as many phones into pairs within an hour as it may \
         (`too_many_first_texts`), or makes too many requests (`too_many_requests`).", body = ProblemDetails,
         content_type = "application/problem+json"),
        (status = 503, description = "No mask is left for the new phone (`pool_exhausted`), or the database did not \
         answer (`unavailable`).", body = PoolProblem, content_type = "application/problem+json"),
    ),
    security(("token" = ["pairs:write"])),
)]
#[rocket::patch("/pairs/<id>/parties/<alias>", data = "<body>")]
pub(in crate::api) async fn change(
    id: &str,
    alias: &str,
    may: May<PairsWrite>,
    body: Body<PartyChange>,
    desk: &Kept<Desk>,
) -> Answered {
    let id = numbered(id)?;
    let phone = typed::read(&body.value.phone, None);
    let phone = phone.map_err(|why| Problem::refused([Fault::at("/phone", &why.to_string())]))?;
    pairs::change_party(desk, Some(may.caller.clone()), id, alias.to_owned(), phone).await?;
    Answer::ok(&found(desk, &may.caller, id).await?)
}
