//! Why a request was refused, as RFC 9457 says: a sentence for people, a word for programs.
//!
//! Every refusal under `/api` is one, also those of guards and of Rocket itself.

use std::io::Cursor;

use rocket::Request;
use rocket::http::{ContentType, Header, Method, RawStr, Status};
use rocket::response::{Responder, Response, Result};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::quota;
use crate::domain::words::sentence::sentence;
use crate::http::request_log;
use crate::{desk, store};

/// Why a request was refused.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    code: &'static str,
    status: u16,
    detail: String,
    errors: Vec<Fault>,
    more: Map<String, Value>,
    /// In seconds.
    retry_after: Option<u32>,
}

/// Why a request was refused. Some codes have members of their own beside these.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDetails {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/reference#problem-refused")]
    kind: String,
    /// The kind of refusal, in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// A word for programs; it does not change.
    #[schema(example = "refused")]
    code: &'static str,
    /// What was wrong and what helps, for people.
    detail: String,
    /// What of the request cannot be used, and what helps; everything that was found, not only the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
    /// The request in our log; also in the header `X-Request-Id`.
    request_id: String,
    #[serde(flatten)]
    #[schema(ignore)]
    more: Map<String, Value>,
}

/// A part of a request that cannot be used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Fault {
    /// Where it stands in the body, as a JSON pointer (RFC 6901); the whole body if empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/parties/0/phone")]
    pointer: Option<String>,
    /// The parameter of the address that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    parameter: Option<String>,
    /// The header that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Idempotency-Key")]
    header: Option<&'static str>,
    /// What is wrong with it and what helps.
    detail: String,
}

impl Fault {
    /// Something in the body.
    pub(super) fn at(pointer: impl Into<String>, why: &str) -> Self {
        Fault { pointer: Some(pointer.into()), parameter: None, header: None, detail: sentence(why) }
    }

    /// A parameter of the address.
    pub(super) fn parameter(name: impl Into<String>, why: &str) -> Self {
        Fault { pointer: None, parameter: Some(name.into()), header: None, detail: sentence(why) }
    }

    /// A parameter of the address that stands there more than once.
    pub(super) fn twice(name: &'static str) -> Self {
        Fault::parameter(name, "it stands there more than once: write it once")
    }

    /// A header.
    pub(super) fn header(name: &'static str, why: &str) -> Self {
        Fault { pointer: None, parameter: None, header: Some(name), detail: sentence(why) }
    }

    /// Where it stands, in words.
    fn place(&self) -> String {
        match (self.pointer.as_deref(), self.parameter.as_deref().or(self.header)) {
            (Some(""), _) => "The body".to_owned(),
            (Some(pointer), _) => format!("`{pointer}`"),
            (None, name) => format!("`{}`", name.unwrap_or_default()),
        }
    }
}

/// Every code with its status, its title and what it means, in the order in which they are explained.
pub(super) const CODES: [(&str, u16, &str, &str); 21] = [
    ("malformed", 400, "Malformed request", "The request is no proper HTTP, or a parameter or header cannot be read."),
    (
        "unauthorized",
        401,
        "No valid token",
        "Show a token: `Authorization: Bearer sb_…`. It may be mistyped, expired or revoked.",
    ),
    ("forbidden", 403, "Not allowed", "The token lacks the scope that `scope` names. Make one that has it."),
    ("not_found", 404, "Not found", "There is no such thing at this address."),
    (
        "method_not_allowed",
        405,
        "Method not allowed",
        "This address takes other methods: the header `Allow` names them.",
    ),
    ("too_slow", 408, "Request timed out", "The body did not arrive within 10 seconds."),
    (
        "under_way",
        409,
        "Still being answered",
        "A request with this `Idempotency-Key` is being answered: ask again in a second.",
    ),
    (
        "reference_in_use",
        409,
        "Reference in use",
        "An open pair has this reference and was asked for in other words: use another, or end that pair first.",
    ),
    ("pair_ended", 409, "Pair has ended", "Nothing can be done in a pair that is over: open another."),
    (
        "not_completable",
        409,
        "Not completable",
        "The end of this pair does not wait for completion: close it, or open pairs with `after_completion`.",
    ),
    ("at_hard_cap", 409, "At the hard cap", "The pair lives as long as it may: ask for a longer `hard_cap`."),
    ("too_large", 413, "Too large", "Send a body of at most 64 KiB."),
    ("not_json", 415, "Not JSON", "Send JSON, with the header `Content-Type: application/json`."),
    ("refused", 422, "Refused", "A part of the request cannot be used: `errors` says which, why, and what helps."),
    ("key_reused", 422, "Key used before", "Another request came with this `Idempotency-Key`: choose a new key."),
    ("too_many_requests", 429, "Too many requests", "Wait as many seconds as `Retry-After` says."),
    (
        "too_many_first_texts",
        429,
        "Too many first texts",
        "Your app has brought as many phones into pairs within an hour as it may: wait as many seconds as `Retry-After` says.",
    ),
    ("headers_too_large", 431, "Headers too large", "Send fewer or shorter headers."),
    ("internal", 500, "A fault of ours", "It has been logged under the request's id."),
    (
        "pool_exhausted",
        503,
        "No masks left",
        "`missing` says how many more numbers are needed, and for which country. Tell whoever runs Switchboard.",
    ),
    ("unavailable", 503, "Not now", "The database did not answer; nothing was done. Try again in a minute."),
];

