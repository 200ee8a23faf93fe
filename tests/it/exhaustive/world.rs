//! Everything that a state is made of: what the carrier has, what the database has, and what each process remembers.

use switchboard::clock::{At, seconds};
use switchboard::domain::recollection::Place;

use super::bounds::Left;
use super::outbox::{Attempt, Delivery};

/// `at`, moved by so many seconds either way.
pub fn shifted(at: At, by: i64) -> At {
    if by < 0 { at - seconds(by.unsigned_abs()) } else { at + seconds(by.unsigned_abs()) }
}

/// A set of small numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Set(u32);

impl Set {
    pub fn has(self, one: usize) -> bool {
        self.0 & (1 << one) != 0
    }

    pub fn add(&mut self, one: usize) {
        self.0 |= 1 << one;
    }

    pub fn remove(&mut self, one: usize) {
        self.0 &= !(1 << one);
    }
}

/// Who says something, each in the conversation of the customer with this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    /// The customer, to the line.
    Customer(usize),
    /// The rep who has got a text of that customer, to the mask from which it came.
    Rep(usize),
    /// A program, by a keyed request.
    Program(usize),
}

impl Author {
    /// The customer in whose conversation this is.
    pub fn customer(self) -> usize {
        match self {
            Author::Customer(who) | Author::Rep(who) | Author::Program(who) => who,
        }
    }

    /// A number for sets of those whose texts can be compared with the carrier's list.
    pub fn index(self) -> usize {
        match self {
            Author::Customer(who) => 3 * who,
            Author::Rep(who) => 3 * who + 1,
            Author::Program(who) => 3 * who + 2,
        }
    }
}

/// A mask, and the rep on whose phone it stands in for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    pub rep: usize,
    pub mask: usize,
}

/// From one of our numbers to one phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// From a mask to a rep.
    Rep(Pair),
    /// From the line to a customer.
    Customer(usize),
}

/// How a text comes to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hook {
    /// The carrier goes on trying to tell us (a program: goes on asking) until it is answered.
    Pending,
    /// It has been answered.
    Answered,
    /// The carrier has given up.
    Dropped,
}

/// A text that the carrier has taken for us, or a program's request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Said {
    pub author: Author,
    /// The how manieth of its author's.
    pub nth: usize,
    /// To which mask, if a rep's.
    pub via: Option<Pair>,
    /// By the carrier's clock.
    pub at: At,
    pub hook: Hook,
}

/// A text that the carrier has taken from us.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Made {
    /// Which of what was said it carries; the carrier does not know.
    pub text: usize,
    pub lane: Lane,
    /// The attempt, by its receipt address.
    pub token: usize,
    /// By the carrier's clock, as it lists it.
    pub at: At,
    /// From which step on its list shows it.
    pub listed_from: usize,
    /// It went to somebody who was known, or could have been, to want nothing.
    pub unwanted: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Carrier {
    /// In the order of their sending.
    pub said: Vec<Said>,
    /// In the order of their making; a message's place is its id.
    pub made: Vec<Made>,
}

/// Who has a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pin {
    pub pair: Pair,
    /// When the leg began, by our clock.
    pub since: At,
}

/// What a commit keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Database {
    pub place: Place<i64>,
    /// Which texts have been stored; of a program's request, that it has been done.
    pub stored: Set,
    /// Which of them have been carried on.
    pub relayed: Set,
    /// Which of them were for us, not for anybody.
    pub kept: Set,
    /// Which of them a person has to decide about.
    pub held: Set,
    /// By customer.
    pub pins: Vec<Option<Pin>>,
    /// The outbox, in the order of acceptance.
    pub outbox: Vec<Delivery>,
    /// When somebody noticed last that the database had gone back.
    pub went_back_at: Option<At>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The carrier named the message that it made.
    Taken(usize),
    /// It was surely not sent.
    NotSent,
    /// Nobody knows.
    Lost,
}

/// A request that a process has in hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flight {
    pub token: usize,
    pub text: usize,
    pub lane: Lane,
    /// The step at which it was born: its lease counts by steady time.
    pub born: usize,
    pub answer: Option<Answer>,
    pub unwanted: bool,
}

/// A look at the carrier's list whose result is not written yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Looking {
    /// The attempt, as it stood when the list was asked for.
    pub attempt: Attempt,
    pub asked_at: At,
    /// What could be it; `None` if the list could not be had.
    pub found: Option<Vec<usize>>,
    /// Of what has the same words, nobody can say whether it was made before.
    pub unsure: bool,
}

/// A process and its memory, of which a crash leaves nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Node {
    pub up: bool,
    /// Which life of the process it is.
    pub run: usize,
    /// How much had been said when it started, or when the database went back under it.
    pub said_before: usize,
    /// Where the database stood when it was last used.
    pub noted: Option<Place<i64>>,
    /// What waits is known not to be at the carrier.
    pub outbox_checked: bool,
    /// Whose texts have been compared with the carrier's list, by [`Author::index`].
    pub compared: Set,
    /// The carrier's clock has been seen.
    pub dated: bool,
    pub flights: Vec<Flight>,
    pub looking: Option<Looking>,
    /// Requests that were done but not yet marked as done (only where that mark stands apart).
    pub unmarked: Set,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// Steps of time since the beginning.
    pub now: usize,
    pub carrier: Carrier,
    pub db: Database,
    pub backup: Option<Box<Database>>,
    pub nodes: Vec<Node>,
    /// What may still go wrong.
    pub left: Left,
    /// Attempts so far, in every life of the database: no id is given twice.
    pub tokens: usize,
    /// Lives of the database so far.
    pub lives: i64,
    /// Nothing goes wrong any more, and everything has had its time.
    pub calm: bool,
}
