//! Applying a set-up file: what it mentions becomes so, in one transaction; what it does not stays as it is.
//! A second time nothing changes, so that the file can be kept under version control and applied by machines.

mod change;
mod follow;
mod plan;

use std::collections::BTreeMap;

use serde_json::json;

pub use change::{Change, NewPerson};
use plan::Facts;

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::Enqueued;
use crate::desk::people::{hold_all, phones};
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::policy::LinePolicy;
use crate::domain::setup::{Mistake, Setup};
use crate::store::engine::dialect;
use crate::store::engine::lock_order::hold_rows;
use crate::store::lines::{self, texts};
use crate::store::people::{self, acts};
use crate::store::routing::{numbers, opening};
use crate::store::{self, Job, Tx};

/// What was changed, or why nothing could be.
pub type Outcome = Result<Vec<Change>, Vec<Mistake>>;

/// Applies a set-up.
#[derive(Clone, Debug)]
pub struct Apply {
    /// What is wanted.
    pub setup: Setup,
    /// Where.
    pub desk: Desk,
}

impl Apply {
    /// Makes it so and returns what changed, in order; with `rehearse` everything is taken back at once. What follows
    /// from a change (waiting customers go to whoever can take them now, customers of somebody who is gone go to
    /// others) is part of the same transaction.
    pub async fn on(self, rehearse: bool) -> store::Result<Outcome> {
        let desk = self.desk.clone();
        if rehearse {
            return desk.store.rehearse(self).await.map(|(outcome, _)| outcome);
        }
        let (outcome, sent) = desk.store.write(self).await?;
        desk.send(sent);
        Ok(outcome)
    }
}

impl Job for Apply {
    type Out = (Outcome, Enqueued);

    async fn run(&self, tx: &mut Tx) -> store::Result<Self::Out> {
        dialect::one_at_a_time(tx, "apply", "").await?;
        // As on the web: two who take the last admins away, one each, take turns.
        hold_all(tx).await?;
        let facts = facts(tx).await?;
        let changes = match plan::plan(&facts, &self.setup) {
            Ok(changes) => changes,
            Err(mistakes) => return Ok((Err(mistakes), Enqueued::default())),
        };
        if changes.is_empty() {
            return Ok((Ok(changes), Enqueued::default()));
        }
        // Lines are held before conversations, in the order of their ids.
        let mut held: Vec<NumberId> = facts.lines.iter().map(|line| line.id).collect();
        held.sort_unstable();
        for line in &held {
            opening::hold_line(tx, *line).await?;
        }
        // And people before conversations: whoever has a phone now was perhaps a customer.
        let everybody: Vec<i64> = facts.people.iter().map(|person| person.id.0).collect();
        hold_rows(tx, "people", &everybody).await?;
        let mut work =
            Work { desk: &self.desk, now: self.desk.clock.now(), known: Known::of(&facts), gone: Vec::new() };
        // All phones that go are gone before any comes, so that two people can swap theirs.
        for change in &changes {
            match change {
                Change::Phone { email, from: Some(_), .. } => {
                    people::set_phone(tx, work.known.person(email)?, None, work.now).await?;
                }
                Change::Disabled { email, disabled: true } if work.known.people.contains_key(email) => {
                    people::set_disabled(tx, work.known.person(email)?, Some(work.now)).await?;
                }
                _ => {}
            }
        }
        let mut sent = Enqueued::default();
        for change in &changes {
            sent.add(work.carry_out(tx, change).await?);
            work.record(tx, change).await?;
        }
        sent.add(work.follow(tx).await?);
        Ok((Ok(changes), sent))
    }
}

/// A set-up while it is applied.
struct Work<'a> {
    desk: &'a Desk,
    now: At,
    known: Known,
    /// Who keeps no customers on which lines (on all if `None`) any more, and why.
    gone: Vec<(PersonId, Option<NumberId>, &'static str)>,
}

