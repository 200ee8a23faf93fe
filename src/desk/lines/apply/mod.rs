//! Applies a set-up file in one transaction: what the file mentions becomes so, the rest stays as it is.
//!
//! A second run changes nothing, so that the file can be kept under version control and machines can apply it.

mod change;
mod follow;
mod plan;

use std::collections::BTreeMap;

use serde_json::json;

pub use change::{Change, NewPerson};
use plan::Facts;

use crate::desk::Desk;
use crate::desk::authority::hold_all;
use crate::desk::failure::Stop;
use crate::desk::routing::phones;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::conversations::timeline::Loss;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::numbers::role::Role;
use crate::domain::policy::LinePolicy;
use crate::domain::setup::{Mistake, Setup};
use crate::store::engine::dialect;
use crate::store::engine::lock_order::hold_rows;
use crate::store::lines::{self, texts};
use crate::store::people::{self, acts};
use crate::store::routing::{numbers, opening};
use crate::store::{self, Tx};

/// Why nothing was changed.
#[derive(Debug)]
pub enum Unchanged {
    /// What is wanted does not fit what is there.
    Mistakes(Vec<Mistake>),
    /// The database did not do it.
    Store(store::Error),
}

impl From<store::Error> for Unchanged {
    fn from(error: store::Error) -> Self {
        Unchanged::Store(error)
    }
}

impl Stop for Unchanged {
    fn of_store(self) -> Result<store::Error, Self> {
        if let Unchanged::Store(error) = self { Ok(error) } else { Err(self) }
    }
}

/// Applies a set-up.
#[derive(Clone, Debug)]
pub struct Apply {
    /// What is wanted.
    pub setup: Setup,
}

impl Apply {
    /// Makes it so and returns what changed, in order; with `rehearse` everything is taken back at once. What follows
    /// from a change (waiting customers go to reps who can take them now, customers of somebody who is gone go to
    /// others) is part of the same transaction.
    ///
    /// # Errors
    /// Why nothing was changed.
    pub async fn on(self, desk: &Desk, rehearse: bool) -> Result<Vec<Change>, Unchanged> {
        if rehearse { desk.rehearse(self).await } else { desk.work(self).await }
    }
}

impl Verb for Apply {
    type Out = Vec<Change>;
    type Stop = Unchanged;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        dialect::one_at_a_time(work.tx, "apply", "").await?;
        // As on the web: two who take the last admins away, one each, take turns.
        hold_all(work.tx).await?;
        let facts = facts(work.tx).await?;
        let changes = plan::plan(&facts, &self.setup).map_err(Unchanged::Mistakes)?;
        if changes.is_empty() {
            return Ok(changes);
        }
        // Lines are held before conversations, in the order of their ids.
        let mut held: Vec<NumberId> = facts.lines.iter().map(|line| line.id).collect();
        held.sort_unstable();
        for line in &held {
            opening::hold_line(work.tx, *line).await?;
        }
        // And people before conversations: a phone that a person has now was perhaps a customer's.
        let everybody: Vec<i64> = facts.people.iter().map(|person| person.id.0).collect();
        hold_rows(work.tx, "people", &everybody).await?;
        let mut applying = Applying { work, known: Known::of(&facts), gone: Vec::new() };
        // All phones that go are gone before any comes, so that two people can swap theirs.
        for change in &changes {
            match change {
                Change::Phone { email, from: Some(_), .. } => {
                    people::set_phone(applying.work.tx, applying.known.person(email)?, None, now).await?;
                }
                Change::Disabled { email, disabled: true } if applying.known.people.contains_key(email) => {
                    people::set_disabled(applying.work.tx, applying.known.person(email)?, Some(now)).await?;
                }
                _ => {}
            }
        }

        for change in &changes {
            applying.carry_out(change).await?;
            applying.record(change).await?;
        }
        applying.follow().await?;
        Ok(changes)
    }
}

/// A set-up while it is applied.
struct Applying<'a, 'b> {
    work: &'a mut UnitOfWork<'b>,
    known: Known,
    /// Who keeps no customers on which lines (on all if `None`) any more, and why.
    gone: Vec<(PersonId, Option<NumberId>, Loss)>,
}

