//! Gives the small numbers of a step their meaning in the world as it is.

use switchboard::clock::minutes;

use super::deeds::Deed;
use super::oracle::{COMMANDS, Decision, Hours, POLICIES, Rule, Setup, WORDS};
use super::run::Run;
use super::steps::{Act, KEYWORDS, Words};
use super::world::{CUSTOMERS, ELSEWHERE};

/// The `n`-th of these, counted round and round.
fn nth<T: Clone>(all: &[T], n: u8) -> Option<T> {
    if all.is_empty() { None } else { Some(all[usize::from(n) % all.len()].clone()) }
}

/// Hours of a line or a person, or none.
fn hours(n: u8) -> Option<Hours> {
    let hours = Hours { from: i64::from(n % 9), to: 12 + i64::from(n % 11) };
    Some(hours).filter(|_| !n.is_multiple_of(3))
}

impl Run {
    /// What an act means now; `None` where there is nobody to do it or nothing to do it to.
    pub fn named(&mut self, act: &Act) -> Option<Deed> {
        match *act {
            Act::CustomerTexts { customer, line, words } => {
                let to = nth(&self.oracle.lines(), line)?;
                let from = nth(&self.activity(), customer)?;
                Some(self.says(&from, &to, words))
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
                let admin = self.admin()?;
                // One who was disabled comes back; nobody disables the admin.
                let people = self.oracle.people.values().filter(|one| one.enabled != enabled && one.id != admin);
                let person = nth(&people.map(|one| one.id).collect::<Vec<_>>(), person)?;
                Some(Deed::Enable { by: admin, person, enabled })
            }
            Act::Closes { by, conversation } => {
                Some(Deed::Close { by: self.person(by)?, talk: self.conversation(conversation)? })
            }
            Act::Decides { by, message, how } => {
                let held: Vec<i64> = self.oracle.held.keys().copied().collect();
                // Mostly by those who may.
                let managers = self.oracle.people.values().filter(|one| one.manages && one.enabled).map(|one| one.id);
                let by = if by < 32 { self.person(by)? } else { nth(&managers.collect::<Vec<_>>(), by)? };
                let how = [Decision::Forward, Decision::Reopen, Decision::Dismiss][usize::from(how % 3)];
                Some(Deed::Decide { by, message: nth(&held, message)?, how })
            }
            Act::Rules { line, what, n } => self.rule(line, what, n),
            Act::SetsUp { person, what, n } => self.setup(person, what, n),
            Act::TextsOn { person } => Some(Deed::TextsOn { person: self.person(person)? }),
            _ => None,
        }
    }

    /// What an admin changes about a line.
    fn rule(&self, line: u8, what: u8, n: u8) -> Option<Deed> {
        let lines = self.oracle.numbers.values().filter(|one| one.line.is_some());
        let number = nth(&lines.collect::<Vec<_>>(), line)?;
        let rule = match what % 8 {
            0 => Rule::Hours(hours(n)),
            1..5 => {
                let (key, values) = nth(&POLICIES, what / 8)?;
                let mut own = number.policies.clone();
                match values.get(usize::from(n) % (values.len() + 1)) {
                    Some(value) => drop(own.insert(key, value)),
                    None => drop(own.remove(key)),
                }
                Rule::Policies(own)
            }
            _ => {
                let (name, values) = nth(&WORDS, what / 8)?;
                Rule::Words(name, values.get(usize::from(n) % (values.len() + 1)).copied())
            }
        };
        Some(Deed::Rule { by: self.admin()?, line: number.id, rule })
    }

