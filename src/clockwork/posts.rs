//! Posts events to endpoints when they are due. A slow endpoint does not delay the others.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::desk::Desk;
use crate::desk::programs::post;
use crate::domain::ids::EndpointId;
use crate::store::Result;

/// Posts under way at once.
const ROOM: usize = 64;
/// Posts under way at once to one endpoint: so many pairs, since those of one pair go one after the other.
const ROOM_OF_ONE: usize = 8;
/// How soon an event leaves that was told of just now.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A pause after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// What is under way at the end has so long to be settled; what is not is posted again, under the same id.
const LAST: Duration = Duration::from_secs(2);

/// The posts under way.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<()>,
    to: HashMap<tokio::task::Id, EndpointId>,
}

impl UnderWay {
    /// Begins what is due and has room. Whether there may be more.
    async fn begin(&mut self, desk: &Desk) -> Result<bool> {
        let mut busy: Vec<EndpointId> = self.to.values().copied().collect();
        busy.sort_unstable();
        busy.dedup();
        busy.retain(|endpoint| self.to.values().filter(|one| *one == endpoint).count() >= ROOM_OF_ONE);
        // No more than one endpoint may take in all: they may all be for the same one.
        let room = ROOM_OF_ONE.min(ROOM.saturating_sub(self.to.len()));
        let taken = post::take(desk, &busy, i64::try_from(room).unwrap_or(0)).await?;
        let any = !taken.is_empty();
        for due in taken {
            let (desk, endpoint) = (desk.clone(), due.endpoint);
            let task = self.tasks.spawn(async move { post::deliver(&desk, due).await });
            self.to.insert(task.id(), endpoint);
        }
        Ok(any)
    }

    /// Waits until one has ended; for good if there is none.
    async fn one_ends(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => drop(self.to.remove(&id)),
            Some(Err(error)) => drop(self.to.remove(&error.id())),
            None => std::future::pending().await,
        }
    }
}

pub(super) async fn run(desk: Desk, mut stopped: watch::Receiver<bool>) {
    let mut under_way = UnderWay::default();
    while !*stopped.borrow() {
        let rest = match under_way.begin(&desk).await {
            Ok(true) => continue,
            Ok(false) => LOOK_EVERY,
            Err(error) => {
                tracing::error!(%error, "events could not be taken for posting");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = under_way.one_ends() => {}
            () = tokio::time::sleep(rest) => {}
            _ = stopped.changed() => {}
        }
    }
    let all = async { while under_way.tasks.join_next().await.is_some() {} };
    // Running out of time is no fault: see `LAST`.
    let _ = tokio::time::timeout(LAST, all).await;
}
