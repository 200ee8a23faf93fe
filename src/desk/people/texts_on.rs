//! Turns the texts to a phone on again after a STOP from it.

use serde_json::json;

use crate::desk::authority::{record, whom};
use crate::desk::routing::muting;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::PersonId;
use crate::domain::people::audit::Action;
use crate::store::Result;

/// Turns texts to the phone of `person` on. Threads whose mask the phone still blocks move to other masks. `by` themselves
/// or an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person for `by`; [`Failure::Refused`] if they have no phone.
pub async fn texts_on(desk: &Desk, by: PersonId, person: PersonId) -> Result<(), Failure> {
    desk.work(TextsOn { by, person }).await
}

struct TextsOn {
    by: PersonId,
    person: PersonId,
}

impl Verb for TextsOn {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let Some(person) = whom(work.tx, self.by, self.person).await? else { return Err(Failure::NotFound) };
        let Some(phone) = person.phone else {
            return Err(Failure::refused("phone", "there is no phone yet: enter one, and prove that it is yours"));
        };
        muting::texts_on(work, person.id, &phone).await?;
        if self.by != person.id {
            record(work, (self.by, person.id), Action::PhoneUnmuted, &json!({})).await?;
        }
        Ok(())
    }
}
