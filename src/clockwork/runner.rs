//! Makes requests to the carrier, and claims waiting deliveries as soon as they are due.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::desk::Desk;
use crate::desk::outbox::{Sending, claim, deliver};

/// The longest that the runner sleeps while nothing seems to be due: another node may have put something there.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// A pause after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Makes every request that a commit has begun, all at once: their number is bounded by the desk's room.
pub(super) async fn send(
    desk: Desk,
    mut outgoing: mpsc::UnboundedReceiver<Sending>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            Some(sending) = outgoing.recv() => {
                let desk = desk.clone();
                under_way.spawn(async move { deliver::deliver(&desk, sending).await });
            }
            Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
            _ = stopped.changed(), if !*stopped.borrow() => {}
            else => break,
        }
        // The doors are closed by now; what they began is finished, then what that freed, until nothing is left.
        if *stopped.borrow() && under_way.is_empty() && outgoing.is_empty() {
            break;
        }
    }
}

/// Requests that must have room before a claim is worth a transaction.
const ROOM_TO_CLAIM: u32 = 32;

/// Claims what is due; rests until the next is, or until somebody rings.
pub(super) async fn claim(desk: Desk, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        // While the carrier is slow the room is full. Requests that wait here get the next places: older texts go first.
        tokio::select! {
            room = desk.room.acquire_many(ROOM_TO_CLAIM) => drop(room),
            _ = stopped.changed() => return,
        }
        let rest = match claim::claim(&desk).await {
            Ok(claimed) if claimed.looked_at > 0 => continue,
            Ok(claimed) => {
                let until = claimed.next_due.map_or(LONGEST_REST, |due| due.since(desk.clock.now()));
                until.clamp(Duration::from_millis(1), LONGEST_REST)
            }
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = desk.wake.notified() => {}
            () = tokio::time::sleep(rest) => {}
            _ = stopped.changed() => {}
        }
    }
}
