//! The oracle: what ought to be, in plain maps. It is written from the rules and knows nothing of the program but
//! what a look at the database shows. Where chance decides, it checks that the choice was allowed and follows it.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::clock::{At, Clock};
use switchboard::domain::policy::PickPolicy;

use super::seen::{Books, Delivery, Leg as SeenLeg, Seen, Talk as SeenTalk};

mod commands;
mod desk;
mod held;
mod hours;
mod late;
mod masks;
mod opens;
mod outbox;
mod queue;
mod rules;
mod setup;
mod texts;
mod wishes;

pub use commands::COMMANDS;
pub use held::{Decision, Exchange, Held};
pub use hours::Hours;
pub use outbox::Begun;
pub use rules::{Own, POLICIES, Rule, WORDS};
pub use setup::Setup;
pub use texts::{Word, word};
pub use wishes::REFUSAL;

pub type Event<T = ()> = Result<T, String>;

/// Fails with a sentence unless something holds.
macro_rules! hold {
    ($holds:expr, $($why:tt)*) => { if !$holds { return Err(format!($($why)*)); } };
}
pub(crate) use hold;

/// Somebody with a login.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: i64,
    pub name: String,
    pub manages: bool,
    pub phone: Option<String>,
    pub muted: bool,
    pub enabled: bool,
    pub duty: String,
    pub limit: Option<i64>,
    pub lines: Vec<i64>,
    /// When they work; always if none.
    pub hours: Option<Hours>,
}

/// One of our numbers.
#[derive(Clone, Debug)]
pub struct Number {
    pub id: i64,
    /// E.164.
    pub e164: String,
    /// The line's name; none for a mask.
    pub line: Option<String>,
    /// When the line is open; always if none.
    pub hours: Option<Hours>,
    /// It serves phones of its own country, which is not that of +1.
    pub abroad: bool,
    /// What a line does otherwise than the settings say.
    pub policies: Own,
    /// What it says otherwise than is usual.
    pub words: Own,
}

#[derive(Clone, Debug)]
pub struct Talk {
    pub line: i64,
    pub customer: String,
    pub pinned: Option<i64>,
    /// When that last changed.
    pub pinned_at: At,
    pub closed_at: Option<At>,
    /// When anything was said last.
    pub last_at: At,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<At>,
    /// When somebody answered last.
    pub answered_at: Option<At>,
    /// The first message that waits for the phone of whoever has it or gets it.
    pub waits: Option<i64>,
    /// Put aside until then.
    pub snoozed: Option<At>,
    /// A text reads like a refusal, and nobody has decided yet.
    pub flagged: bool,
    /// When anything was said or done last.
    pub touched_at: At,
    /// What the two sides have said to each other lately.
    pub exchange: Exchange,
    /// Two machines seem to answer each other: relaying is paused.
    pub paused: bool,
}

impl Talk {
    pub fn closed(&self) -> bool {
        self.closed_at.is_some()
    }
}

#[derive(Clone, Debug)]
pub struct Leg {
    pub id: i64,
    pub talk: i64,
    /// Whose, if staff's.
    pub person: Option<i64>,
    pub phone: String,
    pub number: i64,
    pub counterpart: String,
    pub opened_at: At,
    pub ended_at: Option<At>,
    pub rests_until: At,
    pub greeted: bool,
}

/// What somebody said.
#[derive(Clone, Debug)]
pub struct Text {
    pub talk: i64,
    pub staff: Option<i64>,
    /// The leg that it came by.
    pub leg: Option<i64>,
    pub body: String,
    /// A customer's opt-out: shown in other words.
    pub stop: bool,
}

/// A delivery, as it was last seen.
#[derive(Clone, Debug)]
pub struct Out {
    pub message: Option<i64>,
    pub leg: Option<i64>,
    pub talk: Option<i64>,
    pub kind: String,
    pub number: i64,
    pub to: String,
    pub person: Option<i64>,
    pub body: String,
    pub state: String,
    pub rank: i64,
    pub accepted_at: At,
}

