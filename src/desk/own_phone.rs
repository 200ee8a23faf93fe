//! Turns the texts to one's own phone on again, after a STOP from it.

use super::{Desk, Failure, ledger};
use crate::domain::ids::PersonId;
use crate::store::{Job, Result, Tx, people};

/// Turns texts to the phone of `person` on. Threads whose mask the phone still blocks move to other masks.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person; [`Failure::Refused`] if they have no phone.
pub async fn texts_on(desk: &Desk, person: PersonId) -> Result<(), Failure> {
    desk.store.write(TextsOn { desk: desk.clone(), person }).await??;
    desk.live.nudge();
    Ok(())
}

struct TextsOn {
    desk: Desk,
    person: PersonId,
}

impl Job for TextsOn {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let person = people::by_id(tx, self.person).await?.filter(|person| !person.disabled);
        let Some(person) = person else { return Ok(Err(Failure::NotFound)) };
        let Some(phone) = person.phone else {
            return Ok(Err(Failure::refused("phone", "you have no phone: have an admin enter it")));
        };
        ledger::texts_on(&self.desk, tx, self.person, &phone, now).await?;
        Ok(Ok(()))
    }
}
