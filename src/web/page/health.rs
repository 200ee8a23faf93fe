//! For machines that watch: whether the program is alive, whether it is ready, and its counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use rocket::State;
use rocket::http::{ContentType, Status};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::desk::Desk;
use crate::desk::upkeep::identity;
use crate::metrics;

/// The longest time that a health check waits for the database.
const PATIENCE: Duration = Duration::from_secs(3);
/// What was found out is told again for so long.
const FRESH: Duration = Duration::from_secs(1);

/// The process answers. To a question (`nonce`) it proves which database it serves, so that `doctor` can see whether the
/// public address leads to this server.
#[rocket::get("/health/live?<nonce>")]
pub(in crate::web) async fn live(nonce: Option<&str>, desk: &State<Desk>) -> String {
    let Some(nonce) = nonce else { return "live\n".to_owned() };
    match timeout(PATIENCE, identity::answer(&desk.store, nonce)).await {
        Ok(Ok(Some(answer))) => format!("live {answer}\n"),
        // It lives all the same; what is wrong with the database, readiness tells.
        Ok(Ok(None) | Err(_)) | Err(_) => "live\n".to_owned(),
    }
}

/// What was last found out about the database.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<Found>>>);

#[derive(Clone, Copy, Debug)]
struct Found {
    at: Instant,
    writes: bool,
    /// How many writes the database had refused before.
    refused: u64,
}

impl Readiness {
    /// Whether the database can be written. Questions within one second get the same answer, so that nobody can cause more
    /// than one write a second. A write that found no room meanwhile, such as that of a text, overrules it; after such a
    /// write, and at the start, the check must find room for more than a row.
    async fn writes(self, desk: Desk) -> bool {
        let mut last = self.0.lock().await;
        let refused = desk.store.refused();
        let wrote = last.is_some_and(|found| found.writes && found.refused == refused);
        if last.is_some_and(|found| found.at.elapsed() < FRESH) {
            return wrote;
        }
        let node = desk.node.to_string();
        let written = timeout(PATIENCE, identity::try_to_write(&desk.store, &node, desk.clock.now(), !wrote)).await;
        match &written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "not ready"),
            Err(_) => tracing::warn!("not ready: the database does not write within {} s", PATIENCE.as_secs()),
        }
        let writes = matches!(written, Ok(Ok(())));
        *last = Some(Found { at: Instant::now(), writes, refused });
        writes
    }
}

/// Webhooks can be taken in: the database keeps what is written, and nobody has told the process to stop. The schema is
/// brought up to date before the port opens.
#[rocket::get("/health/ready")]
pub(in crate::web) async fn ready(
    ready: &State<Readiness>,
    desk: &State<Desk>,
    end: rocket::Shutdown,
) -> (Status, &'static str) {
    if end.now_or_never().is_some() {
        return (Status::ServiceUnavailable, "stopping\n");
    }
    // In a task of its own: what is found out is kept for the next who ask, also when this one is not waited for any more.
    let asked = tokio::spawn(ready.inner().clone().writes(desk.inner().clone()));
    match timeout(PATIENCE, asked).await {
        Ok(Ok(true)) => (Status::Ok, "ready\n"),
        Ok(Ok(false) | Err(_)) | Err(_) => (Status::ServiceUnavailable, "the database does not write\n"),
    }
}

/// Prometheus text. It counts, and names nobody.
#[rocket::get("/metrics")]
pub(in crate::web) fn counts() -> (ContentType, String) {
    (ContentType::new("text", "plain").with_params(("version", "0.0.4")), metrics::text_format())
}
