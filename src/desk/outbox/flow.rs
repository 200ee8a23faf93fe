//! Numbers and lanes while one decision covers several texts: pace, order and consent.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use crate::clock::{At, seconds};
use crate::desk::Desk;
use crate::desk::upkeep::tallies;
use crate::desk::work::UnitOfWork;
use crate::domain::ids::NumberId;
use crate::domain::numbers::phone::Sender;
use crate::domain::outbox::daily_limit::DailyLimit;
use crate::domain::outbox::departure::{self, Departure, Known};
use crate::domain::outbox::pace::Pace;
use crate::domain::routing::comparison::is_compared;
use crate::store::Result;
use crate::store::outbox::{self, Lane, paces, spending};
use crate::store::sql::Batch;

/// Why a text waits until it is known what its phone has sent.
pub(in crate::desk) const BEHIND: &str = "it waits until everything that this phone has sent is in";
/// So long at most waits a text that nothing wakes.
const LOOK_AGAIN: Duration = seconds(5);

/// Why nothing goes to a customer whom staff have blocked, and what helps.
pub(in crate::desk) const SHUT_OUT: &str = "they are blocked: unblock them in the inbox to write";

/// What is decided about one text.
pub(super) enum Verdict {
    Send(OwnedSemaphorePermit),
    /// Until `due_at`, or behind another of its lane; `place_at` is the place that it has reserved.
    Wait {
        due_at: Option<At>,
        place_at: Option<At>,
    },
    Suppress(&'static str),
    /// Until it is known what its phone has sent while nobody listened: it is looked at again at this time at the latest.
    Compare(At),
    /// It is looked for in the carrier's list first.
    Look,
}

/// The numbers and lanes that a decision holds, as they stand while it goes through several texts.
pub(super) struct Flow<'a> {
    desk: &'a Desk,
    now: At,
    senders: HashMap<NumberId, (outbox::Sender, Pace, bool)>,
    /// Since when numbers have to be compared; `None` where all are.
    since: Option<At>,
    pub(super) lanes: HashMap<(NumberId, String), Lane>,
    /// What is decided about has waited in the outbox.
    pub(super) waited: bool,
    /// What has waited is known not to be at the carrier already.
    outbox_checked: bool,
    /// A text is sent although its number is paused, to see whether it has to be.
    pub(super) probes: bool,
    /// What may still be sent today, where that is limited.
    daily_limit: Option<DailyLimit>,
}

impl<'a> Flow<'a> {
    pub(super) async fn load(work: &mut UnitOfWork<'a>, wanted: Vec<(NumberId, String)>) -> Result<Flow<'a>> {
        let (desk, now) = (work.desk, work.now);
        let mut wanted = wanted;
        wanted.sort_unstable();
        wanted.dedup();
        let policy = &desk.policies.delivery;
        outbox::hold_lanes(work.tx, &wanted).await?;
        let (mut senders, mut lanes) = (HashMap::new(), HashMap::with_capacity(wanted.len()));
        let found = outbox::lanes(work.tx, &wanted).await?;
        for (lane, (sender, state)) in wanted.into_iter().zip(found) {
            lanes.insert(lane, state);
            senders.entry(sender.id).or_insert_with(|| {
                let per_segment = sender
                    .pace_micros
                    .and_then(|micros| u64::try_from(micros).ok())
                    .map_or_else(|| policy.pace(&sender.number), std::time::Duration::from_micros);
                let pace = Pace { free_at: sender.pace_free_at, per_segment };
                (sender, pace, false)
            });
        }
        let day = now.day();
        let daily_limit = match policy.segments_per_day {
            Some(most) if !lanes.is_empty() => Some(DailyLimit::of(day, most, spending::of_day(work.tx, day).await?)),
            _ => None,
        };
        let since = (!desk.readiness.has_compared_all()).then(|| desk.readiness.since());
        let outbox_checked = desk.readiness.is_outbox_checked();
        Ok(Flow { desk, now, since, waited: false, outbox_checked, probes: false, senders, lanes, daily_limit })
    }

    /// Why nothing is ever sent by this lane, if so.
    fn barrier(&self, lane: &(NumberId, String)) -> Option<&'static str> {
        if !Sender::read(&lane.1).answerable() {
            // Neither relayed nor answered by the system itself: the carrier could only refuse it.
            Some("this sender is a name, not a number, and cannot be answered")
        } else if !self.desk.policies.delivery.reaches(&lane.1) {
            self.desk.tallies.add(tallies::ABROAD, 1);
            Some("no texts are sent to this country")
        } else {
            None
        }
    }

