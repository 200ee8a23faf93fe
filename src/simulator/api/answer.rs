//! What the API answers, right and wrong, down to a connection that ends without an answer.
//!
//! Rocket cannot reset a connection. A header that HTTP does not allow makes it end one before the first byte, and a
//! length that the body does not reach makes it end one in the middle. A client sees what it would see at a carrier.

use std::io::Cursor;
use std::time::Duration;

use rocket::Request;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};
use tokio::io::{AsyncWriteExt as _, DuplexStream};

use crate::simulator::Simulator;
use crate::wire::twilio::error::ApiError;
use crate::wire::twilio::message::rfc2822;

/// An answer, or the lack of one.
#[derive(Debug)]
pub(in crate::simulator) enum Reply {
    /// JSON with a status.
    Json {
        /// HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// Seconds for Retry-After.
        retry_after: Option<u64>,
    },
    /// 204.
    Nothing,
    /// The connection ends before the first byte of an answer.
    Closed,
    /// The connection ends in the middle of the body.
    Cut {
        /// HTTP status.
        status: u16,
        /// The whole body, of which half is sent.
        body: String,
    },
    /// No answer until the client gives up (at most [`Reply::SILENCE`]), then the connection ends.
    Silent,
}

impl Reply {
    /// Longer than any client waits.
    pub(in crate::simulator) const SILENCE: Duration = Duration::from_mins(2);

    /// JSON.
    pub(in crate::simulator) fn json(status: u16, body: &impl serde::Serialize) -> Self {
        let body = serde_json::to_string(body).unwrap_or_default();
        Reply::Json { status, body, retry_after: None }
    }

    /// Waits, if silence is the answer.
    pub(in crate::simulator) async fn held(self, shutdown: rocket::Shutdown) -> Self {
        if let Reply::Silent = self {
            tokio::select! {
                () = tokio::time::sleep(Self::SILENCE) => {}
                () = shutdown => {}
            }
            return Reply::Closed;
        }
        self
    }
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        if let Some(simulator) = request.rocket().state::<Simulator>() {
            response.header(Header::new("Date", date(simulator)));
        }
        match self {
            Reply::Json { status, body, retry_after } => {
                response.status(Status::new(status)).header(ContentType::JSON);
                if let Some(seconds) = retry_after {
                    response.header(Header::new("Retry-After", seconds.to_string()));
                }
                response.sized_body(body.len(), Cursor::new(body));
            }
            Reply::Nothing => {
                response.status(Status::NoContent);
            }
            Reply::Closed | Reply::Silent => {
                response.header(Header::new("X-Broken", "\n"));
            }
            Reply::Cut { status, body } => {
                response.status(Status::new(status)).header(ContentType::JSON);
                response.header(Header::new("Content-Length", body.len().to_string()));
                response.streamed_body(half(body));
            }
        }
        response.ok()
    }
}

/// What its clock shows. Without a date of ours the server would put this machine's there.
fn date(simulator: &Simulator) -> String {
    if simulator.shows().undated {
        return "unknown".to_owned();
    }
    rfc2822(simulator.now()).replace("+0000", "GMT")
}

/// The first half of a body, which must have left the house before the connection ends.
fn half(body: String) -> DuplexStream {
    let (mut pen, paper) = tokio::io::duplex(body.len().max(1));
    tokio::spawn(async move {
        // The reader may be gone; then there is nobody to tell.
        let _ = pen.write_all(&body.as_bytes()[..body.len() / 2]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    });
    paper
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        Reply::Json { status: error.status, body: error.to_json(), retry_after: None }
    }
}

/// 404, code 20404.
pub(super) fn not_found(what: &str) -> ApiError {
    ApiError::new(404, 20404, &format!("The requested resource {what} was not found"))
}

/// 401, code 20003.
pub(in crate::simulator) fn unauthorized() -> ApiError {
    ApiError::new(401, 20003, "Authenticate")
}

/// 500, code 20500.
pub(in crate::simulator) fn internal() -> ApiError {
    ApiError::new(500, 20500, "An internal server error has occurred")
}