impl Applying<'_, '_> {
    async fn carry_out(&mut self, change: &Change) -> store::Result<()> {
        let (desk, now) = (self.work.desk, self.work.now);
        match change {
            Change::NewPerson(person) => {
                let id = PersonId(desk.ids.next(now));
                self.known.people.insert(person.email.clone(), id);
                people::insert(self.work.tx, id, &person.email, &person.name, person.role, now).await?;
                if person.limit.is_some() {
                    people::set_limit(self.work.tx, id, person.limit).await?;
                }
                return phones::give(self.work, id, None, person.phone.as_ref()).await;
            }
            Change::RenamePerson { email, to, .. } => {
                people::rename(self.work.tx, self.known.person(email)?, to).await?;
            }
            Change::Role { email, to, .. } => people::set_role(self.work.tx, self.known.person(email)?, *to).await?,
            Change::Phone { email, from, to } => {
                let id = self.known.person(email)?;
                return phones::give(self.work, id, from.as_deref(), to.as_ref()).await;
            }
            Change::Limit { email, to, .. } => people::set_limit(self.work.tx, self.known.person(email)?, *to).await?,
            Change::Schedule { email, to, .. } => {
                people::set_schedule(self.work.tx, self.known.person(email)?, to.as_ref()).await?;
            }
            Change::Duty { email, to, .. } => self.set_duty(self.known.person(email)?, *to).await?,
            Change::Disabled { email, disabled } => {
                self.set_disabled(self.known.person(email)?, *disabled).await?;
            }
            Change::NewLine { number, name, country } => {
                let id = self.new_number(number, Role::Line, country.as_deref()).await?;
                lines::insert(self.work.tx, id, name).await?;
            }
            Change::NewMask { number, country } => {
                self.new_number(number, Role::Mask, country.as_deref()).await?;
            }
            Change::RenameLine { number, to, .. } => {
                lines::rename(self.work.tx, self.known.number(number)?, to).await?;
            }
            Change::LineHours { line, to, .. } => {
                lines::set_hours(self.work.tx, self.known.number(line)?, to.as_ref()).await?;
            }
            Change::Policy { line, key, to, .. } => {
                let policies = self.known.policies.entry(line.clone()).or_default();
                // The set-up file was checked before.
                policies.set(*key, to.as_deref()).map_err(|_| store::Error::GivenUp("the plan set no policy"))?;
                lines::set_policies(self.work.tx, self.known.number(line)?, &self.known.policies[line]).await?;
            }
            Change::Text { line, wording, to, .. } => {
                texts::set(self.work.tx, self.known.number(line)?, *wording, to.as_deref()).await?;
            }
            Change::Country { number, to, .. } => {
                numbers::set_country(self.work.tx, self.known.number(number)?, to.as_deref()).await?;
            }
            Change::BackInService { number } => {
                numbers::back_in_service(self.work.tx, self.known.number(number)?, now).await?;
            }
            Change::Join { line, email } => {
                lines::join(self.work.tx, self.known.number(line)?, self.known.person(email)?).await?;
            }
            Change::Leave { line, email } => {
                let (line, person) = (self.known.number(line)?, self.known.person(email)?);
                lines::leave(self.work.tx, line, person).await?;
                self.gone.push((person, Some(line), Loss::LeftLine));
            }
        }
        Ok(())
    }

    /// Writes down what the command changed; ids and words, never a number or a name.
    async fn record(&mut self, change: &Change) -> store::Result<()> {
        let (person, number, action) = (change.person(), change.number(), change.action());
        let person = person.map(|email| self.known.person(email)).transpose()?;
        let number = number.map(|number| self.known.number(number)).transpose()?;
        let data = json!({ "number": number.map(|id| id.0.to_string()), "what": change.detail() });
        acts::by_command(self.work.tx, (self.work.desk.ids.next(self.work.now), self.work.now), action, person, &data)
            .await
    }

    async fn new_number(&mut self, number: &str, role: Role, country: Option<&str>) -> store::Result<NumberId> {
        let id = NumberId(self.work.desk.ids.next(self.work.now));
        self.known.numbers.insert(number.to_owned(), id);
        numbers::insert(self.work.tx, id, number, role, country, self.work.now).await?;
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
