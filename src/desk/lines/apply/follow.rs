//! What follows from a set-up for customers: those of people who are gone go to others, those who wait go to whoever can
//! take them now, and texts that waited for a phone are sent.

use serde_json::json;

use super::Work;
use crate::desk::conversations::close;
use crate::desk::outbox::Enqueued;
use crate::desk::routing::{duty, queue};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::people::person::Duty;
use crate::store::conversations::changes;
use crate::store::routing::queue as table;
use crate::store::{Result, Tx, lines, people};

impl Work<'_> {
    pub(super) async fn set_duty(&mut self, tx: &mut Tx, person: PersonId, to: Duty) -> Result<()> {
        let before = table::set_duty(tx, person, to).await?.unwrap_or(to);
        let data = json!({ "person": person.0.to_string(), "from": before.word(), "to": to.word() });
        self.tell(tx, "duty", &data).await?;
        if to == Duty::AwayReassign {
            self.gone.push((person, None, "away"));
        }
        Ok(())
    }

    pub(super) async fn set_disabled(&mut self, tx: &mut Tx, person: PersonId, disabled: bool) -> Result<()> {
        people::set_disabled(tx, person, disabled.then_some(self.now)).await?;
        if let Some(phone) = people::by_id(tx, person).await?.filter(|_| !disabled).and_then(|person| person.phone) {
            close::end_as_customer(self.desk, tx, &phone, self.now).await?;
        }
        let data = json!({ "person": person.0.to_string() });
        self.tell(tx, if disabled { "disabled" } else { "enabled" }, &data).await?;
        if disabled {
            self.gone.push((person, None, "disabled"));
        }
        Ok(())
    }

    async fn tell(&self, tx: &mut Tx, kind: &'static str, data: &serde_json::Value) -> Result<()> {
        changes::event(tx, self.desk.ids.next(self.now), None, self.now, kind, None, data).await?;
        changes::note(tx, &[(ConversationId(0), "duty")], self.now).await
    }

    /// Does for customers what the changes ask for, once all of them stand.
    pub(super) async fn follow(&mut self, tx: &mut Tx) -> Result<Enqueued> {
        let (desk, now) = (self.desk, self.now);
        let mut sent = Enqueued::default();
        for (person, line, why) in std::mem::take(&mut self.gone) {
            let lines = match line {
                Some(line) => vec![line],
                None => table::lines_of(tx, person).await?,
            };
            sent.add(queue::repick_all(desk, tx, person, &lines, why, now).await?);
        }
        let mut all: Vec<_> = lines::all(tx).await?.into_iter().map(|line| line.id).collect();
        all.sort_unstable();
        sent.add(duty::settle(desk, tx, &all, now).await?);
        Ok(sent)
    }
}
