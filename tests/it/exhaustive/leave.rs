//! What goes out: texts are put into the outbox, and leave it when nothing forbids it.

use std::time::Duration;

use switchboard::config::usual_policies;
use switchboard::domain::outbox::delivery::State;
use switchboard::domain::outbox::departure::{Departure, Known, decide};
use switchboard::domain::outbox::settlement::Outcome;
use switchboard::domain::words::keyword::Keyword;

use switchboard::clock::At;

use super::bounds::Bounds;
use super::outbox::{Attempt, Delivery};
use super::rules::Rule;
use super::world::{Author, Flight, Lane, World, shifted};

impl World {
    /// Puts a text into the outbox; it leaves at once if its lane is idle.
    pub fn enqueue(&mut self, b: &Bounds, node: usize, text: usize, lane: Lane, missed: Option<At>) {
        let waits = self.db.is_busy(lane, b.rules) || self.head(lane).is_some();
        let mut delivery = Delivery::new(text, lane, self.clock(b));
        delivery.look_from = missed.filter(|_| b.rules.has(Rule::LookUpWhatWasMissed));
        self.db.outbox.push(delivery);
        if !waits && self.depart(b, node, self.db.outbox.len() - 1, false) {
            self.promote(b, node, lane);
        }
    }

    /// The first that waits in a lane.
    pub fn head(&self, lane: Lane) -> Option<usize> {
        self.db.outbox.iter().position(|one| one.lane == lane && one.state == State::Ready)
    }

    /// What would become of a text that waits.
    pub fn departure(&self, b: &Bounds, node: usize, place: usize, waited: bool) -> Departure {
        let one = &self.db.outbox[place];
        let mind = &self.nodes[node];
        let (compared, obstacle) = match one.lane {
            Lane::Rep(_) => (true, None),
            Lane::Customer(who) => {
                let compared = mind.compared.has(Author::Customer(who).index());
                (compared, self.has_opted_out(b, who).then_some("they opted out"))
            }
        };
        decide(&Known {
            waited,
            outbox_checked: mind.outbox_checked || !b.rules.has(Rule::VouchFirst),
            compared: compared || !b.rules.has(Rule::CompareFirst),
            unlisted_for: Duration::ZERO,
            by_person: true,
            obstacle,
            doubtful: one.look_from.is_some(),
        })
    }

    /// Lets one text leave, if it may. True if it ended, so that its lane is free.
    pub fn depart(&mut self, b: &Bounds, node: usize, place: usize, waited: bool) -> bool {
        let now = self.clock(b);
        match self.departure(b, node, place, waited) {
            Departure::AwaitsVouching | Departure::AwaitsComparison => {
                self.db.outbox[place].due_at = Some(now);
                false
            }
            Departure::Suppressed(_) => {
                let one = &mut self.db.outbox[place];
                (one.state, one.due_at) = (State::Suppressed, None);
                true
            }
            Departure::Looks => {
                // As long as the carrier's list may be behind, this is a doubt like any other.
                let policy = usual_policies().delivery;
                let back = self.db.went_back_at.is_some_and(|at| now < at + policy.listed_within());
                let full = back && b.rules.has(Rule::FullProofAfterGoingBack);
                let outcome = if full { Outcome::Unknown } else { Outcome::Earlier };
                let attempt = self.attempt(b, node, place);
                let one = &mut self.db.outbox[place];
                let from = one.look_from.take().unwrap_or(one.accepted_at);
                let there = attempt.there.map(|_| shifted(from, -b.ahead));
                one.state = State::Unknown;
                one.attempts.push(Attempt {
                    started_at: from,
                    ended_at: Some(now),
                    outcome: Some(outcome),
                    doubt_since: Some(now),
                    next_look_at: Some(now),
                    there,
                    ..attempt
                });
                false
            }
            Departure::Leaves | Departure::LeavesUnasked => {
                let unwanted = match self.db.outbox[place].lane {
                    Lane::Customer(who) => self.stopped_before(b, node, who),
                    Lane::Rep(_) => false,
                };
                let attempt = self.attempt(b, node, place);
                let one = &mut self.db.outbox[place];
                one.state = State::Sending;
                let (token, text, lane) = (attempt.token, one.text, one.lane);
                one.attempts.push(attempt);
                self.nodes[node].flights.push(Flight { token, text, lane, born: self.now, answer: None, unwanted });
                false
            }
        }
    }

    /// Lets the next text of a lane leave, and the one behind it if that one ends at once.
    pub fn promote(&mut self, b: &Bounds, node: usize, lane: Lane) {
        while !self.db.is_busy(lane, b.rules)
            && let Some(head) = self.head(lane)
            && self.db.outbox[head].due_at.is_none_or(|at| at <= self.clock(b))
            && self.depart(b, node, head, true)
        {}
    }

    /// Texts whose turn has come are looked at.
    pub fn claim(&mut self, b: &Bounds, node: usize, place: usize) {
        self.notice(b, node);
        let lane = self.db.outbox[place].lane;
        if self.depart(b, node, place, true) {
            self.promote(b, node, lane);
        }
        self.commit(b, node);
    }

    fn attempt(&mut self, b: &Bounds, node: usize, place: usize) -> Attempt {
        let now = self.clock(b);
        let token = self.tokens;
        self.tokens += 1;
        let measured = self.nodes[node].dated && b.rules.has(Rule::ShiftByTheOffset);
        let one = &mut self.db.outbox[place];
        one.fence += 1;
        one.due_at = None;
        Attempt {
            token,
            fence: one.fence,
            node,
            run: self.nodes[node].run,
            started_at: now,
            lease_until: now + usual_policies().delivery.lease,
            ended_at: None,
            outcome: None,
            bound: None,
            doubt_since: None,
            next_look_at: None,
            listed_at: None,
            empty_at: None,
            there: measured.then(|| shifted(now, -b.ahead)),
        }
    }

    /// The carrier took a customer's STOP before this process started, or before the database went back: whoever asks the
    /// carrier knows.
    fn stopped_before(&self, b: &Bounds, node: usize, customer: usize) -> bool {
        let before = self.nodes[node].said_before;
        self.last_word(b, customer, |text| text < before) == Some(Keyword::Stop)
    }
}
