//! Who may use the API: HTTP Basic with the account's id and token, and only for that account.
//!
//! The guard also applies faults that concern every request, because a carrier that is down is down for all of them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rocket::request::{FromRequest, Outcome, Request};
use subtle::ConstantTimeEq as _;

use super::answer::{Reply, internal, not_found, unauthorized};
use crate::simulator::{Kind, Simulator};
use crate::wire::twilio::error::ApiError;

/// The account that a request's credentials belong to, or why there is none; and where the API is mounted.
pub(super) struct Caller {
    simulator: Simulator,
    known: bool,
    base: String,
    shutdown: rocket::Shutdown,
}

impl Caller {
    /// Answers with what `work` makes, unless a fault or a refusal comes first.
    pub(super) async fn answer<F>(self, account: &str, work: impl FnOnce(Simulator, String) -> F) -> Reply
    where
        F: Future<Output = Result<Reply, ApiError>>,
    {
        let reply = match self.stopped().await {
            Some(reply) => reply,
            None if !self.known => unauthorized().into(),
            None if account != self.simulator.account() => not_found("account").into(),
            None => work(self.simulator, self.base).await.unwrap_or_else(Reply::from),
        };
        reply.held(self.shutdown).await
    }

    async fn stopped(&self) -> Option<Reply> {
        let struck = self.simulator.0.faults.strike("", "", |fault| fault.everywhere);
        if let Some(slow) = struck.find(Kind::Slow) {
            tokio::time::sleep(Duration::from_millis(slow.millis)).await;
        }
        let fault = struck.first(|fault| fault.kind != Kind::Slow)?;
        self.simulator.0.wire.note(self.simulator.now(), "fault", "", "", fault.kind.in_words());
        Some(match fault.kind {
            Kind::Refused | Kind::Reset => Reply::Closed,
            Kind::BlackHole => Reply::Silent,
            Kind::Unauthorized => unauthorized().into(),
            _ => internal().into(),
        })
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Caller {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let Some(simulator) = request.rocket().state::<Simulator>().cloned() else {
            return Outcome::Forward(rocket::http::Status::NotFound);
        };
        let settings = &simulator.0.settings;
        let wanted = format!("{}:{}", settings.account, settings.token);
        let known = request
            .headers()
            .get_one("Authorization")
            .and_then(|header| header.strip_prefix("Basic "))
            .and_then(|text| STANDARD.decode(text.trim()).ok())
            .is_some_and(|given| bool::from(given.ct_eq(wanted.as_bytes())));
        let base = request.route().map_or("", |route| route.uri.base()).trim_end_matches('/').to_owned();
        Outcome::Success(Caller { known, base, shutdown: request.rocket().shutdown(), simulator })
    }
}
