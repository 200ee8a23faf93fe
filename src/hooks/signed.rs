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
use crate::wire::twilio::signature::{self, HEADER};

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
    #[error("there is no valid signature")]
    Unsigned,
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
        let form = Form::parse(&body);
        let url = format!("{public_url}{}", req.uri());
        let header = req.headers().get_one(HEADER).unwrap_or("");
        // The account is checked too: a token may be right for several of one owner's accounts.
        let ours = form.get("AccountSid").is_none_or(|account| account == seal.account);
        if signature::verify(&seal.tokens, &url, &form, header) && ours {
            Outcome::Success(Signed(form))
        } else {
            turned_away(desk, Status::Forbidden, TurnedAway::Unsigned)
        }
    }
}

fn turned_away<'r>(desk: &Desk, status: Status, why: TurnedAway) -> Outcome<'r, Signed> {
    let reason = match why {
        TurnedAway::TooLong => "too_long",
        TurnedAway::TooSlow => "too_slow",
        TurnedAway::Unsigned => "signature",
        TurnedAway::TooEarly => "early",
    };
    metrics::rejected(reason);
    desk.tallies.add(WEBHOOK_REJECTED, 1);
    tracing::warn!(reason, "a webhook was turned away: {why}");
    Outcome::Error((status, why))
}
