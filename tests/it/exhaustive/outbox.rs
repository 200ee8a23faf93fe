//! A delivery and its attempts, small enough to be kept in many states. News goes through the program's own settlement.

use switchboard::clock::At;
use switchboard::config::usual_policies;
use switchboard::domain::outbox::delivery::{State, UNREPORTED};
use switchboard::domain::outbox::doubt::Doubt;
use switchboard::domain::outbox::settlement::{Effects, News, Outcome, Row, Try, settle};

use super::rules::{Rule, Rules};
use super::world::{Database, Lane};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    pub token: usize,
    pub fence: i64,
    pub node: usize,
    /// Which life of that process.
    pub run: usize,
    pub started_at: At,
    pub lease_until: At,
    pub ended_at: Option<At>,
    pub outcome: Option<Outcome>,
    /// The place of the carrier's message.
    pub bound: Option<usize>,
    pub doubt_since: Option<At>,
    pub next_look_at: Option<At>,
    pub listed_at: Option<At>,
    pub empty_at: Option<At>,
    /// When the request began by the carrier's clock, where that was known.
    pub there: Option<At>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delivery {
    pub text: usize,
    pub lane: Lane,
    pub state: State,
    pub rank: i64,
    /// The highest rank that it ever had, which no rule reads.
    pub highest: i64,
    pub fence: i64,
    pub accepted_at: At,
    pub due_at: Option<At>,
    pub look_from: Option<At>,
    pub attempts: Vec<Attempt>,
}

impl Delivery {
    /// Waits behind nothing it knows of.
    pub fn new(text: usize, lane: Lane, accepted_at: At) -> Self {
        Delivery {
            text,
            lane,
            state: State::Ready,
            rank: UNREPORTED,
            highest: UNREPORTED,
            fence: 0,
            accepted_at,
            due_at: None,
            look_from: None,
            attempts: Vec::new(),
        }
    }

    fn row(&self) -> Row {
        let (state, rank, fence, due_at) = (self.state, self.rank, self.fence, self.due_at);
        Row { state, rank, fence, due_at, code: None, why: None }
    }

    fn keep(&mut self, row: &Row) {
        (self.state, self.rank, self.due_at) = (row.state, row.rank, row.due_at);
        self.highest = self.highest.max(row.rank);
    }
}

impl Attempt {
    fn read(&self) -> Try {
        Try {
            fence: self.fence,
            started_at: self.started_at,
            ended_at: self.ended_at,
            outcome: self.outcome,
            carrier_id: self.bound.map(|id| id.to_string()),
            doubt_since: self.doubt_since,
            looks: 0,
            next_look_at: self.next_look_at,
            listed_at: self.listed_at,
            empty_at: self.empty_at,
            there: self.there,
        }
    }

    fn keep(&mut self, kept: Try) {
        self.ended_at = kept.ended_at;
        self.outcome = kept.outcome;
        self.bound = kept.carrier_id.and_then(|id| id.parse().ok());
        self.doubt_since = kept.doubt_since;
        self.next_look_at = kept.next_look_at;
        self.listed_at = kept.listed_at;
        self.empty_at = kept.empty_at;
    }

    pub fn doubt(&self) -> Option<Doubt> {
        self.read().doubt()
    }
}

impl Database {
    /// Something is under way or in doubt in this lane.
    pub fn is_busy(&self, lane: Lane, rules: Rules) -> bool {
        let holds = |state: State| match state {
            State::Unknown => rules.has(Rule::DoubtHoldsTheLane),
            state => state.holds_lane(),
        };
        self.outbox.iter().any(|one| one.lane == lane && holds(one.state))
    }

    /// The delivery and the attempt with this receipt address.
    pub fn find(&self, token: usize) -> Option<(usize, usize)> {
        self.outbox
            .iter()
            .enumerate()
            .find_map(|(place, one)| Some((place, one.attempts.iter().position(|attempt| attempt.token == token)?)))
    }

    /// A message of the carrier that is bound to an attempt other than this one.
    pub fn is_bound(&self, message: usize, but: usize) -> bool {
        self.outbox.iter().flat_map(|one| &one.attempts).any(|one| one.token != but && one.bound == Some(message))
    }

    /// Takes in news about the attempt at this place, by the program's own rules.
    pub fn settle(&mut self, (place, at): (usize, usize), news: News, rules: Rules, now: At) -> Effects {
        let delivery = &mut self.outbox[place];
        let (mut row, mut attempt) = (delivery.row(), delivery.attempts[at].read());
        if !rules.has(Rule::RankRises) && matches!(news, News::Report(_)) {
            row.rank = UNREPORTED;
        }
        if !rules.has(Rule::OnlyTheNewestAttemptCounts) && matches!(news, News::Answer(_)) {
            attempt.fence = row.fence;
        }
        let effects = settle(&mut row, &mut attempt, news, &usual_policies().delivery, now);
        delivery.keep(&row);
        delivery.attempts[at].keep(attempt);
        effects
    }
}
