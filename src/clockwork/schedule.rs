//! Every schedule of the program.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::clock::At;
use crate::desk::conversations::{idle, snooze};
use crate::desk::outbox::{claim, doubt, leases};
use crate::desk::programs::{post, tokens};
use crate::desk::receiving::backfill;
use crate::desk::replies::send_due;
use crate::desk::routing::duty;
use crate::desk::search::index;
use crate::desk::upkeep::{clock_jump, clocks, lapse, outage};
use crate::desk::{Desk, pairs, people, pool};
use crate::store::Result;

/// How often people are looked at for whom something waits: nothing else delays a text after a start.
const PEOPLE: Duration = Duration::from_millis(200);

type Work = Box<dyn Fn(Desk) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Something done again and again.
pub(super) struct Task {
    name: &'static str,
    every: Duration,
    work: Work,
}

/// Everything that is done by the clock. `since` is the start of this process.
pub(super) fn all(desk: &Desk, since: At) -> Vec<Task> {
    // Looks must keep up with the shortest time that the operator set for proof.
    let looks = (desk.policies.delivery.proof_after / 60).clamp(Duration::from_millis(50), Duration::from_secs(1));
    let leases = (desk.policies.delivery.lease / 6).clamp(Duration::from_millis(100), Duration::from_secs(5));
    let missed =
        (desk.policies.delivery.backfill_every / 20).clamp(Duration::from_millis(200), Duration::from_secs(15));
    vec![
        task("clocks", Duration::from_secs(10), |desk| Box::pin(async move { clocks::compare(&desk).await.map(drop) })),
        task("outage", Duration::from_millis(500), |desk| {
            Box::pin(async move {
                if outage::take(&desk).await? {
                    // It may be silent for as long as a request may take, and is asked again meanwhile.
                    tokio::spawn(async move {
                        if let Err(error) = outage::ask(&desk).await {
                            tracing::warn!(%error, "what the carrier answered could not be written; it is asked again");
                        }
                    });
                }
                Ok(())
            })
        }),
        task("restored outbox", Duration::from_secs(1), |desk| {
            Box::pin(async move { backfill::check_restored_outbox(&desk).await.map(drop) })
        }),
        task("backfill", missed, |desk| Box::pin(async move { backfill::turn(&desk).await.map(drop) })),
        task("people", PEOPLE, |desk| Box::pin(async move { backfill::people(&desk).await.map(drop) })),
        task("clock jump", Duration::from_secs(1), |desk| {
            Box::pin(async move { clock_jump::replan(&desk).await.map(drop) })
        }),
        task("leases", leases, move |desk| Box::pin(async move { leases::leases(&desk, since).await.map(drop) })),
        task("looks", looks, |desk| Box::pin(async move { doubt::look(&desk).await.map(drop) })),
        task("turn", Duration::from_secs(2), |desk| Box::pin(async move { duty::turn(&desk).await.map(drop) })),
        task("sweep", Duration::from_secs(5), |desk| Box::pin(async move { claim::sweep(&desk).await.map(drop) })),
        task("planned", Duration::from_millis(500), |desk| {
            Box::pin(async move { send_due::send_due(&desk).await.map(drop) })
        }),
        task("wake", Duration::from_secs(5), |desk| Box::pin(async move { snooze::wake(&desk).await.map(drop) })),
        task("idle", Duration::from_secs(30), |desk| Box::pin(async move { idle::close_idle(&desk).await.map(drop) })),
        task("pairs", Duration::from_secs(2), |desk| {
            Box::pin(async move {
                pairs::warn(&desk).await?;
                pairs::lapse(&desk).await.map(drop)
            })
        }),
        task("index", Duration::from_secs(1), |desk| Box::pin(async move { index::index(&desk).await.map(drop) })),
        task("count", Duration::from_secs(5), |desk| Box::pin(async move { lapse::count(&desk).await })),
        task("clock", Duration::from_secs(10), |desk| Box::pin(async move { lapse::agree(&desk).await })),
        task("tallies", Duration::from_secs(5), |desk| {
            Box::pin(async move {
                lapse::tally(&desk).await?;
                people::keep_too_soon(&desk).await
            })
        }),
        task("orders", Duration::from_secs(2), |desk| Box::pin(async move { pool::buy::buy(&desk).await.map(drop) })),
        task("masks", Duration::from_secs(30), |desk| Box::pin(async move { pool::turn::turn(&desk).await.map(drop) })),
        task("peaks", Duration::from_mins(5), |desk| {
            Box::pin(async move { pool::measure::measure(&desk).await.map(drop) })
        }),
        task("uses", Duration::from_mins(1), |desk| Box::pin(async move { tokens::keep_uses(&desk).await })),
        task("posts", Duration::from_mins(1), |desk| Box::pin(async move { post::sweep(&desk).await })),
        task("forget", Duration::from_mins(1), |desk| Box::pin(async move { lapse::forget(&desk).await.map(drop) })),
    ]
}

fn task(
    name: &'static str,
    every: Duration,
    work: impl Fn(Desk) -> BoxFuture<'static, Result<()>> + Send + Sync + 'static,
) -> Task {
    Task { name, every, work: Box::new(work) }
}

impl Task {
    /// Does it now and then every so often; a failure is said once and tried again at the next turn.
    pub(super) async fn run(self, desk: Desk, mut stopped: watch::Receiver<bool>) {
        let mut turns = tokio::time::interval(self.every);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        while !*stopped.borrow() {
            tokio::select! {
                _ = turns.tick() => {}
                _ = stopped.changed() => return,
            }
            match (self.work)(desk.clone()).await {
                Ok(()) => failing = false,
                Err(error) if !failing => {
                    failing = true;
                    tracing::error!(task = self.name, %error, "a scheduled task failed; it is tried again");
                }
                Err(_) => {}
            }
        }
    }
}
