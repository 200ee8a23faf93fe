//! Finds texts that no webhook brought: compares the carrier's list for our numbers with what is stored.
//!
//! The carrier repeats a webhook that meets a restart for 15 seconds and then drops it; the text itself stays in the
//! carrier's list. What is found there waits in the database and then takes the same path as a text from a webhook,
//! each person's texts in the order of their sending. Until a number was compared, the program looks people up one by
//! one for whom something waits ([`people`]).

use std::collections::HashSet;
use std::time::Duration;

use futures_util::StreamExt as _;

use crate::carrier::{Inbox, Unanswered};
use crate::clock::{At, days, hours, seconds};
use crate::desk::Desk;
use crate::desk::outbox::BEHIND;
use crate::desk::upkeep::readiness::Epoch;
use crate::desk::upkeep::tallies::UNASKED;
use crate::domain::ids::NumberId;
use crate::domain::routing::comparison::{is_compared, lies_ahead, ours_since};
use crate::store::outbox::departures;
use crate::store::receiving::arrivals::Whose;
use crate::store::receiving::backfill::{self as table, Compared};
use crate::store::{Job, Result, Tx};
use crate::{faults, metrics};

mod earlier;
mod lists;
mod people;
mod restored_outbox;
mod taking;

pub use people::people;
pub use restored_outbox::check as check_restored_outbox;

use lists::{Asked, Unread};

/// What was asked before is asked again for so long back, once a day: lists fill late.
const OVERLAP: Duration = hours(24);
/// A text younger than this may still come by webhook: the carrier tries for 15 s in all.
const UNDER_WAY: Duration = seconds(20);
/// Times of the carrier are whole seconds, and so is what is known of how far its clock is off.
const SLACK: Duration = seconds(2);
/// The second turn after a start, for what was under way at the first.
const SECOND_TURN: Duration = seconds(30);
/// A mask that nobody uses is asked about so often.
const IDLE_EVERY: Duration = days(1);
/// Numbers asked about at once.
const AT_ONCE: usize = 4;
/// When so many numbers in a row could not be asked about, the rest of the turn is spared.
const GIVE_UP_AFTER: usize = 3;
/// Nothing lapses until the first turn has ended well, but no longer than this.
const PATIENCE: Duration = days(1);

/// What a turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Numbers of which the carrier was asked and everything is in.
    pub compared: usize,
    /// Numbers of which it could not be asked, or of which something could not be taken in.
    pub failed: usize,
    /// Texts that had been missed.
    pub found: usize,
}

/// Compares every number whose turn has come with the carrier and takes in what was missed: lines first, then masks that
/// somebody uses, then the others. When all lines and busy masks have been compared since this process started, or the
/// database was found to be another, things may lapse again.
///
/// # Errors
/// What the database said. A carrier that cannot be asked is no error: it is asked again at the next turn.
pub async fn turn(desk: &Desk) -> Result<Turn> {
    let (epoch, since, now, numbers) = {
        let mut tx = desk.store.read().await?;
        // Asked afterwards: the connection may have found out that the database went back.
        let (epoch, since, now) = (desk.readiness.epoch(), desk.readiness.since(), desk.clock.now());
        (epoch, since, now, table::numbers(&mut tx, now).await?)
    };
    let mut behind: HashSet<NumberId> =
        numbers.iter().filter(|number| is_behind(number, since, now)).map(|number| number.id).collect();
    let busy: HashSet<NumberId> = numbers.iter().filter(|number| number.busy).map(|number| number.id).collect();
    let due: Vec<Compared> = numbers.into_iter().filter(|number| is_due(desk, number, since, now)).collect();
    let mut turn = Turn::default();
    let kinds: [fn(&Compared) -> bool; 3] =
        [|number| number.is_line, |number| number.busy && !number.is_line, |number| !number.busy];
    for kind in kinds {
        let some: Vec<Compared> = due.iter().filter(|number| kind(number)).cloned().collect();
        let done = compare(desk, some, (epoch, since, now), &mut turn).await?;
        behind.retain(|number| !done.contains(number));
        if done.is_empty() && turn.failed > 0 {
            // The others would not be had either.
            break;
        }
    }
    tell(desk, turn);
    if behind.is_empty() {
        desk.readiness.all_compared(epoch);
    }
    if !desk.readiness.has_caught_up() {
        if behind.is_disjoint(&busy) {
            desk.readiness.catch_up(epoch);
        } else if desk.readiness.age() >= PATIENCE {
            tracing::error!("the carrier could not be asked for a day: idle conversations close again all the same");
            desk.readiness.catch_up(epoch);
        }
    }
    Ok(turn)
}

