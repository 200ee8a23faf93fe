//! Requests: the carrier takes them or does not, and what became of them is written, or is left to doubt.

use switchboard::domain::outbox::delivery::{State, state_of};
use switchboard::domain::outbox::sending::{self, Next, Recall, Sent};
use switchboard::domain::outbox::settlement::{News, Report};
use switchboard::wire::twilio::receipt::rank;

use super::bounds::Bounds;
use super::rules::Rule;
use super::world::{Answer, Made, World, shifted};

/// What happens to a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is taken and answered.
    Answered,
    /// It is taken, and the answer is lost.
    AnswerLost,
    /// It is lost.
    Lost,
    /// The carrier is too busy for it (429).
    Refused,
    /// It is not made, because its lease is over.
    Overdue,
}

impl World {
    /// The lease of a request that is not made yet is over, by the time that nobody can set.
    pub fn is_overdue(&self, b: &Bounds, born: usize) -> bool {
        self.now > born && b.rules.has(Rule::NoRequestAfterTheLease)
    }

    /// A request reaches the carrier, or does not. What it makes is listed so many steps later.
    pub fn carry(&mut self, b: &Bounds, node: usize, token: usize, how: How, late: usize) {
        let at = shifted(b.instant(self.now), -b.stamped_behind);
        let mind = &mut self.nodes[node];
        let Some(flight) = mind.flights.iter_mut().find(|flight| flight.token == token) else { return };
        if matches!(how, How::Answered | How::AnswerLost) {
            let (text, by, unwanted) = (flight.text, flight.lane, flight.unwanted);
            self.carrier.made.push(Made { text, lane: by, token, at, listed_from: self.now + late, unwanted });
        }
        flight.answer = Some(match how {
            How::Answered => Answer::Taken(self.carrier.made.len() - 1),
            How::AnswerLost | How::Lost => Answer::Lost,
            How::Refused | How::Overdue => Answer::NotSent,
        });
        match how {
            How::AnswerLost | How::Lost => self.left.lost -= 1,
            How::Refused => self.left.refused -= 1,
            How::Answered | How::Overdue => {}
        }
        mind.dated |= matches!(how, How::Answered | How::Refused);
    }

    /// What became of a request is written.
    pub fn settle(&mut self, b: &Bounds, node: usize, token: usize) {
        let flights = &mut self.nodes[node].flights;
        let Some(at) = flights.iter().position(|flight| flight.token == token) else { return };
        let Some(answer) = flights.remove(at).answer else { return };
        self.notice(b, node);
        let why = String::new();
        let sent = match answer {
            Answer::Taken(id) if self.db.is_bound(id, token) => Sent::InDoubt { why },
            Answer::Taken(id) => Sent::Accepted { id: id.to_string() },
            Answer::NotSent => Sent::NotSent { after: None, why },
            Answer::Lost => Sent::InDoubt { why },
        };
        self.news(b, node, token, |fence, now| News::Answer(sending::next(sent, fence, Recall::List, now)));
    }

    /// A request that belongs to nobody any more is in doubt.
    pub fn lease(&mut self, b: &Bounds, node: usize, token: usize) {
        self.notice(b, node);
        if b.rules.has(Rule::DoubtWhenTheLeaseEnds) {
            return self.news(b, node, token, |_, _| News::Answer(Next::Unknown { why: String::new() }));
        }
        let now = self.clock(b);
        if let Some((place, at)) = self.db.find(token) {
            let one = &mut self.db.outbox[place];
            one.attempts[at].ended_at = Some(now);
            (one.state, one.due_at) = (State::Ready, Some(now));
            self.commit(b, node);
        }
    }

    /// The carrier reports on a message.
    pub fn receipt(&mut self, b: &Bounds, node: usize, message: usize, word: &str) {
        self.left.receipts -= 1;
        self.notice(b, node);
        let token = self.carrier.made[message].token;
        if self.db.is_bound(message, token) {
            return;
        }
        let report = Report {
            id: message.to_string(),
            rank: rank(word).unwrap_or(-1),
            state: state_of(word),
            code: None,
            why: None,
            opted_out: false,
        };
        self.news(b, node, token, |_, _| News::Report(report));
    }

    /// News about an attempt is settled, if the database knows the attempt, and what that frees goes on its way.
    pub fn news(
        &mut self,
        b: &Bounds,
        node: usize,
        token: usize,
        news: impl FnOnce(i64, switchboard::clock::At) -> News,
    ) {
        let now = self.clock(b);
        let Some((place, at)) = self.db.find(token) else { return };
        let news = news(self.db.outbox[place].attempts[at].fence, now);
        let effects = self.db.settle((place, at), news, b.rules, now);
        if effects.freed {
            self.promote(b, node, self.db.outbox[place].lane);
        }
        self.commit(b, node);
    }
}
