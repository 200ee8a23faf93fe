//! Informs open pages that something changed; each page fetches the change by itself.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::Status;
use rocket::response::status::Custom;
use rocket::response::stream::{Event, EventStream};
use rocket::{Shutdown, State, get};

use crate::simulator::Simulator;

/// Quickest succession of announcements to one page.
const PAUSE: Duration = Duration::from_millis(150);

/// One event at once and one after every change, at most about six a second; its data is a revision, which differs
/// whenever the page does.
#[get("/live")]
pub(in crate::simulator) fn live(
    simulator: &State<Simulator>,
    mut shutdown: Shutdown,
) -> Result<EventStream![], Custom<&'static str>> {
    let Ok(listening) = Arc::clone(&simulator.0.listeners).try_acquire_owned() else {
        return Err(Custom(Status::TooManyRequests, "So many pages listen already. Close some.\n"));
    };
    let mut changed = simulator.0.changed.subscribe();
    Ok(EventStream! {
        // Held as long as the stream is.
        let _listening = listening;
        yield Event::retry(Duration::from_secs(1));
        loop {
            let revision = *changed.borrow_and_update();
            yield Event::data(revision.to_string()).event("changed");
            tokio::select! {
                more = changed.changed() => if more.is_err() { break },
                () = &mut shutdown => break,
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
}
