//! What news about a request does to its delivery: answers, receipts and searches of the carrier's list, in any order.
//!
//! News may come doubled, late, early or about an attempt that has been replaced. A status does not go back, and
//! nothing is requested again unless it was certainly not sent.

use super::delivery::State;
use super::doubt::{Doubt, Finding};
use super::fitness::Verdict;
use super::sending::Next;
use crate::clock::At;
use crate::domain::policy::DeliveryPolicy;
use crate::domain::vocabulary::words;

/// A delivery, as news changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub state: State,
    /// The highest rank the carrier has reported.
    pub rank: i64,
    /// The number of its newest attempt.
    pub fence: i64,
    /// When it may leave, while it is ready.
    pub due_at: Option<At>,
    /// The carrier's error code.
    pub code: Option<i64>,
    /// Why it stands so, in plain words.
    pub why: Option<String>,
}

words! {
    /// What became of an attempt.
    Outcome {
        /// The carrier has the text.
        Accepted = "accepted",
        /// It was certainly not sent.
        NotSent = "not_sent",
        /// The carrier could not be reached.
        Unreached = "unreached",
        /// The carrier refused it.
        Refused = "refused",
        /// Nobody knows.
        Unknown = "unknown",
        /// This process did not make it. It may have been made before the database went back.
        Earlier = "earlier",
    }
}

/// An attempt, as news changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// Its fencing number.
    pub fence: i64,
    /// When the request began.
    pub started_at: At,
    /// When it ended, one way or another.
    pub ended_at: Option<At>,
    /// What became of it, once it has ended.
    pub outcome: Option<Outcome>,
    /// The carrier's id, once it is known.
    pub carrier_id: Option<String>,
    /// Since when it is in doubt.
    pub doubt_since: Option<At>,
    /// Looks at the list so far.
    pub looks: i64,
    /// The next look.
    pub next_look_at: Option<At>,
    /// When the list was last had.
    pub listed_at: Option<At>,
    /// When a look that counts found nothing.
    pub empty_at: Option<At>,
    /// When the request began by the carrier's clock, where that was known then.
    pub there: Option<At>,
}

/// News about an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The request ended.
    Answer(Next),
    /// The carrier reported on the message.
    Report(Report),
    /// Its list was looked at (or could not be had).
    Look {
        /// What follows.
        finding: Finding,
        /// When the list was asked for.
        asked_at: At,
        /// The list was had.
        had: bool,
    },
    /// A person decided.
    Decided(Decision),
}

/// What a person says about a text of which nobody knows whether it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was sent; the carrier has it under this id, if one is known.
    Sent(Option<String>),
    /// It was not: it is to be requested again.
    NotSent,
    /// It is to be left at that, for a reason in plain words.
    GiveUp(String),
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The carrier's id of the message.
    pub id: String,
    /// The rank of its status; below 0 where the word is unknown.
    pub rank: i64,
    /// The state that the status means, if it means one.
    pub state: Option<State>,
    /// The carrier's error code.
    pub code: Option<i64>,
    /// What the code means, in plain words.
    pub why: Option<String>,
    /// The code means that the recipient has opted out.
    pub opted_out: bool,
}

/// A refusal that may mean more than its own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The whole account is refused.
    pub account: bool,
    /// The carrier's code.
    pub code: Option<i64>,
    /// In plain words.
    pub why: String,
}

/// What follows besides the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "lanes stand still and people are not told unless these are carried out"]
pub struct Effects {
    /// The lane is free: the next in it may leave.
    pub freed: bool,
    /// It will not arrive: its author must be told.
    pub failed: bool,
    /// The recipient has opted out at the carrier.
    pub opted_out: bool,
    /// The carrier sends nothing from this number to this phone, or nothing from the whole account.
    pub unfit: Option<Unfit>,
    /// The carrier took this attempt, and that was not known before.
    pub taken: bool,
    /// The carrier took two requests for this delivery.
    pub doubled: bool,
    /// It waits for another request.
    pub waiting: bool,
    /// The report belongs to another message than this attempt's.
    pub mismatch: bool,
}