impl Work<'_> {
    async fn carry_out(&mut self, tx: &mut Tx, change: &Change) -> store::Result<Enqueued> {
        let (desk, now) = (self.desk, self.now);
        match change {
            Change::NewPerson(person) => {
                let id = PersonId(desk.ids.next(now));
                self.known.people.insert(person.email.clone(), id);
                people::insert(tx, id, &person.email, &person.name, person.role, now).await?;
                if person.limit.is_some() {
                    people::set_limit(tx, id, person.limit).await?;
                }
                return phones::give(desk, tx, id, None, person.phone.as_ref(), now).await;
            }
            Change::RenamePerson { email, to, .. } => people::rename(tx, self.known.person(email)?, to).await?,
            Change::Role { email, to, .. } => people::set_role(tx, self.known.person(email)?, *to).await?,
            Change::Phone { email, from, to } => {
                let id = self.known.person(email)?;
                return phones::give(desk, tx, id, from.as_deref(), to.as_ref(), now).await;
            }
            Change::Limit { email, to, .. } => people::set_limit(tx, self.known.person(email)?, *to).await?,
            Change::Schedule { email, to, .. } => {
                people::set_schedule(tx, self.known.person(email)?, to.as_ref()).await?;
            }
            Change::Duty { email, to, .. } => self.set_duty(tx, self.known.person(email)?, *to).await?,
            Change::Disabled { email, disabled } => {
                self.set_disabled(tx, self.known.person(email)?, *disabled).await?;
            }
            Change::NewLine { number, name, country } => {
                let id = self.new_number(tx, number, "line", country.as_deref()).await?;
                lines::insert(tx, id, name).await?;
            }
            Change::NewMask { number, country } => {
                self.new_number(tx, number, "mask", country.as_deref()).await?;
            }
            Change::RenameLine { number, to, .. } => lines::rename(tx, self.known.number(number)?, to).await?,
            Change::LineHours { line, to, .. } => {
                lines::set_hours(tx, self.known.number(line)?, to.as_ref()).await?;
            }
            Change::Policy { line, key, to, .. } => {
                let policies = self.known.policies.entry(line.clone()).or_default();
                // The set-up file was checked before.
                policies.set(key, to.as_deref()).map_err(|_| store::Error::GivenUp("the plan set no policy"))?;
                lines::set_policies(tx, self.known.number(line)?, &self.known.policies[line]).await?;
            }
            Change::Text { line, wording, to, .. } => {
                texts::set(tx, self.known.number(line)?, *wording, to.as_deref()).await?;
            }
            Change::Country { number, to, .. } => {
                numbers::set_country(tx, self.known.number(number)?, to.as_deref()).await?;
            }
            Change::BackInService { number } => {
                numbers::back_in_service(tx, self.known.number(number)?, now).await?;
            }
            Change::Join { line, email } => {
                lines::join(tx, self.known.number(line)?, self.known.person(email)?).await?;
            }
            Change::Leave { line, email } => {
                let (line, person) = (self.known.number(line)?, self.known.person(email)?);
                lines::leave(tx, line, person).await?;
                self.gone.push((person, Some(line), "left_line"));
            }
        }
        Ok(Enqueued::default())
    }

    /// Writes down what the command changed; ids and words, never a number or a name.
    async fn record(&self, tx: &mut Tx, change: &Change) -> store::Result<()> {
        let (person, number, kind) = (change.person(), change.number(), change.kind());
        let person = person.map(|email| self.known.person(email)).transpose()?;
        let number = number.map(|number| self.known.number(number)).transpose()?;
        let data = json!({ "number": number.map(|id| id.0.to_string()), "what": change.detail() });
        acts::by_command(tx, (self.desk.ids.next(self.now), self.now), kind, person, &data).await
    }

    async fn new_number(
        &mut self,
        tx: &mut Tx,
        number: &str,
        role: &str,
        country: Option<&str>,
    ) -> store::Result<NumberId> {
        let id = NumberId(self.desk.ids.next(self.now));
        self.known.numbers.insert(number.to_owned(), id);
        numbers::insert(tx, id, number, role, country, self.now).await?;
        Ok(id)
    }
}

async fn facts(tx: &mut Tx) -> store::Result<Facts> {
    let (people, numbers, lines) = (people::all(tx).await?, numbers::all(tx).await?, lines::all(tx).await?);
    let mut members = Vec::new();
    for (line, person) in lines::members(tx).await? {
        let number = lines.iter().find(|known| known.id == line);
        let email = people.iter().find(|known| known.id == person);
        members.extend(number.zip(email).map(|(line, person)| (line.number.clone(), person.email.clone())));
    }
    let mut own = Vec::new();
    for (line, wording, body) in texts::all(tx).await? {
        let number = lines.iter().find(|known| known.id == line).map(|line| line.number.clone());
        own.extend(number.map(|number| (number, wording, body)));
    }
    Ok(Facts { people, numbers, lines, members, texts: own })
}

/// Row ids by the names that a set-up file uses.
struct Known {
    people: BTreeMap<String, PersonId>,
    numbers: BTreeMap<String, NumberId>,
    /// Lines' own policies, as they become.
    policies: BTreeMap<String, LinePolicy>,
}

impl Known {
    fn of(facts: &Facts) -> Self {
        Known {
            people: facts.people.iter().map(|person| (person.email.clone(), person.id)).collect(),
            numbers: facts.numbers.iter().map(|number| (number.number.clone(), number.id)).collect(),
            policies: facts.lines.iter().map(|line| (line.number.clone(), line.policies.clone())).collect(),
        }
    }

    fn person(&self, email: &str) -> store::Result<PersonId> {
        self.people.get(email).copied().ok_or(store::Error::GivenUp("the plan named a person who is not there"))
    }

    fn number(&self, number: &str) -> store::Result<NumberId> {
        self.numbers.get(number).copied().ok_or(store::Error::GivenUp("the plan named a number that is not there"))
    }
}
