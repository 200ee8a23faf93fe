//! The description of the API, OpenAPI 3.1, made from the handlers and the types that they take and give.

use std::collections::HashMap;
use std::sync::LazyLock;

use rocket::http::ContentType;
use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::events::{
    MessageDeliveredData, MessageFailedData, PairEndData, PairEndedData, PairExtendedData, PairOpenedData,
    PartyChangedData, PartyTextData, webhooks,
};
use super::pairs::opening::{AfterCompletionExpiry, FixedExpiry, SlidingExpiry};
use super::pairs::{ends, messages, parties};
use super::problem::{CODES, Fault, ProblemDetails};
use super::query::Known;
use super::{endpoints, pairs};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        version = "1",
        description = "Masked texting between people who do not know each other's numbers, and events about it.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/api/v1")),
    paths(
        pairs::create, pairs::index, pairs::show, ends::complete, ends::close, ends::extend, parties::change,
        messages::index, messages::create, endpoints::create, endpoints::index, endpoints::show, endpoints::delete,
    ),
    components(schemas(
        ProblemDetails, Fault, PairOpenedData, PairEndData, PairExtendedData, PairEndedData, PartyChangedData, PartyTextData,
        MessageDeliveredData, MessageFailedData, FixedExpiry, SlidingExpiry, AfterCompletionExpiry,
    )),
    modifiers(&Shared),
    tags(
        (name = "Pairs", description = "People who are joined for one transaction: each texts a mask of their own, and \
         nobody sees a number."),
        (name = "Messages", description = "What is said in a pair."),
        (name = "Endpoints", description = "Addresses of yours to which events are posted."),
    ),
)]
struct Document;

/// What every operation has: a token, and refusals.
struct Shared;

impl Modify for Shared {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("sb_…")
            .description(Some("A token, made by an admin under Tokens or by `switchboard token`."))
            .build();
        document.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(token));
        for (path, item) in &mut document.paths.paths {
            let named = path.contains('{');
            let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                refusals(operation, named);
            }
        }
    }
}

/// Codes that only the operations have that name them.
const OF_SOME: [&str; 6] =
    ["reference_in_use", "pair_ended", "not_completable", "at_hard_cap", "too_many_first_texts", "pool_exhausted"];

fn refusals(operation: &mut Operation, named: bool) {
    let body = operation.request_body.is_some();
    let once =
        operation.parameters.iter().flatten().any(|one| matches!(one, RefOr::T(one) if one.name == "Idempotency-Key"));
    let parameters = operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    for status in [400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503] {
        let possible = match status {
            404 => named,
            408 | 413 | 415 => body,
            409 => once,
            422 => body || parameters,
            _ => true,
        };
        let key = status.to_string();
        if !possible || operation.responses.responses.contains_key(&key) {
            continue;
        }
        let codes: Vec<String> = CODES
            .iter()
            .filter(|(code, known, ..)| *known == status && !OF_SOME.contains(code))
            .map(|(code, _, title, _)| format!("{title} (`{code}`)"))
            .collect();
        let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
        let response = ResponseBuilder::new()
            .description(format!("{}.", codes.join(", or ")))
            .content("application/problem+json", problem)
            .build();
        operation.responses.responses.insert(key, response.into());
    }
}

/// The document as a value.
pub(super) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    document["webhooks"] = webhooks();
    document
});

/// The parameters that an operation has in its address, by method and path.
static PARAMETERS: LazyLock<HashMap<(String, String), Vec<String>>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (path, item) in DOCUMENT["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let all = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let of_query = all.iter().filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str());
            let mut names: Vec<String> = of_query.map(str::to_owned).collect();
            names.sort_unstable();
            known.insert((method.to_uppercase(), path.clone()), names);
        }
    }
    known
});

/// The parameters that such a request may have in its address, as the description says: none if it does not name the route.
/// What is asked by HEAD is what is asked by GET.
pub(super) fn parameters_of(method: &str, path: &str) -> &'static [String] {
    let method = if method == "HEAD" { "GET" } else { method };
    PARAMETERS.get(&(method.to_owned(), path.to_owned())).map_or(&[], Vec::as_slice)
}

static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

#[rocket::get("/openapi.json")]
pub(super) fn show(_asked: Known) -> (ContentType, &'static str) {
    (ContentType::JSON, TEXT.as_str())
}
