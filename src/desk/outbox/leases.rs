//! Requests whose process is dead, or slower than their lease: nobody knows what became of them.

use super::deliver::take;
use crate::clock::At;
use crate::desk::Desk;
use crate::domain::outbox::sending::Next;
use crate::domain::outbox::settlement::News;
use crate::faults;
use crate::store::outbox::attempts;
use crate::store::{Result, State};

/// Puts attempts in doubt whose lease ran out or whose node is dead. `since` is this node's own start: what it began
/// before is nobody's. Returns how many there were.
pub async fn leases(desk: &Desk, since: At) -> Result<usize> {
    if !desk.store.stay(desk.node).await? {
        // Two processes with one number would make the same ids and end each other's requests.
        tracing::error!(node = desk.node, "another process has taken this node's number meanwhile; stopping");
        std::process::exit(70);
    }
    if let Some(State::Newer(has, knows)) = desk.store.schema_now().await? {
        // What it must keep in step there it does not know. Texts that come meanwhile are fetched by the program that does.
        tracing::error!(
            "a newer program has changed the schema of this database (it is at {has}, this program knows {knows}); stopping: \
             start the newer program"
        );
        std::process::exit(70);
    }
    let living = desk.store.living().await?;
    let now = desk.clock.now();
    // Just after a jump no lease has run out; those of processes that are dead have all the same.
    let now = if desk.readiness.is_calm() { now } else { At::EPOCH };
    let orphans = {
        let mut tx = desk.store.read().await?;
        attempts::orphans(&mut tx, &living, (desk.node, since), now).await?
    };
    let found = orphans.len();
    for attempt in orphans {
        let why = "the program stopped before the carrier's answer was written".to_owned();
        take(desk, attempt, None, News::Answer(Next::Unknown { why })).await?;
        faults::point("during_recovery");
    }
    Ok(found)
}