/// The world as it ought to be.
#[derive(Clone, Debug)]
pub struct Oracle {
    clock: Clock,
    pub people: BTreeMap<i64, Person>,
    pub numbers: BTreeMap<i64, Number>,
    pub talks: BTreeMap<i64, Talk>,
    pub legs: Vec<Leg>,
    pub texts: BTreeMap<i64, Text>,
    pub outs: BTreeMap<i64, Out>,
    /// Texts that wait for a manager.
    pub held: BTreeMap<i64, Held>,
    /// Carrier ids and form keys that have been stored.
    pub stored: BTreeSet<String>,
    /// (phone, line; none for the pool) → given, when.
    consents: BTreeMap<(String, Option<i64>), (bool, At)>,
    /// (phone, number) that the carrier lets nothing pass between.
    blocks: BTreeSet<(String, i64)>,
    /// Deliveries that were born and taken back within one look.
    taken_back: Vec<Delivery>,
    /// When a block was lifted, where that is its newest entry.
    lifted: BTreeMap<(String, i64), At>,
    /// Consents whose newest entry is by staff.
    by_staff: BTreeSet<(String, Option<i64>)>,
    /// Customers whom staff have blocked.
    kept_away: BTreeMap<(String, Option<i64>), i64>,
    /// HELP is the carrier's to answer.
    carrier_helps: bool,
    /// (kind, number, phone) → when the window of a throttled notice began.
    windows: BTreeMap<(&'static str, i64, String), At>,
    /// (conversation, phone) → when its owner was told of failures.
    told: BTreeMap<(i64, String), Vec<At>>,
    told_of: BTreeSet<i64>,
    /// How reps are picked.
    pick: PickPolicy,
    /// (line, person) → when they were picked last.
    picked: BTreeMap<(i64, i64), At>,
    /// Messages of which a text has just turned out not to arrive.
    failed: BTreeSet<i64>,
    /// (conversation, message) of texts whose addressee had just lost the conversation.
    lost: BTreeSet<(i64, i64)>,
    /// When the text was sent that came in late and is being judged.
    sent: Option<At>,
    /// How often which rule was exercised.
    pub tally: BTreeMap<&'static str, u64>,
}

/// `••` and the last two digits; a short code or a name as it is.
pub fn masked(phone: &str) -> String {
    if !phone.starts_with('+') {
        return phone.to_owned();
    }
    let at = phone.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    format!("••{}", &phone[at..])
}

impl Oracle {
    pub fn new(
        clock: &Clock,
        people: Vec<Person>,
        numbers: Vec<Number>,
        pick: PickPolicy,
        carrier_helps: bool,
    ) -> Self {
        Oracle {
            clock: clock.clone(),
            people: people.into_iter().map(|one| (one.id, one)).collect(),
            numbers: numbers.into_iter().map(|one| (one.id, one)).collect(),
            talks: BTreeMap::new(),
            legs: Vec::new(),
            texts: BTreeMap::new(),
            outs: BTreeMap::new(),
            held: BTreeMap::new(),
            stored: BTreeSet::new(),
            consents: BTreeMap::new(),
            blocks: BTreeSet::new(),
            taken_back: Vec::new(),
            lifted: BTreeMap::new(),
            by_staff: BTreeSet::new(),
            kept_away: BTreeMap::new(),
            carrier_helps,
            windows: BTreeMap::new(),
            told: BTreeMap::new(),
            told_of: BTreeSet::new(),
            pick,
            picked: BTreeMap::new(),
            failed: BTreeSet::new(),
            lost: BTreeSet::new(),
            sent: None,
            tally: BTreeMap::new(),
        }
    }

    fn now(&self) -> At {
        self.clock.now()
    }

    /// When what is being judged was said.
    fn sent_at(&self) -> At {
        self.sent.unwrap_or_else(|| self.now())
    }

    pub fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    pub fn number_of(&self, number: &str) -> Option<&Number> {
        self.numbers.values().find(|one| one.e164 == number)
    }

    pub fn lines(&self) -> Vec<String> {
        self.numbers.values().filter(|one| one.line.is_some()).map(|one| one.e164.clone()).collect()
    }

    pub fn masks(&self) -> Vec<String> {
        self.numbers.values().filter(|one| one.line.is_none()).map(|one| one.e164.clone()).collect()
    }

    /// The enabled colleague with this phone.
    fn staff_with(&self, phone: &str) -> Option<&Person> {
        self.people.values().find(|one| one.enabled && one.phone.as_deref() == Some(phone))
    }

