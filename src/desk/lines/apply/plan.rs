//! What has to change so that the database is as a set-up file wants it, or why it cannot be.
//!
//! The plan is a decision over values, so that `--dry-run` and `apply` cannot differ.

mod rules;

use std::collections::BTreeSet;

use super::change::{Change, NewPerson};
use crate::domain::numbers::phone::Phone;
use crate::domain::people::person::Role;
use crate::domain::pool::life;
use crate::domain::setup::{LineSetup, MaskSetup, Mistake, PersonSetup, Place, Placed, Setup};
use crate::domain::time::hours::Hours;
use crate::domain::words::text::Wording;
use crate::store::lines::Line;
use crate::store::people::Person;
use crate::store::routing::numbers::Number;

/// The database as it is.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Everybody.
    pub people: Vec<Person>,
    /// Every number that ever was ours.
    pub numbers: Vec<Number>,
    /// Every line.
    pub lines: Vec<Line>,
    /// (number of a line, e-mail address of a member)
    pub members: Vec<(String, String)>,
    /// (number of a line, text, the line's own words for it)
    pub texts: Vec<(String, Wording, String)>,
}

pub(super) fn plan(facts: &Facts, setup: &Setup) -> Result<Vec<Change>, Vec<Mistake>> {
    let mut plan = Plan { facts, setup, changes: Vec::new(), mistakes: Vec::new() };
    for person in &setup.people {
        plan.person(person);
    }
    for line in &setup.lines {
        plan.line(line);
    }
    for mask in &setup.masks {
        plan.mask(mask);
    }
    plan.an_admin_stays();
    if plan.mistakes.is_empty() {
        return Ok(plan.changes);
    }
    plan.mistakes.sort_by_key(|mistake| mistake.place);
    Err(plan.mistakes)
}

struct Plan<'a> {
    facts: &'a Facts,
    setup: &'a Setup,
    changes: Vec<Change>,
    mistakes: Vec<Mistake>,
}

