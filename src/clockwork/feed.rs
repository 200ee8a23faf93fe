//! Reads the change feed and informs open browsers, whichever node made the change.

use std::time::Duration;

use tokio::sync::watch;

use crate::desk::Desk;
use crate::faults;
use crate::store::Result;
use crate::store::conversations::changes;

/// Other nodes and operators' commands write without telling this process.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOK_EVERY_ALONE: Duration = Duration::from_secs(1);
/// Under load something is committed all the time; browsers are told of it together.
const REST: Duration = Duration::from_millis(20);

pub(super) async fn read(desk: Desk, mut stopped: watch::Receiver<bool>) {
    let every = if desk.store.is_shared() { LOOK_EVERY } else { LOOK_EVERY_ALONE };
    let (timeline, mut cursor) = (desk.store.timeline(), None);
    let mut number = timeline.number();
    while !*stopped.borrow() {
        if number != timeline.number() {
            // The log may end before the cursor, or hold something else up to it. Open pages begin anew by themselves.
            (number, cursor) = (timeline.number(), None);
        }
        if let Err(error) = announce(&desk, &mut cursor).await {
            tracing::error!(%error, "the change feed could not be read; open pages are not told");
        }
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            _ = stopped.changed() => {}
        }
        tokio::select! {
            () = desk.live.written() => {}
            () = tokio::time::sleep(every) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Announces everything after the cursor; begins at the newest.
async fn announce(desk: &Desk, cursor: &mut Option<i64>) -> Result<()> {
    let mut tx = desk.store.read().await?;
    let Some(mut after) = *cursor else {
        *cursor = Some(changes::newest(&mut tx).await?);
        return Ok(());
    };
    loop {
        let changes = changes::after(&mut tx, after).await?;
        let Some(last) = changes.last() else { return Ok(()) };
        after = last.id;
        *cursor = Some(after);
        faults::point("before_announcement");
        for change in changes {
            desk.live.announce(change);
        }
    }
}
