//! What can be wrong with a set-up file without looking at the database.

use std::collections::BTreeMap;

use toml::{Spanned, Value};

use super::file::{File, Line, Mask, Person};
use super::{LineSetup, MaskSetup, Mistake, PersonSetup, Place, Placed, Setup, place};
use crate::domain::numbers::phone::Phone;
use crate::domain::numbers::{numbering, typed};
use crate::domain::people::person::{check_email, check_name};

pub(super) fn check(text: &str, file: File) -> Result<Setup, Vec<Mistake>> {
    let mut check = Check { text, mistakes: Vec::new(), doubts: Vec::new(), numbers: BTreeMap::new() };
    let lines = file.lines.into_iter().map(|line| check.line(line)).collect();
    let masks = file.masks.into_iter().map(|mask| check.mask(mask)).collect();
    let people: Vec<_> = file.people.into_iter().map(|person| check.person(person)).collect();
    check.people_differ(&people);
    if check.mistakes.is_empty() {
        check.doubts.sort_by_key(|doubt| doubt.place);
        return Ok(Setup { lines, masks, people, doubts: check.doubts });
    }
    check.mistakes.sort_by_key(|mistake| mistake.place);
    Err(check.mistakes)
}

pub(super) struct Check<'a> {
    text: &'a str,
    mistakes: Vec<Mistake>,
    doubts: Vec<Mistake>,
    /// Our numbers so far: what each is, and where it stands.
    numbers: BTreeMap<String, (&'static str, Place)>,
}