/// Compares these numbers, and returns those that are compared by now.
async fn compare(
    desk: &Desk,
    numbers: Vec<Compared>,
    (epoch, since, now): (Epoch, At, At),
    turn: &mut Turn,
) -> Result<HashSet<NumberId>> {
    let (mut listed, mut failed) = (Vec::new(), 0);
    let mut asked = futures_util::stream::iter(numbers)
        .map(|number| async move {
            let wanted = Asked {
                whose: Inbox::To(&number.number),
                from: from(&number, now),
                known_until: known_until(&number, now),
                since: since + SLACK,
            };
            let read = lists::keep(desk, &wanted, std::slice::from_ref(&number)).await;
            (number, read)
        })
        .buffered(AT_ONCE);
    while let Some((number, read)) = asked.next().await {
        match read {
            Ok(()) => listed.push(number),
            Err(Unread::Store(error)) => return Err(error),
            Err(Unread::Carrier(why)) => {
                say(&why);
                failed += 1;
                if failed >= GIVE_UP_AFTER && listed.is_empty() {
                    break;
                }
            }
        }
    }
    drop(asked);
    faults::point("backfill_listed");
    let names: Vec<String> = listed.iter().map(|number| number.number.clone()).collect();
    let taken = taking::take_in(desk, Whose::Numbers(&names), (epoch, since + SLACK)).await?;
    turn.found += taken.found;
    let done: Vec<NumberId> =
        listed.iter().filter(|number| !taken.left.contains(&number.number)).map(|number| number.id).collect();
    turn.compared += done.len();
    turn.failed += failed + listed.len() - done.len();
    if !done.is_empty() {
        desk.store.write(Done { numbers: done.clone(), asked_at: now, now: desk.clock.now() }).await?;
        faults::point("backfill_marked");
        desk.ring();
    }
    Ok(done.into_iter().collect())
}

/// Not compared since `since`.
fn is_behind(number: &Compared, since: At, now: At) -> bool {
    !is_compared(since, number.in_service_at, number.backfilled_at, now)
}

/// Up to when everything is known to be in.
fn last(number: &Compared) -> At {
    number.backfilled_at.unwrap_or(number.in_service_at)
}

/// Since when it is ours.
fn ours(number: &Compared, now: At) -> At {
    ours_since(number.in_service_at, number.backfilled_at, now)
}

/// From when on its list is read.
fn from(number: &Compared, now: At) -> At {
    ours(number, now).max(last(number).min(now) - OVERLAP)
}

/// Texts before this are in if all those beside them in the list are: that is not asked again but once a day, since lists fill
/// late.
fn known_until(number: &Compared, now: At) -> Option<At> {
    let at = number.backfilled_at.filter(|at| !lies_ahead(*at, now))?;
    (at.day() == now.day()).then(|| at - lists::LATE)
}

fn is_due(desk: &Desk, number: &Compared, since: At, now: At) -> bool {
    let last = last(number);
    if is_behind(number, since, now) {
        return true;
    }
    if !number.busy {
        return last + IDLE_EVERY <= now;
    }
    let second = since + SECOND_TURN;
    number.backfilled_at.is_none()
        || (last < second && second <= now)
        || last + desk.policies.delivery.backfill_every <= now
        // The clock was set back.
        || last > now
}

fn say(why: &Unanswered) {
    tracing::warn!(%why, "the carrier could not be asked for texts that were missed; it is asked again");
}

/// Says without numbers what was found.
fn tell(desk: &Desk, turn: Turn) {
    if turn.found > 0 {
        metrics::missed(turn.found);
        tracing::warn!(
            texts = turn.found,
            "texts had not reached us and were found at the carrier; see whether its webhooks lead here (doctor)"
        );
    }
    if turn.failed > 0 {
        desk.tallies.add(UNASKED, 1);
    }
}

struct Done {
    numbers: Vec<NumberId>,
    asked_at: At,
    now: At,
}

impl Job for Done {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        departures::wake(tx, BEHIND, (&self.numbers, None), self.now).await?;
        table::compared(tx, &self.numbers, self.asked_at).await
    }
}
