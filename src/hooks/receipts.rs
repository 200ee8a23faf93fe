//! A receipt arrives, at an address that belongs to one attempt alone.

use rocket::http::Status;
use rocket::{State, post};

use super::in_time;
use super::inbound::misshapen;
use super::signed::Signed;
use crate::desk::Desk;
use crate::desk::outbox::deliver::Taken;
use crate::desk::outbox::receipts as desk_receipts;
use crate::domain::outbox::delivery;
use crate::domain::outbox::settlement::Report;
use crate::faults;
use crate::wire::twilio::codes::{self, Class};
use crate::wire::twilio::inbound::clean;
use crate::wire::twilio::receipt::Receipt;

/// Rank of a status whose word nobody here knows: below all others.
const UNKNOWN_WORD: i64 = -1;

#[post("/receipts/<token>", data = "<post>")]
pub(super) async fn receipts(desk: &State<Desk>, token: &str, post: Signed) -> Result<Status, Status> {
    let receipt = Receipt::read(&post.0).map_err(|bad| misshapen(desk, bad))?;
    faults::point("before_receipt");
    let (desk, token, report) = (desk.inner().clone(), clean(token), report(receipt));
    let found = in_time(async move { desk_receipts::receipt(&desk, &token, report).await }).await;
    faults::point("after_receipt");
    match found {
        Ok(Taken::Known) => Ok(Status::NoContent),
        Ok(Taken::Stranger) => {
            tracing::warn!("a receipt came for no attempt of ours, or for another message than its own");
            Err(Status::NotFound)
        }
        Err(error) => {
            tracing::error!(%error, "a receipt could not be stored; the carrier is asked to try again");
            Err(Status::ServiceUnavailable)
        }
    }
}

fn report(receipt: Receipt) -> Report {
    let meaning = receipt.error_code.map(codes::meaning);
    Report {
        rank: receipt.rank().unwrap_or(UNKNOWN_WORD),
        state: delivery::state_of(&receipt.status),
        code: receipt.error_code,
        why: meaning.map(|meaning| meaning.reason.to_owned()),
        opted_out: meaning.is_some_and(|meaning| meaning.class == Class::OptedOut),
        id: receipt.message_sid,
    }
}
