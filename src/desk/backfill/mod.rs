//! Finds texts that never reached us: what the carrier lists for our numbers is held against what is stored.
//!
//! A webhook that meets a restart is tried for 15 seconds and then dropped; the text itself stays in the carrier's
//! list. What is found there takes the same walk as a text that comes by webhook, in the order of its sending.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::time::Duration;

use futures_util::StreamExt as _;

use super::receive::{self, Inbound, Outcome};
use super::tallies::UNASKED;
use super::{Desk, tallies};
use crate::carrier::{Arrived, Unanswered};
use crate::clock::{At, days, hours, seconds};
use crate::domain::ids::NumberId;
use crate::store::backfill::{self as table, Compared};
use crate::store::{Job, Result, Tx, routes};
use crate::{faults, metrics};

mod vouch;

pub use vouch::vouch;

/// What was asked before is asked again for so long back: lists fill late.
const OVERLAP: Duration = hours(24);
/// A text younger than this may still come by webhook: the carrier tries for 15 s in all.
const UNDER_WAY: Duration = seconds(20);
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

/// Compares every number whose turn has come with the carrier and takes in what was missed. `since` is the start of
/// this process. When all lines and busy masks have been compared since then, things may lapse again.
///
/// # Errors
/// What the database said. A carrier that cannot be asked is no error: it is asked again at the next turn.
pub async fn turn(desk: &Desk, since: At) -> Result<Turn> {
    let now = desk.clock.now();
    let numbers = {
        let mut tx = desk.store.read().await?;
        table::numbers(&mut tx, now).await?
    };
    let busy: Vec<NumberId> =
        numbers.iter().filter(|number| number.busy && is_behind(number, since)).map(|number| number.id).collect();
    let due: Vec<Compared> = numbers.into_iter().filter(|number| is_due(desk, number, since, now)).collect();
    let mut turn = Turn::default();
    let (mut lists, mut failed) = (Vec::new(), HashSet::new());
    let mut asked = futures_util::stream::iter(due)
        .map(|number| async move {
            let from = number.in_service_at.max(last(&number) - OVERLAP);
            let listed = desk.carrier.inbound(&number.number, from).await;
            (number, listed)
        })
        .buffered(AT_ONCE);
    while let Some((number, listed)) = asked.next().await {
        match listed {
            Ok(texts) => lists.push((number, texts)),
            Err(why) => {
                say(&why);
                failed.insert(number.id);
                if failed.len() >= GIVE_UP_AFTER && lists.is_empty() {
                    break;
                }
            }
        }
    }
    drop(asked);
    faults::point("backfill_listed");
    for (number, text) in missing(desk, &lists, since, now).await? {
        match take_in(desk, text).await {
            Ok(Outcome::Duplicate) => {}
            Ok(_) => turn.found += 1,
            Err(Missed::Media(why)) => {
                say(&why);
                failed.insert(number);
            }
            Err(Missed::Store(error)) => {
                tracing::error!(%error, "a text that had been missed could not be stored; it is tried again");
                failed.insert(number);
            }
        }
    }
    let done: Vec<NumberId> =
        lists.iter().map(|(number, _)| number.id).filter(|number| !failed.contains(number)).collect();
    (turn.compared, turn.failed) = (done.len(), failed.len());
    if !done.is_empty() {
        desk.store.write(Done { numbers: done.clone(), asked_at: now }).await?;
        faults::point("backfill_marked");
    }
    tell(desk, turn);
    open_the_gate(desk, busy.iter().all(|number| done.contains(number)));
    Ok(turn)
}

/// Not compared since this process started.
fn is_behind(number: &Compared, since: At) -> bool {
    number.backfilled_at.is_none_or(|at| at < since)
}

/// Up to when everything is known to be in.
fn last(number: &Compared) -> At {
    number.backfilled_at.unwrap_or(number.in_service_at)
}

fn is_due(desk: &Desk, number: &Compared, since: At, now: At) -> bool {
    let last = last(number);
    if !number.busy {
        return last + IDLE_EVERY <= now;
    }
    let second = since + SECOND_TURN;
    is_behind(number, since)
        || (last < second && second <= now)
        || last + desk.policies.delivery.backfill_every <= now
        // The clock was set back.
        || last > now
}

/// What the carrier lists and nobody has stored, in the order of its sending.
async fn missing(
    desk: &Desk,
    lists: &[(Compared, Vec<Arrived>)],
    since: At,
    now: At,
) -> Result<Vec<(NumberId, Arrived)>> {
    let mut texts: Vec<(At, Reverse<usize>, NumberId, &Arrived)> = Vec::new();
    for (number, listed) in lists {
        let own = number.in_service_at.0.div_euclid(1_000_000) * 1_000_000;
        let wanted = listed.iter().enumerate().filter(|(_, text)| {
            // What came before our start is under way no more, or only to be told that it is known.
            text.sent_at.0 >= own && (text.sent_at < since || text.sent_at + UNDER_WAY <= now)
        });
        // Within a second the carrier's order says nothing sure; it lists the newest first.
        texts.extend(wanted.map(|(at, text)| (text.sent_at, Reverse(at), number.id, text)));
    }
    let mut known = HashSet::new();
    let mut tx = desk.store.read().await?;
    let ids: Vec<&str> = texts.iter().map(|(.., text)| text.id.as_str()).collect();
    for some in ids.chunks(256) {
        known.extend(routes::known(&mut tx, desk.carrier.account(), some).await?);
    }
    drop(tx);
    texts.retain(|(.., text)| !known.contains(&text.id));
    texts.sort_by_key(|(at, place, ..)| (*at, *place));
    Ok(texts.into_iter().map(|(.., number, text)| (number, text.clone())).collect())
}

enum Missed {
    Media(Unanswered),
    Store(crate::store::Error),
}

async fn take_in(desk: &Desk, text: Arrived) -> Result<Outcome, Missed> {
    let media = if text.has_media { desk.carrier.media(&text.id).await.map_err(Missed::Media)? } else { Vec::new() };
    let inbound = Inbound {
        account: desk.carrier.account().to_owned(),
        carrier_id: text.id,
        from: text.from,
        to: text.to,
        body: text.body,
        media,
        raw: text.raw,
        carrier_keyword: None,
    };
    receive::receive_missed(desk, inbound, text.sent_at).await.map_err(Missed::Store)
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

/// Lets things lapse once the lines and busy masks have been compared since the start, or when the carrier could not be
/// asked for too long.
fn open_the_gate(desk: &Desk, caught_up: bool) {
    if desk.gate.has_caught_up() {
        return;
    }
    if caught_up {
        desk.gate.catch_up();
    } else if desk.gate.age(&desk.clock) >= PATIENCE {
        tracing::error!("the carrier could not be asked for a day: idle conversations close again all the same");
        desk.gate.catch_up();
    }
}

struct Done {
    numbers: Vec<NumberId>,
    asked_at: At,
}

impl Job for Done {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        table::compared(tx, &self.numbers, self.asked_at).await
    }
}
