//! The rules of lines and people: hours, policies, texts; schedule, duty, whether somebody is disabled.

use super::{Hours, LineSetup, Person, PersonSetup, Plan};
use crate::desk::lines::apply::change::Change;
use crate::domain::people::person::Duty;
use crate::domain::policy::LinePolicy;
use crate::domain::setup::WeekSetup;

impl Plan<'_> {
    pub(super) fn line_rules(&mut self, wanted: &LineSetup) {
        let line = wanted.number.value.clone();
        let facts = self.facts;
        let known = facts.lines.iter().find(|known| known.number == line);
        if let Some((from, to)) = self.week(&wanted.week, known.and_then(|known| known.hours.as_ref())) {
            self.changes.push(Change::LineHours { line: line.clone(), from, to });
        }
        let usual = LinePolicy::default();
        let policies = known.map_or(&usual, |known| &known.policies);
        for (key, to) in &wanted.policies {
            let from = policies.get(*key);
            if from != *to {
                self.changes.push(Change::Policy { line: line.clone(), key: *key, from, to: to.clone() });
            }
        }
        for (wording, to) in &wanted.texts {
            let mut texts = facts.texts.iter().filter(|(of, name, _)| *of == line && name == wording);
            let from = texts.next().map(|(.., body)| body.clone());
            if from != *to {
                self.changes.push(Change::Text { line: line.clone(), wording: *wording, from, to: to.clone() });
            }
        }
    }

    pub(super) fn person_rules(&mut self, wanted: &PersonSetup, known: Option<&Person>) {
        let email = wanted.email.value.clone();
        if let Some((from, to)) = self.week(&wanted.week, known.and_then(|known| known.schedule.as_ref())) {
            self.changes.push(Change::Schedule { email: email.clone(), from, to });
        }
        let from = known.map_or(Duty::On, |known| known.duty);
        if let Some(to) = wanted.duty.filter(|to| *to != from) {
            self.changes.push(Change::Duty { email: email.clone(), from, to });
        }
        let disabled = known.is_some_and(|known| known.disabled);
        if let Some(disabled) = wanted.disabled.filter(|wanted| *wanted != disabled) {
            self.changes.push(Change::Disabled { email, disabled });
            if let Some(known) = known.filter(|_| !disabled && wanted.phone.is_none()) {
                self.old_phone_is_free(wanted, known);
            }
        }
    }

    fn week(&mut self, wanted: &WeekSetup, known: Option<&Hours>) -> Option<(Option<Hours>, Option<Hours>)> {
        match wanted.over(known) {
            Ok(to) => (to.as_ref() != known).then(|| (known.cloned(), to)),
            Err(mistake) => {
                self.mistakes.push(mistake);
                None
            }
        }
    }

    /// A person who is enabled again has the earlier phone, unless it is somebody else's by now.
    fn old_phone_is_free(&mut self, wanted: &PersonSetup, known: &Person) {
        let Some(phone) = known.phone.as_deref() else { return };
        let in_file = self
            .setup
            .people
            .iter()
            .any(|it| matches!(&it.phone, Some(Some(theirs)) if theirs.value.as_str() == phone));
        let other = self.facts.people.iter().find(|other| {
            let keeps = self.setup.people.iter().all(|it| it.email.value != other.email || it.phone.is_none());
            other.id != known.id && !other.disabled && keeps && other.phone.as_deref() == Some(phone)
        });
        if in_file || other.is_some() {
            let what = "disabled: their phone is somebody else's by now; give them another, or phone = \"none\"";
            self.mistake(wanted.email.place, what.to_owned());
        }
    }
}