    fn live_leg(&self, phone: &str, number: i64) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.ended_at.is_none() && leg.phone == phone && leg.number == number)
    }

    /// The newest leg of a phone on a number, live or ended.
    fn last_leg(&self, phone: &str, number: i64) -> Option<&Leg> {
        let legs = self.legs.iter().filter(|leg| leg.phone == phone && leg.number == number);
        legs.max_by_key(|leg| (leg.opened_at, leg.id))
    }

    fn leg(&self, id: i64) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == id)
    }

    fn talk(&self, id: i64) -> Event<&Talk> {
        self.talks.get(&id).ok_or_else(|| format!("there is no conversation {id}"))
    }

    /// A person's phone, if it takes texts.
    fn phone_of(&self, person: i64) -> Option<String> {
        let one = self.people.get(&person)?;
        one.phone.clone().filter(|_| one.enabled && !one.muted && one.duty != "away_reassign")
    }

    /// Whether texts of its conversation are put on this leg's phone.
    fn reachable(&self, leg: &Leg) -> bool {
        leg.person.is_none_or(|person| self.phone_of(person).as_ref() == Some(&leg.phone))
    }

    /// Why nothing may be sent from `number` to `phone`, if so.
    fn obstacle(&self, number: i64, phone: &str) -> Option<&'static str> {
        let line = self.numbers.get(&number).and_then(|one| one.line.as_ref().map(|_| number));
        let withdrawn = self.consents.get(&(phone.to_owned(), line)).is_some_and(|(given, _)| !given);
        if !phone.bytes().any(|byte| byte.is_ascii_digit()) {
            Some("a name cannot be answered")
        } else if withdrawn {
            Some("no consent")
        } else if self.blocks.contains(&(phone.to_owned(), number)) {
            Some("a block")
        } else if line.is_some() && self.keeps_away(phone, line) {
            Some("a customer who is kept away")
        } else if self.staff_with(phone).is_some_and(|one| one.muted) {
            Some("a phone that is turned off")
        } else {
            None
        }
    }

    /// Nothing in the look is left over, and the database stands as it ought to.
    pub fn agrees(&self, seen: &Seen) -> Event {
        hold!(seen.messages.is_empty(), "stored, and nobody said it: {:?}", seen.messages);
        hold!(seen.born.is_empty(), "on its way, and nobody ought to get it: {:?}", seen.born);
        hold!(self.taken_back.is_empty(), "taken back from nobody: {:?}", self.taken_back);
        hold!(seen.events.is_empty(), "on the timeline, and nobody did it: {:?}", seen.events);
        hold!(
            self.failed.is_empty() && self.lost.is_empty(),
            "not told: {:?}, not handed on: {:?}",
            self.failed,
            self.lost
        );
        if seen.standing.is_none() {
            return Ok(());
        }
        let ours: Vec<SeenTalk> = self
            .talks
            .iter()
            .map(|(id, talk)| SeenTalk {
                id: *id,
                line: talk.line,
                customer: talk.customer.clone(),
                pinned: talk.pinned,
                closed: talk.closed(),
                waits: talk.waits,
                waiting_since: talk.waiting_since,
                last_at: talk.last_at,
                snoozed: talk.snoozed,
                paused: talk.paused,
            })
            .collect();
        let differs = ours.iter().zip(seen.talks()).find(|(ours, seen)| ours != seen);
        hold!(differs.is_none(), "what ought to be, and what is: {differs:#?}");
        hold!(ours.len() == seen.talks().len(), "{} conversations, and {} ought to be", seen.talks().len(), ours.len());
        for leg in seen.legs() {
            let Some(ours) = self.leg(leg.id) else { return Err(format!("nobody opened {leg:?}")) };
            hold!(same(ours, leg), "a leg is {leg:?} and ought to be {ours:?}");
        }
        hold!(self.legs.len() == seen.legs().len(), "a leg is gone");
        let ours = self.books();
        hold!(seen.books() == Some(&ours), "of people it is written {:?}, and ought to be {ours:?}", seen.books());
        Ok(())
    }

    fn books(&self) -> Books {
        let withdrawn = self.consents.iter().filter(|(_, (given, _))| !given).map(|(key, _)| key.clone());
        Books {
            withdrawn: withdrawn.collect(),
            blocks: self.blocks.clone(),
            kept_away: self.kept_away.keys().cloned().collect(),
            staff: self.people.values().map(|one| (one.id, (one.duty.clone(), one.enabled, one.muted))).collect(),
        }
    }
}

fn same(ours: &Leg, seen: &SeenLeg) -> bool {
    (ours.talk, ours.person, &ours.phone, ours.number, ours.ended_at.is_some())
        == (seen.talk, seen.person, &seen.phone, seen.number, seen.ended)
}