impl Plan<'_> {
    fn mistake(&mut self, place: Place, what: String) {
        self.mistakes.push(Mistake { place, what });
    }

    fn person(&mut self, wanted: &PersonSetup) {
        if let Some(Some(phone)) = &wanted.phone {
            self.phone_is_free(wanted, phone);
        }
        let email = wanted.email.value.clone();
        let Some(person) = self.facts.people.iter().find(|person| person.email == email) else {
            return self.new_person(wanted);
        };
        if let Some(name) = wanted.name.clone().filter(|name| *name != person.name) {
            self.changes.push(Change::RenamePerson { email: email.clone(), from: person.name.clone(), to: name });
        }
        if let Some(role) = wanted.role.filter(|role| *role != person.role) {
            self.changes.push(Change::Role { email: email.clone(), from: person.role, to: role });
        }
        let phone = wanted.phone.as_ref().map(|phone| phone.as_ref().map(|phone| phone.value.clone()));
        if let Some(phone) = phone.filter(|phone| phone.as_ref().map(Phone::as_str) != person.phone.as_deref()) {
            self.changes.push(Change::Phone { email: email.clone(), from: person.phone.clone(), to: phone });
        }
        if let Some(limit) = wanted.limit.filter(|limit| *limit != person.limit) {
            self.changes.push(Change::Limit { email, from: person.limit, to: limit });
        }
        self.person_rules(wanted, Some(person));
    }

    /// Refuses a file after which nobody could look after people any more, where somebody can now.
    fn an_admin_stays(&mut self) {
        let is = |person: &&Person| person.role == Role::Admin && !person.disabled;
        let wanted = |email: &str| self.setup.people.iter().find(|wanted| wanted.email.value == email);
        let stays = |person: &Person| {
            let wanted = wanted(&person.email);
            wanted.and_then(|wanted| wanted.role).unwrap_or(person.role) == Role::Admin
                && !wanted.and_then(|wanted| wanted.disabled).unwrap_or(person.disabled)
        };
        let comes = |wanted: &PersonSetup| {
            let new = self.facts.people.iter().all(|person| person.email != wanted.email.value);
            new && wanted.role == Some(Role::Admin) && wanted.disabled != Some(true)
        };
        if self.facts.people.iter().any(stays) || self.setup.people.iter().any(comes) {
            return;
        }
        let last = self.facts.people.iter().filter(is).find_map(|person| wanted(&person.email));
        if let Some(last) = last {
            let what =
                format!("email: {} is the last admin: make somebody else one first, or in this file", last.email.value);
            self.mistake(last.email.place, what);
        }
    }

    fn new_person(&mut self, wanted: &PersonSetup) {
        let email = wanted.email.value.clone();
        let (Some(name), Some(role)) = (wanted.name.clone(), wanted.role) else {
            return self.mistake(wanted.email.place, format!("email: {email} is new here; say name and role as well"));
        };
        let phone = wanted.phone.clone().flatten().map(|phone| phone.value);
        self.changes.push(Change::NewPerson(NewPerson { email, name, role, phone, limit: wanted.limit.flatten() }));
        self.person_rules(wanted, None);
    }

    fn phone_is_free(&mut self, owner: &PersonSetup, phone: &Placed<Phone>) {
        if let Some(number) = self.facts.numbers.iter().find(|number| number.number == phone.value.as_str()) {
            let role = role(number.is_line);
            self.mistake(phone.place, format!("phone: it is {role} of ours; write the person's own phone"));
        }
        let gives_it_up = |email: &str| {
            let given_up = |it: &PersonSetup| it.phone.is_some() || it.disabled == Some(true);
            self.setup.people.iter().any(|it| it.email.value == email && given_up(it))
        };
        let other = self.facts.people.iter().find(|person| {
            person.phone.as_deref() == Some(phone.value.as_str())
                && !person.disabled
                && person.email != owner.email.value
                && !gives_it_up(&person.email)
        });
        if let Some(other) = other {
            let what =
                format!("phone: it is {}'s; a phone belongs to one person, take it from them first", other.email);
            self.mistake(phone.place, what);
        }
    }

    fn line(&mut self, wanted: &LineSetup) {
        let number = &wanted.number.value;
        match self.number(&wanted.number, wanted.country.as_ref(), true) {
            Known::New if wanted.name.is_none() => {
                self.mistake(wanted.number.place, "number: this line is new here; say its name as well".to_owned());
            }
            Known::New => {
                let (number, name) = (number.clone(), wanted.name.clone().unwrap_or_default());
                self.changes.push(Change::NewLine { number, name, country: wanted.country.clone() });
            }
            Known::Wrong => {}
            Known::Same => {
                let line = self.facts.lines.iter().find(|line| line.number == *number);
                let renamed = wanted.name.as_ref().zip(line).filter(|(name, line)| **name != line.name);
                if let Some((name, line)) = renamed {
                    let (from, to) = (line.name.clone(), name.clone());
                    self.changes.push(Change::RenameLine { number: number.clone(), from, to });
                }
            }
        }
        self.line_rules(wanted);
        if let Some(members) = &wanted.members {
            self.members(number, members);
        }
    }

    fn members(&mut self, number: &str, wanted: &[Placed<String>]) {
        let facts = self.facts;
        let known: BTreeSet<&str> =
            facts.members.iter().filter(|(line, _)| line == number).map(|(_, email)| email.as_str()).collect();
        for member in wanted {
            let email = &member.value;
            let exists = facts.people.iter().any(|person| person.email == *email)
                || self.setup.people.iter().any(|person| person.email.value == *email);
            if !exists {
                let what = format!("members: {email} is nobody here; add a [[person]] with this email, or mend it");
                self.mistake(member.place, what);
            } else if !known.contains(email.as_str()) {
                self.changes.push(Change::Join { line: number.to_owned(), email: email.clone() });
            }
        }
        for email in known.into_iter().filter(|email| wanted.iter().all(|member| member.value != *email)) {
            self.changes.push(Change::Leave { line: number.to_owned(), email: email.to_owned() });
        }
    }

    fn mask(&mut self, wanted: &MaskSetup) {
        if let Known::New = self.number(&wanted.number, wanted.country.as_ref(), false) {
            self.changes.push(Change::NewMask { number: wanted.number.value.clone(), country: wanted.country.clone() });
        }
    }

    fn number(&mut self, wanted: &Placed<String>, country: Option<&String>, is_line: bool) -> Known {
        let number = &wanted.value;
        let phone_of = |person: &&Person| {
            let kept = self.setup.people.iter().all(|it| it.email.value != person.email || it.phone.is_none());
            kept && !person.disabled && person.phone.as_deref() == Some(number.as_str())
        };
        if let Some(person) = self.facts.people.iter().find(phone_of) {
            let what = format!("number: it is {}'s phone; write a number that we rent", person.email);
            self.mistake(wanted.place, what);
            return Known::Wrong;
        }
        let Some(known) = self.facts.numbers.iter().find(|known| known.number == *number) else { return Known::New };
        if known.is_line != is_line {
            let what = format!("number: it is {} already; a number is one line or one mask", role(known.is_line));
            self.mistake(wanted.place, what);
            return Known::Wrong;
        }
        if known.state == life::State::Released {
            self.changes.push(Change::BackInService { number: number.clone() });
        }
        if country.is_some() && known.country.as_ref() != country {
            let (from, to) = (known.country.clone(), country.cloned());
            self.changes.push(Change::Country { number: number.clone(), from, to });
        }
        Known::Same
    }
}

enum Known {
    New,
    Same,
    Wrong,
}

fn role(is_line: bool) -> &'static str {
    if is_line { "a line" } else { "a mask" }
}
