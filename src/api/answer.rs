//! What a request is answered with: a status and JSON.

use std::io::Cursor;

use rocket::Request;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Response, Result};
use serde::Serialize;

use super::caller;
use super::problem::Problem;

/// The answer of a handler.
pub(super) type Told = std::result::Result<Answer, Problem>;

/// JSON with its status.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Empty if there is none.
    pub(super) json: String,
    /// It was given before, to the same request.
    pub(super) again: bool,
}

impl Answer {
    /// What was asked for.
    pub(super) fn ok(value: &impl Serialize) -> Told {
        Answer::of(200, value)
    }

    /// What was made.
    pub(super) fn created(value: &impl Serialize) -> Told {
        Answer::of(201, value)
    }

    /// It was done, and there is nothing to say.
    pub(super) fn done() -> Answer {
        Answer { status: 204, json: String::new(), again: false }
    }

    fn of(status: u16, value: &impl Serialize) -> Told {
        let json = serde_json::to_string(value).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Problem::new("internal", "The fault is ours and has been logged.")
        })?;
        Ok(Answer { status, json, again: false })
    }
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        let mut response = Response::build();
        response.status(Status::new(self.status));
        if !self.json.is_empty() {
            response.header(ContentType::JSON).sized_body(self.json.len(), Cursor::new(self.json));
        }
        if self.again {
            response.header(Header::new("Idempotency-Replayed", "true"));
        }
        caller::tell_quota(req, &mut response);
        response.ok()
    }
}
