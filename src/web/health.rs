//! For machines that watch: is it alive, is it ready, what does it count.

use std::time::Duration;

use rocket::State;
use rocket::http::{ContentType, Status};
use tokio::time::timeout;

use crate::desk::{Desk, identity};
use crate::metrics;
use crate::store::views::health;

/// The longest that a database is waited for by whoever asks about it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The process answers. Whoever asks with a question of their own is shown that it serves a certain database: `doctor` tells
/// by that whether this very service stands at the public address.
#[rocket::get("/health/live?<nonce>")]
pub(super) async fn live(nonce: Option<&str>, desk: &State<Desk>) -> String {
    let Some(nonce) = nonce else { return "live\n".to_owned() };
    match timeout(PATIENCE, identity::answer(&desk.store, nonce)).await {
        Ok(Ok(Some(answer))) => format!("live {answer}\n"),
        // It lives all the same; what is wrong with the database, readiness tells.
        Ok(Ok(None) | Err(_)) | Err(_) => "live\n".to_owned(),
    }
}

/// The database answers, so webhooks can be taken in. The schema is brought up to date before the port opens.
#[rocket::get("/health/ready")]
pub(super) async fn ready(desk: &State<Desk>) -> (Status, &'static str) {
    let asked = async { health::answers(&mut desk.store.read().await?).await };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(())) => return (Status::Ok, "ready\n"),
        Ok(Err(error)) => tracing::warn!(%error, "not ready"),
        Err(_) => tracing::warn!("not ready: the database does not answer within {} s", PATIENCE.as_secs()),
    }
    (Status::ServiceUnavailable, "the database does not answer\n")
}

/// Prometheus text. It counts, and names nobody.
#[rocket::get("/metrics")]
pub(super) fn counts() -> (ContentType, String) {
    (ContentType::new("text", "plain").with_params(("version", "0.0.4")), metrics::text_format())
}