impl Check<'_> {
    pub(super) fn placed<T>(&self, spanned: Spanned<T>) -> Placed<T> {
        let place = place(self.text, spanned.span().start);
        Placed { value: spanned.into_inner(), place }
    }

    pub(super) fn mistake(&mut self, place: Place, what: impl Into<String>) {
        self.mistakes.push(Mistake { place, what: what.into() });
    }

    fn line(&mut self, line: Line) -> LineSetup {
        let number = self.number(line.number, typed::line);
        self.number_is_new(&number, "a line");
        let members = line.members.map(|members| self.members(members));
        LineSetup {
            number,
            name: self.name(line.name),
            country: self.country(line.country),
            members,
            week: self.week(("hours", line.hours), ("holidays", line.holidays)),
            policies: self.policies(line.policies.unwrap_or_default()),
            texts: self.texts(line.texts.unwrap_or_default()),
        }
    }

    fn mask(&mut self, mask: Mask) -> MaskSetup {
        let plain = |text: &str| typed::read(text, None).map(String::from).map_err(|wrong| wrong.to_string());
        let number = self.number(mask.number, plain);
        self.number_is_new(&number, "a mask");
        MaskSetup { number, country: self.country(mask.country) }
    }

    /// One of our numbers as it is to be kept.
    fn number(&mut self, number: Spanned<String>, read: impl Fn(&str) -> Result<String, String>) -> Placed<String> {
        let mut number = self.placed(number);
        match read(&number.value) {
            Ok(value) => {
                self.doubt("number", &value, number.place);
                number.value = value;
            }
            Err(why) => self.mistake(number.place, format!("number: {why}")),
        }
        number
    }

    /// Notes a number that no plan has given out.
    fn doubt(&mut self, field: &str, number: &str, place: Place) {
        if let Some(why) = numbering::doubt(number) {
            self.doubts.push(Mistake { place, what: format!("{field}: {why}") });
        }
    }

    fn number_is_new(&mut self, number: &Placed<String>, role: &'static str) {
        if let Some((other, first)) = self.numbers.insert(number.value.clone(), (role, number.place)) {
            let what =
                format!("number: it is {other} already, at line {}; a number is one line or one mask", first.line);
            self.mistake(number.place, what);
        }
    }

    fn members(&mut self, members: Vec<Spanned<String>>) -> Vec<Placed<String>> {
        let mut seen: Vec<Placed<String>> = Vec::new();
        for member in members {
            let member = self.email("members", member);
            if seen.iter().any(|other| other.value == member.value) {
                self.mistake(member.place, format!("members: {} is listed twice; keep one", member.value));
            }
            seen.push(member);
        }
        seen
    }

    fn person(&mut self, person: Person) -> PersonSetup {
        let role = person.role.and_then(|role| {
            let role = self.placed(role);
            let read = role.value.parse();
            if read.is_err() {
                self.mistake(
                    role.place,
                    format!("role: `{}` is none; write rep, manager or admin", role.value.escape_debug()),
                );
            }
            read.ok()
        });
        PersonSetup {
            email: self.email("email", person.email),
            name: self.name(person.name),
            role,
            phone: person.phone.and_then(|phone| self.phone(phone)),
            limit: person.limit.and_then(|limit| self.limit(limit)),
            week: self.week(("schedule", person.schedule), ("days_off", person.days_off)),
            duty: person.duty.and_then(|duty| self.duty(duty)),
            disabled: person.disabled,
        }
    }

    fn email(&mut self, field: &str, email: Spanned<String>) -> Placed<String> {
        let mut email = self.placed(email);
        match check_email(&email.value) {
            Ok(value) => email.value = value,
            Err(why) => self.mistake(email.place, format!("{field}: {why}")),
        }
        email
    }

    fn name(&mut self, name: Option<Spanned<String>>) -> Option<String> {
        let mut name = self.placed(name?);
        match check_name(&name.value) {
            Ok(value) => name.value = value,
            Err(why) => self.mistake(name.place, format!("name: {why}")),
        }
        Some(name.value)
    }

    fn country(&mut self, country: Option<Spanned<String>>) -> Option<String> {
        let country = self.placed(country?);
        if country.value.len() != 2 || !country.value.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.mistake(country.place, "country: write two capital letters (ISO 3166), such as US");
        }
        Some(country.value)
    }

    fn phone(&mut self, phone: Spanned<String>) -> Option<Option<Placed<Phone>>> {
        let phone = self.placed(phone);
        if matches!(phone.value.as_str(), "" | "none") {
            return Some(None);
        }
        match typed::read(&phone.value, None) {
            Ok(value) => {
                self.doubt("phone", value.as_str(), phone.place);
                Some(Some(Placed { value, place: phone.place }))
            }
            Err(error) => {
                self.mistake(phone.place, format!("phone: {error}; \"none\" takes it away"));
                None
            }
        }
    }

    fn limit(&mut self, limit: Spanned<Value>) -> Option<Option<i64>> {
        let limit = self.placed(limit);
        match limit.value {
            Value::Integer(limit) if limit >= 1 => Some(Some(limit)),
            Value::String(word) if word == "none" => Some(None),
            _ => {
                self.mistake(limit.place, "limit: write a whole number from 1 on; \"none\" takes the limit away");
                None
            }
        }
    }

    fn people_differ(&mut self, people: &[PersonSetup]) {
        for (index, person) in people.iter().enumerate() {
            let before = &people[..index];
            if let Some(other) = before.iter().find(|other| other.email.value == person.email.value) {
                let what = format!("email: this person stands at line {} already; keep one", other.email.place.line);
                self.mistake(person.email.place, what);
            }
            let Some(Some(phone)) = &person.phone else { continue };
            if let Some(other) = before.iter().find(|other| shares(other, &phone.value)) {
                let what = format!("phone: it is {}'s already; a phone belongs to one person", other.email.value);
                self.mistake(phone.place, what);
            }
            if let Some((role, first)) = self.numbers.get(phone.value.as_str()) {
                let what = format!("phone: it is {role} at line {}; write the person's own phone", first.line);
                self.mistake(phone.place, what);
            }
        }
    }
}

fn shares(person: &PersonSetup, phone: &Phone) -> bool {
    matches!(&person.phone, Some(Some(theirs)) if theirs.value == *phone)
}