    /// What a set-up file says about a person.
    fn setup(&self, person: u8, what: u8, n: u8) -> Option<Deed> {
        let one = &self.oracle.people[&self.person(person)?];
        let id = one.id;
        let about = format!("[[person]]\nemail = \"{}@example.com\"\n", one.name.to_lowercase());
        let (text, what) = match what % 8 {
            0 | 1 => {
                let limit = nth(&[None, Some(1), Some(2), Some(5)], n)?;
                let words = limit.map_or("\"none\"".to_owned(), |limit: i64| limit.to_string());
                (format!("{about}limit = {words}"), Setup::Limit { person: id, limit })
            }
            2 => {
                let hours = hours(n);
                let words = hours.map_or("\"none\"".to_owned(), |hours| {
                    format!("{{ zone = \"UTC\", mon-sun = \"{:02}:00-{:02}:00\" }}", hours.from, hours.to)
                });
                (format!("{about}schedule = {words}"), Setup::Schedule { person: id, hours })
            }
            3..6 => {
                let lines: Vec<_> = self.oracle.numbers.values().filter(|one| one.line.is_some()).collect();
                let line = nth(&lines, n)?;
                let joins = !one.lines.contains(&line.id);
                let stays = |other: &&super::oracle::Person| {
                    if other.id == id { joins } else { other.lines.contains(&line.id) }
                };
                let members = self.oracle.people.values().filter(stays);
                let members: Vec<String> =
                    members.map(|one| format!("\"{}@example.com\"", one.name.to_lowercase())).collect();
                let text = format!("[[line]]\nnumber = \"{}\"\nmembers = [{}]", line.e164, members.join(", "));
                (text, Setup::Member { person: id, line: line.id, joins })
            }
            _ => {
                let taken = |phone: &str| self.oracle.people.values().any(|one| one.phone.as_deref() == Some(phone));
                // Mostly the phone of somebody who may be a customer.
                let free = CUSTOMERS.iter().filter(|phone| phone.starts_with('+') && !taken(phone));
                let mut phones: Vec<Option<String>> = free.map(|phone| Some((*phone).to_owned())).collect();
                phones.push(None);
                let home = format!("+1505555012{}", usize::from(n % 6));
                phones.extend(Some(Some(home)).filter(|home| !taken(home.as_deref().unwrap_or_default())));
                let phone = nth(&phones, n).filter(|_| one.enabled)?;
                let words = phone.as_deref().unwrap_or("none");
                (format!("{about}phone = \"{words}\""), Setup::Phone { person: id, phone })
            }
        };
        Some(Deed::SetUp { text, what })
    }

    fn admin(&self) -> Option<i64> {
        self.oracle.people.values().find(|one| one.name == "Ada").map(|one| one.id)
    }

    /// Phones on which colleagues have threads, or had: also of those who have gone.
    fn phones(&self) -> Vec<String> {
        self.oracle.people.values().filter_map(|one| one.phone.clone()).collect()
    }

    /// Phones from which customers text; a colleague who has gone may be one.
    fn activity(&self) -> Vec<String> {
        let gone = self.oracle.people.values().filter(|one| !one.enabled).filter_map(|one| one.phone.clone());
        CUSTOMERS.iter().map(|phone| (*phone).to_owned()).chain(gone).collect()
    }

    /// The two phones of a conversation, each with the number that it texts.
    pub fn two_ends(&self, conversation: u8) -> Option<[(String, String); 2]> {
        let talk = self.conversation(conversation)?;
        let live = self.oracle.legs.iter().filter(|leg| leg.talk == talk && leg.ended_at.is_none());
        let end = |staff: bool| live.clone().find(|leg| leg.person.is_some() == staff);
        let (customer, rep) = (end(false)?, end(true)?);
        Some([customer, rep].map(|leg| (leg.phone.clone(), self.oracle.numbers[&leg.number].e164.clone())))
    }

    /// One of the two machines says what it always says.
    pub fn repeats(&mut self, (from, to): &(String, String), body: &str) -> Deed {
        self.said += 1;
        let key = format!("IN{:04}", self.said);
        self.rig.carrier.arrives(&key, (from, to), body);
        let deed = Deed::Text { key, from: from.clone(), to: to.clone(), body: body.to_owned() };
        self.texts.push(deed.clone());
        deed
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
        self.rig.carrier.arrives(&key, (from, to), &body);
        let deed = Deed::Text { key, from: from.to_owned(), to: to.to_owned(), body };
        self.texts.push(deed.clone());
        deed
    }
}
