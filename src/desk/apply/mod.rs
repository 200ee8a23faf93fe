//! Applying a set-up file: what it mentions becomes so, in one transaction; what it does not stays as it is.
//! A second time nothing changes, so that the file can be kept under version control and applied by machines.

mod change;
mod phones;
mod plan;

use std::collections::BTreeMap;
use std::time::Duration;

pub use change::{Change, NewPerson};
use plan::Facts;

use crate::clock::At;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::setup::{Mistake, Setup};
use crate::secret::{Chance, Ids};
use crate::store::{self, Job, Store, Tx, dialect, lines, numbers, people};

/// What was changed, or why nothing could be.
pub type Outcome = Result<Vec<Change>, Vec<Mistake>>;

/// Applies a set-up; what it needs to do so.
#[derive(Clone, Debug)]
pub struct Apply {
    /// What is wanted.
    pub setup: Setup,
    /// Row ids.
    pub ids: Ids,
    /// For masks, when a colleague's phone changes.
    pub chance: Chance,
    /// Now.
    pub now: At,
    /// How long masks rest.
    pub quarantine: Duration,
}

impl Apply {
    /// Makes it so and returns what changed, in order; with `rehearse` everything is taken back at once.
    ///
    /// # Errors
    /// What the database said.
    pub async fn on(self, store: &Store, rehearse: bool) -> store::Result<Outcome> {
        if rehearse { store.rehearse(self).await } else { store.write(self).await }
    }
}

impl Job for Apply {
    type Out = Outcome;

    async fn run(&self, tx: &mut Tx) -> store::Result<Outcome> {
        dialect::one_at_a_time(tx, "apply").await?;
        let facts = facts(tx).await?;
        let changes = match plan::plan(&facts, &self.setup) {
            Ok(changes) => changes,
            Err(mistakes) => return Ok(Err(mistakes)),
        };
        let mut known = Known::of(&facts);
        // All phones that go are gone before any comes, so that two people can swap theirs.
        for change in &changes {
            if let Change::Phone { email, from: Some(_), .. } = change {
                people::set_phone(tx, known.person(email)?, None, self.now).await?;
            }
        }
        for change in &changes {
            self.carry_out(tx, &mut known, change).await?;
        }
        Ok(Ok(changes))
    }
}

impl Apply {
    async fn carry_out(&self, tx: &mut Tx, known: &mut Known, change: &Change) -> store::Result<()> {
        match change {
            Change::NewPerson(person) => {
                let id = PersonId(self.ids.next(self.now));
                known.people.insert(person.email.clone(), id);
                people::insert(tx, id, &person.email, &person.name, person.role, self.now).await?;
                if person.limit.is_some() {
                    people::set_limit(tx, id, person.limit).await?;
                }
                self.give_phone(tx, id, None, person.phone.as_ref()).await
            }
            Change::RenamePerson { email, to, .. } => people::rename(tx, known.person(email)?, to).await,
            Change::Role { email, to, .. } => people::set_role(tx, known.person(email)?, *to).await,
            Change::Phone { email, from, to } => {
                self.give_phone(tx, known.person(email)?, from.as_deref(), to.as_ref()).await
            }
            Change::Limit { email, to, .. } => people::set_limit(tx, known.person(email)?, *to).await,
            Change::NewLine { number, name, country } => {
                let id = self.new_number(tx, known, number, "line", country.as_deref()).await?;
                lines::insert(tx, id, name).await
            }
            Change::NewMask { number, country } => {
                self.new_number(tx, known, number, "mask", country.as_deref()).await.map(drop)
            }
            Change::RenameLine { number, to, .. } => lines::rename(tx, known.number(number)?, to).await,
            Change::Country { number, to, .. } => numbers::set_country(tx, known.number(number)?, to.as_deref()).await,
            Change::BackInService { number } => numbers::back_in_service(tx, known.number(number)?, self.now).await,
            Change::Join { line, email } => lines::join(tx, known.number(line)?, known.person(email)?).await,
            Change::Leave { line, email } => lines::leave(tx, known.number(line)?, known.person(email)?).await,
        }
    }

    async fn new_number(
        &self,
        tx: &mut Tx,
        known: &mut Known,
        number: &str,
        role: &str,
        country: Option<&str>,
    ) -> store::Result<NumberId> {
        let id = NumberId(self.ids.next(self.now));
        known.numbers.insert(number.to_owned(), id);
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
    Ok(Facts { people, numbers, lines, members })
}

/// Row ids by the names that a set-up file uses.
struct Known {
    people: BTreeMap<String, PersonId>,
    numbers: BTreeMap<String, NumberId>,
}

impl Known {
    fn of(facts: &Facts) -> Self {
        Known {
            people: facts.people.iter().map(|person| (person.email.clone(), person.id)).collect(),
            numbers: facts.numbers.iter().map(|number| (number.number.clone(), number.id)).collect(),
        }
    }

    fn person(&self, email: &str) -> store::Result<PersonId> {
        self.people.get(email).copied().ok_or(store::Error::GivenUp("the plan named a person who is not there"))
    }

    fn number(&self, number: &str) -> store::Result<NumberId> {
        self.numbers.get(number).copied().ok_or(store::Error::GivenUp("the plan named a number that is not there"))
    }
}
