//! The answer to a request: a status and JSON.

use std::io::Cursor;

use rocket::Request;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Response, Result};
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::quota;

/// The answer of a handler.
pub(super) type Answered = std::result::Result<Answer, Problem>;

/// JSON with its status.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Empty if there is none.
    pub(super) json: String,
    /// It was given before, to the same request.
    pub(super) again: bool,
    /// Where what was made stands.
    pub(super) location: Option<String>,
}

impl Answer {
    /// What was asked for.
    pub(super) fn ok(value: &impl Serialize) -> Answered {
        Answer::of(200, value)
    }

    /// What was made.
    pub(super) fn created(value: &impl Serialize) -> Answered {
        Answer::of(201, value)
    }

    /// It was done, and there is nothing to say.
    pub(super) fn done() -> Answer {
        Answer { status: 204, json: String::new(), again: false, location: None }
    }

    /// The same; what was made stands in this collection, by its id.
    pub(super) fn stands_in(mut self, collection: &str) -> Answer {
        if self.status == 201 {
            let made: Option<Made> = serde_json::from_str(&self.json).ok();
            self.location = made.map(|made| format!("{}/{collection}/{}", super::BASE, made.id));
        }
        self
    }

    fn of(status: u16, value: &impl Serialize) -> Answered {
        let json = serde_json::to_string(value).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Problem::new("internal", "The fault is ours and has been logged.")
        })?;
        Ok(Answer { status, json, again: false, location: None })
    }
}

/// What every answer about something that was made has.
#[derive(Deserialize)]
struct Made {
    id: String,
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        let mut response = Response::build();
        response.status(Status::new(self.status));
        if !self.json.is_empty() {
            response.header(ContentType::JSON).sized_body(self.json.len(), Cursor::new(self.json));
        }
        if let Some(location) = self.location {
            response.header(Header::new("Location", location));
        }
        if self.again {
            response.header(Header::new("Idempotency-Replayed", "true"));
        }
        quota::tell(req, &mut response);
        response.ok()
    }
}
