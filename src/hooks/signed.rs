//! The guard of the hooks: a post must have the carrier's signature.
//!
//! It checks the signature over the configured public address; `Host` and `X-Forwarded-…` do not change that.

use std::time::Duration;

use rocket::data::{ByteUnit, FromData, Outcome};
use rocket::http::Status;
use rocket::{Data, Request};

use super::Seal;
use crate::desk::Desk;
use crate::desk::upkeep::tallies::WEBHOOK_REJECTED;
use crate::metrics;
use crate::wire::twilio::form::Form;
use crate::wire::twilio::signature::{HEADER, has_digest_of};
use crate::wire::twilio::signing_keys::{SETTINGS_HEADER, Unproven};

/// The longest body, in MiB.
const LONGEST: u64 = 1;
/// A body that takes longer to arrive is given up; the carrier gives up after 15 s in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// The parameters of a signed post.
pub(super) struct Signed(pub Form);

/// Why a post was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TurnedAway {
    #[error("the body is longer than {LONGEST} MiB")]
    TooLong,
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error(transparent)]
    Unproven(#[from] Unproven),
    #[error("it is signed for another account")]
    Strange,
    #[error("the public address is not known yet")]
    TooEarly,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Signed {
    type Error = TurnedAway;

    async fn from_data(req: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let (Some(desk), Some(seal)) = (req.rocket().state::<Desk>(), req.rocket().state::<Seal>()) else {
            return Outcome::Error((Status::InternalServerError, TurnedAway::TooEarly));
        };
        let Some(public_url) = desk.public_url.get() else {
            return Outcome::Error((Status::ServiceUnavailable, TurnedAway::TooEarly));
        };
        let body = match tokio::time::timeout(PATIENCE, data.open(ByteUnit::Mebibyte(LONGEST)).into_bytes()).await {
            Ok(Ok(body)) if body.is_complete() => body.into_inner(),
            Ok(Ok(_)) => return turned_away(desk, Status::PayloadTooLarge, TurnedAway::TooLong),
            Ok(Err(_)) | Err(_) => return turned_away(desk, Status::RequestTimeout, TurnedAway::TooSlow),
        };
        let url = format!("{public_url}{}", req.uri());
        match proven(req, seal, &url, &body) {
            Ok(form) => Outcome::Success(Signed(form)),
            Err(why) => turned_away(desk, Status::Forbidden, why),
        }
    }
}

/// The parameters of a post to `url` that the carrier has signed.
fn proven(req: &Request<'_>, seal: &Seal, url: &str, body: &[u8]) -> Result<Form, TurnedAway> {
    // JSON has no parameters: nothing can be read from it, and the carrier is told so once it has proven who it is.
    let form = match req.content_type() {
        Some(kind) if kind.is_json() && has_digest_of(url, body) => Form::new(),
        Some(kind) if kind.is_json() => return Err(Unproven::Signature.into()),
        _ => Form::parse(body),
    };
    seal.keys.verify(req.headers().get(SETTINGS_HEADER), url, &form, req.headers().get_one(HEADER).unwrap_or(""))?;
    // The account is checked too: a token may be right for several of one owner's accounts.
    let ours = form.get("AccountSid").is_none_or(|account| account == seal.account);
    if ours { Ok(form) } else { Err(TurnedAway::Strange) }
}

fn turned_away<'r>(desk: &Desk, status: Status, why: TurnedAway) -> Outcome<'r, Signed> {
    let reason = match why {
        TurnedAway::TooLong => "too_long",
        TurnedAway::TooSlow => "too_slow",
        TurnedAway::Unproven(_) | TurnedAway::Strange => "signature",
        TurnedAway::TooEarly => "early",
    };
    metrics::rejected(reason);
    desk.tallies.add(WEBHOOK_REJECTED, 1);
    tracing::warn!(reason, "a webhook was turned away: {why}");
    Outcome::Error((status, why))
}