    /// Why nothing is sent to this phone, by what is known of its wishes and ours.
    fn obstacle(&self, lane: &(NumberId, String)) -> Option<&'static str> {
        let state = self.lanes.get(lane)?;
        if state.shut_out {
            Some(SHUT_OUT)
        } else if state.unwanted {
            Some("they opted out")
        } else if state.blocked {
            Some("this phone has blocked the number")
        } else if state.muted {
            Some("texts to this phone are turned off")
        } else {
            None
        }
    }

    /// Decides about a text that is the first of its lane to be looked at, or comes behind those looked at before.
    /// It may not leave before `due_at` and has reserved `place_at`; `own`: it is a person's own text.
    pub(super) fn decide(
        &mut self,
        lane: &(NumberId, String),
        (segments, own): (i64, bool),
        (due_at, place_at): (Option<At>, Option<At>),
    ) -> Verdict {
        if let Some(why) = self.barrier(lane) {
            return Verdict::Suppress(why);
        }
        let departure = departure::decide(&self.known(lane, own));
        if let Departure::Suppressed(why) = departure {
            return Verdict::Suppress(why);
        }
        let state = self.lanes.entry(lane.clone()).or_default();
        if state.busy || state.waiting {
            state.waiting = true;
            return Verdict::Wait { due_at: None, place_at: None };
        }
        match departure {
            Departure::AwaitsVouching => {
                state.waiting = true;
                return Verdict::Wait { due_at: Some(self.now), place_at };
            }
            Departure::AwaitsComparison => {
                state.waiting = true;
                self.desk.readiness.want(&lane.1, lane.0);
                return Verdict::Compare(self.now + LOOK_AGAIN);
            }
            _ => {}
        }
        let Some((sender, pace, touched)) = self.senders.get_mut(&lane.0) else {
            return Verdict::Wait { due_at: None, place_at: None };
        };
        if sender.paused && !self.probes {
            state.waiting = true;
            return Verdict::Wait { due_at: Some(self.now), place_at: None };
        }
        if due_at.is_some_and(|at| at > self.now) {
            state.waiting = true;
            return Verdict::Wait { due_at, place_at };
        }
        if let Some(Err(tomorrow)) = self.daily_limit.map(|daily_limit| daily_limit.has(segments)) {
            self.desk.tallies.add(tallies::SPENT, 1);
            state.waiting = true;
            return Verdict::Wait { due_at: Some(tomorrow), place_at: None };
        }
        let slot = match place_at {
            // A place reserved earlier is still its own; one missed for long (an outage, a pause) is not, and one
            // that was used by a request that failed is gone.
            Some(slot) if slot > self.now => slot,
            Some(slot) if Pace::still_good(slot, self.now) => self.now,
            _ => {
                *touched = true;
                pace.reserve(segments, self.now)
            }
        };
        if slot > self.now {
            state.waiting = true;
            return Verdict::Wait { due_at: Some(slot), place_at: Some(slot) };
        }
        if let Ok(permit) = self.desk.room.clone().try_acquire_owned() {
            state.busy = true;
            if departure == Departure::LeavesUnasked {
                self.desk.tallies.add(tallies::UNLOOKED, 1);
            }
            if let Some(daily_limit) = &mut self.daily_limit {
                daily_limit.take(segments);
            }
            Verdict::Send(permit)
        } else {
            state.waiting = true;
            Verdict::Wait { due_at: Some(self.now), place_at: Some(slot) }
        }
    }

    /// Decides about a text that may have been sent before the database went back: it takes its lane, but no place in the
    /// pace until it is requested.
    pub(super) fn decide_look(&mut self, lane: &(NumberId, String)) -> Verdict {
        if let Some(why) = self.barrier(lane).or_else(|| self.obstacle(lane)) {
            return Verdict::Suppress(why);
        }
        let state = self.lanes.entry(lane.clone()).or_default();
        if state.busy || state.waiting {
            state.waiting = true;
            return Verdict::Wait { due_at: None, place_at: None };
        }
        if self.waited && !self.outbox_checked {
            state.waiting = true;
            return Verdict::Wait { due_at: Some(self.now), place_at: None };
        }
        state.busy = true;
        Verdict::Look
    }

    /// What is known when a text is to leave by this lane.
    fn known(&self, lane: &(NumberId, String), by_person: bool) -> Known {
        let readiness = &self.desk.readiness;
        let compared = self.since.is_none_or(|since| {
            let sender = self.senders.get(&lane.0).map(|(sender, ..)| sender);
            sender.is_some_and(|sender| is_compared(since, sender.in_service_at, sender.compared_at, self.now))
                || readiness.has_looked_at(&lane.1)
        });
        Known {
            waited: self.waited,
            outbox_checked: self.outbox_checked,
            compared,
            unlisted_for: if compared { Duration::ZERO } else { readiness.unlisted_for() },
            by_person,
            obstacle: self.obstacle(lane),
            doubtful: false,
        }
    }

    pub(super) fn number(&self, id: NumberId) -> String {
        self.senders.get(&id).map(|(sender, ..)| sender.number.clone()).unwrap_or_default()
    }

    pub(super) fn keep_paces(&self, batch: &mut Batch) {
        let mut paces: Vec<(NumberId, At)> = self
            .senders
            .iter()
            .filter(|(_, (.., touched))| *touched)
            .map(|(id, (_, pace, _))| (*id, pace.free_at))
            .collect();
        paces.sort_unstable();
        paces::set(batch, &paces);
        if let Some(daily_limit) = self.daily_limit.filter(|limit| limit.taken() > 0) {
            spending::add(batch, daily_limit.day(), self.desk.node, daily_limit.taken());
        }
    }
}