impl Problem {
    /// A refusal with this code.
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let status = known(code).map_or(500, |(_, status, ..)| *status);
        Problem { code, status, detail: detail.into(), errors: Vec::new(), more: Map::new(), retry_after: None }
    }

    /// Parts of the request cannot be used.
    pub(super) fn refused(faults: impl IntoIterator<Item = Fault>) -> Self {
        Problem::new("refused", "").because(faults)
    }

    /// The same, because of these.
    pub(super) fn because(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.errors.extend(faults);
        if self.detail.is_empty() {
            let said = self.errors.iter().map(|fault| format!("{}: {}", fault.place(), fault.detail));
            self.detail = said.collect::<Vec<_>>().join(" ");
        }
        self
    }

    /// There is no such thing, or it is not for this token: not told apart.
    pub(super) fn not_found() -> Self {
        Problem::new("not_found", "There is no such thing.")
    }

    /// The same with another member.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The same, to be tried again after so many seconds.
    pub(super) fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// It as it is written.
    pub(super) fn details(self, request_id: &str) -> ProblemDetails {
        ProblemDetails {
            kind: format!("{}/reference#problem-{}", super::BASE, self.code),
            title: known(self.code).map_or("Refused", |(_, _, title, _)| title),
            status: self.status,
            code: self.code,
            detail: self.detail,
            errors: self.errors,
            request_id: request_id.to_owned(),
            more: self.more,
        }
    }

    /// Leaves it in the request for the catcher; the first one stays.
    pub(super) fn leave(self, req: &Request<'_>) -> Status {
        let status = Status::new(self.status);
        req.local_cache(|| Some(self));
        status
    }
}

fn known(code: &str) -> Option<&'static (&'static str, u16, &'static str, &'static str)> {
    CODES.iter().find(|(word, ..)| *word == code)
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the database did not do what a program asked");
        Problem::new("unavailable", "The database did not answer, so nothing was done. Try again in a minute.")
            .after(60)
    }
}

impl From<desk::Failure> for Problem {
    fn from(failure: desk::Failure) -> Self {
        match failure {
            desk::Failure::NotFound => Problem::not_found(),
            desk::Failure::Refused { field, why } => Problem::refused([Fault::at(format!("/{field}"), &why)]),
            desk::Failure::Store(error) => error.into(),
        }
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        let (status, retry_after) = (self.status, self.retry_after);
        let details = self.details(request_log::id(req));
        let json = serde_json::to_string(&details).map_err(|error| {
            tracing::error!(%error, "a refusal could not be written");
            Status::InternalServerError
        })?;
        let mut response = Response::build();
        response
            .status(Status::new(status))
            .header(ContentType::new("application", "problem+json"))
            .sized_body(json.len(), Cursor::new(json));
        if let Some(seconds) = retry_after {
            response.header(Header::new("Retry-After", seconds.to_string()));
        }
        if status == 401 {
            response.header(Header::new("WWW-Authenticate", "Bearer realm=\"Switchboard\""));
        }
        if status == 405 {
            let methods: Vec<&str> = methods_at(req).iter().map(|method| method.as_str()).collect();
            response.header(Header::new("Allow", methods.join(", ")));
        }
        quota::tell(req, &mut response);
        response.ok()
    }
}

/// The methods that the address of a request takes.
fn methods_at(req: &Request<'_>) -> Vec<Method> {
    let asked: Vec<&str> = req.uri().path().raw_segments().map(RawStr::as_str).collect();
    let routes = req.rocket().routes().filter(|route| {
        let parts: Vec<&str> = route.uri.path().split('/').filter(|part| !part.is_empty()).collect();
        parts.len() == asked.len() && parts.iter().zip(&asked).all(|(part, word)| part.starts_with('<') || part == word)
    });
    let mut methods: Vec<Method> = routes.map(|route| route.method).collect();
    if methods.contains(&Method::Get) {
        methods.push(Method::Head);
    }
    methods.sort_unstable_by_key(|method| method.as_str());
    methods.dedup();
    methods
}

/// What no handler has answered.
#[rocket::catch(default)]
pub(super) fn caught(status: Status, req: &Request<'_>) -> Problem {
    if let Some(left) = req.local_cache(|| None::<Problem>) {
        return left.clone();
    }
    if status == Status::NotFound && req.route().is_none() {
        let methods = methods_at(req);
        if !methods.is_empty() && !methods.contains(&req.method()) {
            let detail = format!("This address does not take {}.", req.method());
            return Problem::new("method_not_allowed", detail);
        }
    }
    let (code, detail) = match CODES.iter().find(|(_, code, ..)| *code == status.code) {
        Some((code, _, _, meaning)) => (*code, *meaning),
        None if status.code >= 500 => ("internal", "The fault is ours and has been logged."),
        None => ("malformed", "The request could not be read."),
    };
    Problem { status: status.code, ..Problem::new(code, detail) }
}