impl Try {
    /// What is known about it, while it is in doubt.
    #[must_use]
    pub fn doubt(&self) -> Option<Doubt> {
        Some(Doubt {
            started_at: self.started_at,
            since: self.doubt_since?,
            listed_at: self.listed_at,
            empty_at: self.empty_at,
            earlier: self.outcome == Some(Outcome::Earlier),
        })
    }

    fn end(&mut self, outcome: Outcome, now: At) {
        self.ended_at.get_or_insert(now);
        self.outcome = Some(outcome);
        self.next_look_at = None;
    }

    fn bind(&mut self, id: String, now: At) {
        self.carrier_id = Some(id);
        self.end(Outcome::Accepted, now);
    }
}

impl Row {
    /// The carrier has it. True if that frees the lane.
    fn accept(&mut self) -> bool {
        let freed = matches!(self.state, State::Sending | State::Unknown | State::Ready);
        if freed || self.state == State::Parked {
            self.state = State::Accepted;
            self.due_at = None;
            self.why = None;
        }
        freed
    }

    fn end(&mut self, state: State, code: Option<i64>, why: String) {
        self.state = state;
        self.code = code;
        self.why = Some(why);
        self.due_at = None;
    }

    fn wait(&mut self, due_at: At, why: String) {
        self.state = State::Ready;
        self.due_at = Some(due_at);
        self.why = Some(why);
    }
}

/// Takes news in.
pub fn settle(row: &mut Row, attempt: &mut Try, news: News, policy: &DeliveryPolicy, now: At) -> Effects {
    let bound = attempt.carrier_id.is_some();
    let mut effects = match news {
        News::Answer(next) => answer(row, attempt, next, policy, now),
        News::Report(report) => receipt(row, attempt, report, now),
        News::Look { finding, asked_at, had } => look(row, attempt, finding, asked_at, had, now),
        News::Decided(decision) => decide(row, attempt, decision, now),
    };
    effects.taken = !bound && attempt.carrier_id.is_some();
    effects
}

/// What a refusal from a number means for its own text, once it is known what it means for the number.
pub fn judged(row: &mut Row, unfit: Unfit, verdict: Verdict, effects: &mut Effects, now: At) {
    match verdict {
        Verdict::Again(at) => row.wait(at, unfit.why),
        Verdict::Pauses => row.wait(now, unfit.why),
        Verdict::GivesUp => {
            row.end(State::Failed, unfit.code, unfit.why);
            (effects.freed, effects.failed, effects.waiting) = (true, true, false);
        }
    }
}

fn answer(row: &mut Row, attempt: &mut Try, next: Next, policy: &DeliveryPolicy, now: At) -> Effects {
    let mut effects = Effects::default();
    let newest = attempt.fence == row.fence;
    if let Next::Accepted { id } = next {
        if attempt.carrier_id.is_none() {
            attempt.bind(id, now);
            if newest {
                effects.freed = row.accept();
            } else {
                effects.doubled = true;
            }
        }
        return effects;
    }
    // Whatever else the answer says, a receipt or a look may have settled it before.
    if attempt.carrier_id.is_some() || !newest || !row.state.holds_lane() {
        attempt.ended_at.get_or_insert(now);
        return effects;
    }
    match next {
        Next::Accepted { .. } => {}
        Next::Retry { at, why } => {
            attempt.end(Outcome::NotSent, now);
            row.wait(at, why);
            effects.waiting = true;
        }
        Next::Unreached { at, why } => {
            attempt.end(Outcome::Unreached, now);
            row.wait(at, why);
            effects.waiting = true;
        }
        Next::Unfit { account, code, why } => {
            attempt.end(Outcome::Refused, now);
            row.wait(now, why.clone());
            effects.waiting = true;
            effects.unfit = Some(Unfit { account, code, why });
        }
        Next::Failed { code, opted_out, why } => {
            attempt.end(Outcome::Refused, now);
            row.end(State::Failed, code, why);
            effects = Effects { freed: true, failed: true, opted_out, ..effects };
        }
        Next::Dead { why } => {
            attempt.end(Outcome::NotSent, now);
            row.end(State::Dead, None, why);
            effects = Effects { freed: true, failed: true, ..effects };
        }
        Next::Unknown { why } => {
            attempt.end(Outcome::Unknown, now);
            attempt.doubt_since.get_or_insert(now);
            attempt.next_look_at = attempt.doubt().map(|doubt| doubt.next_look(policy, now));
            row.state = State::Unknown;
            row.why = Some(why);
        }
    }
    effects
}

