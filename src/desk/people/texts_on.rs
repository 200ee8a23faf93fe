//! Turns the texts to a phone on again, after a STOP from it.

use serde_json::json;

use super::{record, whom};
use crate::desk::consent::ledger;
use crate::desk::{Desk, Failure};
use crate::domain::ids::PersonId;
use crate::store::{Job, Result, Tx};

/// Turns texts to the phone of `person` on. Threads whose mask the phone still blocks move to other masks. `by` themselves
/// or an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person for `by`; [`Failure::Refused`] if they have no phone.
pub async fn texts_on(desk: &Desk, by: PersonId, person: PersonId) -> Result<(), Failure> {
    desk.store.write(TextsOn { desk: desk.clone(), by, person }).await??;
    desk.live.nudge();
    Ok(())
}

struct TextsOn {
    desk: Desk,
    by: PersonId,
    person: PersonId,
}

impl Job for TextsOn {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let Some(person) = whom(tx, self.by, self.person).await? else { return Ok(Err(Failure::NotFound)) };
        let Some(phone) = person.phone else {
            return Ok(Err(Failure::refused("phone", "there is no phone yet: enter one, and prove that it is yours")));
        };
        ledger::texts_on(&self.desk, tx, person.id, &phone, now).await?;
        if self.by != person.id {
            record(&self.desk, tx, (self.by, person.id), "phone_unmuted", &json!({}), now).await?;
        }
        Ok(Ok(()))
    }
}
