//! Looks at the carrier's list: whether the database is older than the carrier, and what became of a request in doubt.

use switchboard::clock::{At, minutes};
use switchboard::config::usual_policies;
use switchboard::domain::outbox::delivery::State;
use switchboard::domain::outbox::doubt::{Began, Finding, Likeness, Look, likeness};
use switchboard::domain::outbox::settlement::News;

use super::bounds::Bounds;
use super::outbox::Attempt;
use super::rules::Rule;
use super::world::{Lane, Looking, Made, World, shifted};

/// How the carrier's list is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// With the instant at which it was made.
    Had,
    /// Without that.
    Undated,
    /// Not at all.
    Unavailable,
}

impl World {
    /// An instant of the carrier's by our clock, as far as the process knows.
    pub fn ours(&self, b: &Bounds, node: usize, at: At) -> At {
        let shifts = b.rules.has(Rule::ShiftByTheOffset) && self.nodes[node].dated;
        if shifts { shifted(at, b.ahead) } else { at }
    }

    /// What waits is held against what the carrier has sent: where there is more than is known, it is looked up first.
    pub fn vouch(&mut self, b: &Bounds, node: usize) {
        self.notice(b, node);
        let attempts = self.db.outbox.iter().flat_map(|one| &one.attempts);
        let waiting = self.db.outbox.iter().filter(|one| one.state == State::Ready);
        let newest = attempts.max_by_key(|one| one.token).map(|one| one.started_at);
        let newest = newest.or_else(|| waiting.map(|one| one.accepted_at).min());
        let mut lanes: Vec<Lane> =
            self.db.outbox.iter().filter(|one| one.state == State::Ready).map(|one| one.lane).collect();
        lanes.dedup();
        for lane in lanes {
            let made = self.carrier.made.iter().enumerate();
            let strange = made.filter(|(id, made)| {
                made.lane == lane
                    && made.listed_from <= self.now
                    && newest.is_some_and(|newest| self.ours(b, node, made.at) + minutes(1) >= newest)
                    && !self.db.is_bound(*id, usize::MAX)
            });
            if strange.count() > usize::from(self.db.is_busy(lane, b.rules)) {
                self.db.look_first(|one| one == lane);
            }
        }
        self.nodes[node].outbox_checked = true;
        self.commit(b, node);
    }

    /// Attempts that are to be looked up now, by their receipt addresses.
    pub fn doubtful(&self, b: &Bounds) -> Vec<usize> {
        let now = self.clock(b);
        let due = |one: &Attempt| one.bound.is_none() && one.next_look_at.is_some_and(|at| at <= now);
        let open = self.db.outbox.iter().filter(|one| matches!(one.state, State::Unknown | State::Parked));
        open.flat_map(|one| one.attempts.iter().filter(move |attempt| attempt.fence == one.fence))
            .filter(|attempt| due(attempt))
            .map(|attempt| attempt.token)
            .collect()
    }

    /// The list is asked for.
    pub fn ask(&mut self, b: &Bounds, node: usize, token: usize, list: List) {
        match list {
            List::Had => self.nodes[node].dated = true,
            List::Undated => self.left.undated -= 1,
            List::Unavailable => self.left.unlisted -= 1,
        }
        let Some((place, at)) = self.db.find(token) else { return };
        let one = &self.db.outbox[place];
        let attempt = one.attempts[at].clone();
        let dated = self.nodes[node].dated;
        let shifts = b.rules.has(Rule::ShiftByTheOffset);
        let began = match attempt.there {
            Some(there) if dated => Began::At(shifted(there, b.ahead)),
            _ if shifts && b.rules.has(Rule::NoProofWithoutTheOffset) => Began::Unsure(attempt.started_at),
            _ => Began::At(attempt.started_at),
        };
        let sure = dated || !shifts || !b.rules.has(Rule::NoProofWithoutTheOffset);
        let words = |text: usize| b.words(self.carrier.said[text].author, self.carrier.said[text].nth);
        let like = |made: &Made| {
            let made_at = self.ours(b, node, made.at);
            let (Began::At(began_at) | Began::Unsure(began_at)) = began;
            if made_at < began_at && !b.rules.has(Rule::ClocksDiffer) {
                return Likeness::Not;
            }
            likeness(words(one.text), began, words(made.text), (made_at, sure))
        };
        let mut found: Vec<usize> = Vec::new();
        let mut unsure = false;
        for (id, made) in self.carrier.made.iter().enumerate() {
            let free = !b.rules.has(Rule::BoundOnce) || !self.db.is_bound(id, usize::MAX);
            if made.lane == one.lane && made.listed_from <= self.now && free {
                match like(made) {
                    Likeness::Could => found.push(id),
                    Likeness::Unsure => unsure = true,
                    Likeness::Not => {}
                }
            }
        }
        found.sort_by_key(|id| self.carrier.made[*id].at);
        let found = (list != List::Unavailable).then_some(found);
        self.nodes[node].looking = Some(Looking { attempt, asked_at: self.clock(b), found, unsure });
    }

    /// What a look has shown is written.
    pub fn find(&mut self, b: &Bounds, node: usize) {
        let Some(looking) = self.nodes[node].looking.take() else { return };
        self.notice(b, node);
        let policy = usual_policies().delivery;
        let Some(doubt) = looking.attempt.doubt() else { return };
        let (asked_at, token) = (looking.asked_at, looking.attempt.token);
        let again = Finding::Again { at: doubt.next_look(&policy, asked_at), proof: false };
        let had = looking.found.is_some();
        let finding = match looking.found {
            Some(found) if found.is_empty() && looking.unsure => doubt.decide(Look::Unsure, &policy, asked_at),
            Some(found) if found.is_empty() && !b.rules.has(Rule::TwoLooks) => Finding::NotSent,
            Some(found) => {
                let ids = found.iter().map(ToString::to_string).collect();
                match doubt.decide(Look::Candidates(ids), &policy, asked_at) {
                    // Somebody else has bound that one meanwhile: it was not this one's.
                    Finding::Bound(id) if b.rules.has(Rule::BoundOnce) && self.is_anothers(&id, token) => again,
                    finding => finding,
                }
            }
            None => doubt.decide(Look::Unavailable, &policy, asked_at),
        };
        self.news(b, node, token, |_, _| News::Look { finding, asked_at, had });
    }

    fn is_anothers(&self, id: &str, token: usize) -> bool {
        id.parse().is_ok_and(|id| self.db.is_bound(id, token))
    }
}
