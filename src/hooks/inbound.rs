//! A text arrives. The hook answers when it is on disk, with an empty answer: the relay is not an answer.

use std::sync::OnceLock;
use std::time::Instant;

use rocket::http::{ContentType, Status};
use rocket::{State, post};

use super::in_time;
use super::signed::Signed;
use crate::desk::Desk;
use crate::desk::receiving::{self, Inbound};
use crate::desk::upkeep::tallies::WEBHOOK_REJECTED;
use crate::domain::words::keyword::Keyword;
use crate::wire::twilio::EMPTY_RESPONSE;
use crate::wire::twilio::inbound::{BadField, InboundText, OptOutType};
use crate::{faults, metrics};

#[post("/messages", data = "<post>")]
pub(super) async fn messages(desk: &State<Desk>, post: Signed) -> Result<(ContentType, &'static str), Status> {
    let came = Instant::now();
    let text = InboundText::read(&post.0).map_err(|bad| misshapen(desk, bad))?;
    let (desk, text) = (desk.inner().clone(), inbound(text));
    let outcome = in_time(async move { receiving::receive(&desk, text).await }).await.map_err(|error| {
        tracing::error!(%error, "a text could not be stored; the carrier is asked to try again");
        Status::ServiceUnavailable
    })?;
    faults::point("before_answer");
    metrics::webhook(came.elapsed().as_secs_f64());
    tracing::debug!(outcome = outcome.word(), "a text came in");
    Ok((ContentType::XML, EMPTY_RESPONSE))
}

/// What is signed and still no text of a carrier's: 400, which a carrier that is not told to try everything again does not
/// try again; counted like what is not signed, so that somebody looks.
pub(super) fn misshapen(desk: &Desk, bad: BadField) -> Status {
    metrics::rejected("shape");
    desk.tallies.add(WEBHOOK_REJECTED, 1);
    tracing::warn!(%bad, "a signed webhook cannot be read");
    Status::BadRequest
}

fn inbound(text: InboundText) -> Inbound {
    Inbound {
        account: text.account_sid,
        carrier_id: text.message_sid,
        from: text.from,
        to: text.to,
        body: text.body,
        media: text.media.into_iter().map(|file| (file.url, file.content_type)).collect(),
        raw: text.raw,
        carrier_keyword: text.opt_out.map(|opt_out| match opt_out {
            OptOutType::Stop => Keyword::Stop,
            OptOutType::Start => Keyword::Start,
            OptOutType::Help => Keyword::Help,
        }),
        refuses: OnceLock::new(),
    }
}
