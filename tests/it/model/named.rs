//! Gives the small numbers of a step their meaning in the world as it is.

use switchboard::clock::minutes;

use super::deeds::Deed;
use super::oracle::COMMANDS;
use super::run::Run;
use super::steps::{Act, KEYWORDS, Words};
use super::world::{CUSTOMERS, ELSEWHERE};

/// The `n`-th of these, counted round and round.
fn nth<T: Clone>(all: &[T], n: u8) -> Option<T> {
    if all.is_empty() { None } else { Some(all[usize::from(n) % all.len()].clone()) }
}

impl Run {
    /// What an act means now; `None` where there is nobody to do it or nothing to do it to.
    pub fn named(&mut self, act: &Act) -> Option<Deed> {
        match *act {
            Act::CustomerTexts { customer, line, words } => {
                let to = nth(&self.oracle.lines(), line)?;
                Some(self.says(nth(&CUSTOMERS, customer)?, &to, words))
            }
            Act::CustomerErrs { customer, number } => {
                let mut numbers = self.oracle.masks();
                numbers.push(ELSEWHERE.to_owned());
                Some(self.says(nth(&CUSTOMERS, customer)?, &nth(&numbers, number)?, Words::Fresh))
            }
            Act::Loop { from, to } => {
                let numbers: Vec<String> = self.oracle.numbers.values().map(|one| one.e164.clone()).collect();
                Some(self.says(&nth(&numbers, from)?, &nth(&numbers, to)?, Words::Fresh))
            }
            Act::RepTexts { rep, thread, words } => {
                let phone = nth(&self.phones(), rep)?;
                let legs = self.oracle.legs.iter().filter(|leg| leg.phone == phone && leg.person.is_some());
                // A live thread is used more often than one that has ended.
                let mut threads: Vec<i64> = legs.clone().map(|leg| leg.number).collect();
                threads.extend(legs.filter(|leg| leg.ended_at.is_none()).flat_map(|leg| [leg.number; 3]));
                let to = self.oracle.numbers[&nth(&threads, thread)?].e164.clone();
                Some(self.says(&phone, &to, words))
            }
            Act::RepTextsLine { rep, line, words } => {
                let (phone, line) = (nth(&self.phones(), rep)?, nth(&self.oracle.lines(), line)?);
                Some(self.says(&phone, &line, words))
            }
            Act::Replies { by, conversation, twice } => {
                let (by, talk) = (self.person(by)?, self.conversation(conversation)?);
                self.said += u32::from(!twice);
                let body = format!("<{}>", self.said);
                // A form is posted twice only for the conversation that it is for.
                Some(Deed::Reply { key: format!("form {} {talk}", self.said), by, talk, body })
            }
            Act::Notes { by, conversation } => {
                let (by, talk) = (self.person(by)?, self.conversation(conversation)?);
                self.said += 1;
                Some(Deed::Note { key: format!("form {}", self.said), by, talk, body: format!("<{}>", self.said) })
            }
            Act::Claims { by, conversation } => {
                Some(Deed::Claim { by: self.person(by)?, talk: self.conversation(conversation)? })
            }
            Act::Transfers { by, conversation, to } => {
                let (by, to) = (self.person(by)?, self.person(to)?);
                Some(Deed::Transfer { by, talk: self.conversation(conversation)?, to })
            }
            Act::Snoozes { by, conversation, minutes: span } => {
                let (by, talk) = (self.person(by)?, self.conversation(conversation)?);
                Some(Deed::Snooze { by, talk, span: minutes(u64::from(span)) })
            }
            Act::Blocks { by, conversation, blocked } => {
                Some(Deed::Block { by: self.person(by)?, talk: self.conversation(conversation)?, blocked })
            }
            Act::Consents { by, conversation, given } => {
                Some(Deed::Consent { by: self.person(by)?, talk: self.conversation(conversation)?, given })
            }
            Act::Settles { by, conversation, refused } => {
                Some(Deed::Settle { by: self.person(by)?, talk: self.conversation(conversation)?, refused })
            }
            Act::Duty { by, person, duty } => {
                let person = self.person(person)?;
                // Mostly one's own.
                let by = if by < 128 { person } else { self.person(by)? };
                Some(Deed::Duty { by, person, duty: ["on", "away", "away_reassign"][usize::from(duty % 3)] })
            }
            Act::Enables { person, enabled } => {
                let admin = self.oracle.people.values().find(|one| one.name == "Ada")?.id;
                // One who was disabled comes back; nobody disables the admin.
                let people = self.oracle.people.values().filter(|one| one.enabled != enabled && one.id != admin);
                let person = nth(&people.map(|one| one.id).collect::<Vec<_>>(), person)?;
                Some(Deed::Enable { by: admin, person, enabled })
            }
            Act::Closes { by, conversation } => {
                Some(Deed::Close { by: self.person(by)?, talk: self.conversation(conversation)? })
            }
            _ => None,
        }
    }

    fn phones(&self) -> Vec<String> {
        self.oracle.people.values().filter(|one| one.enabled).filter_map(|one| one.phone.clone()).collect()
    }

    fn person(&self, n: u8) -> Option<i64> {
        let people: Vec<i64> = self.oracle.people.keys().copied().collect();
        nth(&people, n)
    }

    /// One of the conversations; one of the open ones more often.
    fn conversation(&self, n: u8) -> Option<i64> {
        let talks = &self.oracle.talks;
        let mut all: Vec<i64> = talks.keys().copied().collect();
        all.extend(talks.iter().filter(|(_, talk)| !talk.closed()).flat_map(|(id, _)| [*id; 3]));
        nth(&all, n)
    }

    fn says(&mut self, from: &str, to: &str, words: Words) -> Deed {
        if words == Words::Again {
            let by = |deed: &&Deed| matches!(deed, Deed::Text { from: by, .. } if by == from);
            if let Some(before) = self.texts.iter().rfind(by) {
                return before.clone();
            }
        }
        self.said += 1;
        let fresh = format!("<{}>", self.said);
        let body = match words {
            Words::Keyword(n) => nth(&KEYWORDS, n).unwrap_or_default().to_owned(),
            Words::Command(n) => nth(&COMMANDS, n).unwrap_or_default().to_owned(),
            Words::Long => format!("{fresh} {}", "and so on ".repeat(170)),
            Words::Fresh | Words::Again => fresh,
        };
        let word = super::oracle::word(&body, to);
        self.rig.carrier.hears(to, from, word);
        let key = format!("IN{:04}", self.said);
        let deed = Deed::Text { key, from: from.to_owned(), to: to.to_owned(), body };
        self.texts.push(deed.clone());
        deed
    }
}