fn receipt(row: &mut Row, attempt: &mut Try, report: Report, now: At) -> Effects {
    let mut effects = Effects::default();
    match &attempt.carrier_id {
        Some(bound) if *bound != report.id => {
            effects.mismatch = true;
            return effects;
        }
        Some(_) => {}
        None => {
            attempt.bind(report.id, now);
            effects.doubled = attempt.fence != row.fence;
        }
    }
    if attempt.fence != row.fence {
        return effects;
    }
    effects.freed = row.accept();
    if report.rank > row.rank {
        row.rank = report.rank;
        if let Some(state) = report.state {
            row.state = state;
            row.code = report.code;
            row.why = if state.is_failure() { report.why } else { None };
            effects.failed = state.is_failure();
            effects.opted_out = report.opted_out && effects.failed;
        }
    } else if row.code.is_none() && row.state.is_failure() {
        row.code = report.code;
    }
    effects
}

fn look(row: &mut Row, attempt: &mut Try, finding: Finding, asked_at: At, had: bool, now: At) -> Effects {
    let mut effects = Effects::default();
    let open = attempt.carrier_id.is_none() && attempt.fence == row.fence;
    if !open || !matches!(row.state, State::Unknown | State::Parked) {
        attempt.next_look_at = None;
        return effects;
    }
    attempt.looks += 1;
    if had {
        attempt.listed_at = Some(asked_at);
    }
    match finding {
        Finding::Bound(id) => {
            attempt.bind(id, now);
            effects.freed = row.accept();
        }
        Finding::NotSent if row.state == State::Unknown => {
            attempt.end(Outcome::NotSent, now);
            row.wait(now, "the carrier never had it".to_owned());
            effects.waiting = true;
        }
        // A person decides about a parked text: others have gone on in its lane.
        Finding::NotSent => attempt.next_look_at = None,
        Finding::Again { at, proof } => {
            attempt.next_look_at = Some(at);
            if proof {
                attempt.empty_at = Some(asked_at);
            }
        }
        Finding::Parked { at, why } => {
            effects.freed = row.state == State::Unknown;
            row.state = State::Parked;
            row.why = Some(why.to_owned());
            attempt.next_look_at = Some(at);
        }
    }
    effects
}

/// Only what is still in doubt can be decided about: otherwise the news has found no place (`mismatch`).
fn decide(row: &mut Row, attempt: &mut Try, decision: Decision, now: At) -> Effects {
    let open = attempt.carrier_id.is_none() && attempt.fence == row.fence;
    if !open || !matches!(row.state, State::Unknown | State::Parked) {
        return Effects { mismatch: true, ..Effects::default() };
    }
    let held_lane = row.state == State::Unknown;
    match decision {
        Decision::Sent(id) => {
            match id {
                Some(id) => attempt.bind(id, now),
                // A receipt on its own address may still tell the id.
                None => attempt.end(Outcome::Accepted, now),
            }
            Effects { freed: row.accept(), ..Effects::default() }
        }
        Decision::NotSent => {
            attempt.end(Outcome::NotSent, now);
            row.wait(now, "somebody decided to send it again".to_owned());
            // A parked one stands in a lane that has gone on: it waits there like any other.
            Effects { waiting: true, ..Effects::default() }
        }
        Decision::GiveUp(why) => {
            attempt.end(Outcome::Unknown, now);
            row.end(State::Dead, None, why);
            Effects { freed: held_lane, failed: true, ..Effects::default() }
        }
    }
}

#[cfg(test)]
mod tests;
