//! For machines that watch: is it alive, is it ready, what does it count.

use rocket::State;
use rocket::http::{ContentType, Status};

use crate::desk::Desk;
use crate::metrics;
use crate::store::views::health;

/// The process answers.
#[rocket::get("/health/live")]
pub(super) fn live() -> &'static str {
    "live\n"
}

/// The database answers, so webhooks can be taken in. The schema is brought up to date before the port opens.
#[rocket::get("/health/ready")]
pub(super) async fn ready(desk: &State<Desk>) -> (Status, &'static str) {
    let asked = async { health::answers(&mut desk.store.read().await?).await };
    match asked.await {
        Ok(()) => (Status::Ok, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (Status::ServiceUnavailable, "the database does not answer\n")
        }
    }
}

/// Prometheus text. It counts, and names nobody.
#[rocket::get("/metrics")]
pub(super) fn counts() -> (ContentType, String) {
    (ContentType::new("text", "plain").with_params(("version", "0.0.4")), metrics::text_format())
}
