//! Work that time or the outbox asks for. It runs beside the doors, and stops before the database closes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::Sending;

mod feed;
mod posts;
mod runner;
mod schedule;

/// Everything that runs beside the doors.
#[derive(Debug)]
pub struct Running {
    stop: Arc<watch::Sender<bool>>,
    tasks: JoinSet<()>,
    desk: Desk,
}

/// Starts it. `outgoing` are the requests that commits begin; what was begun before `since` is nobody's any more.
#[must_use]
pub fn start(desk: &Desk, outgoing: mpsc::UnboundedReceiver<Sending>, since: At) -> Running {
    let (stop, stopped) = watch::channel(false);
    let stop = Arc::new(stop);
    let mut tasks = JoinSet::new();
    tasks.spawn(runner::send(desk.clone(), outgoing, stopped.clone()));
    tasks.spawn(runner::claim(desk.clone(), stopped.clone()));
    tasks.spawn(posts::run(desk.clone(), stopped.clone()));
    tasks.spawn(feed::read(desk.clone(), stopped.clone()));
    for task in schedule::all(desk, since) {
        tasks.spawn(task.run(desk.clone(), stopped.clone()));
    }
    Running { stop, tasks, desk: desk.clone() }
}

impl Running {
    /// Begins nothing new, waits until every request under way has its result written (at most `timeout`), and ends.
    pub async fn stop(mut self, timeout: Duration) {
        self.desk.room.close();
        let _ = self.stop.send(true);
        self.desk.ring();
        self.desk.live.nudge();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(timeout, all).await.is_err() {
            tracing::warn!("requests were still under way at the end; they are looked up after the next start");
        }
    }
}
