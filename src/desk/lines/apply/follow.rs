//! What follows from a set-up file for customers: customers of people who left go to others, customers who wait go to
//! reps who can take them now, and texts that waited for a phone are sent.

use super::Applying;
use crate::desk::routing::{duty, end, queue};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{HouseEvent, Loss};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::people::person::Duty;
use crate::store::routing::queue as table;
use crate::store::{Result, lines, people};

impl Applying<'_, '_> {
    pub(super) async fn set_duty(&mut self, person: PersonId, to: Duty) -> Result<()> {
        let before = table::set_duty(self.work.tx, person, to).await?.unwrap_or(to);
        self.tell(&HouseEvent::DutySet { person, from: before, to });
        if to == Duty::AwayReassign {
            self.gone.push((person, None, Loss::Away));
        }
        Ok(())
    }

    pub(super) async fn set_disabled(&mut self, person: PersonId, disabled: bool) -> Result<()> {
        people::set_disabled(self.work.tx, person, disabled.then_some(self.work.now)).await?;
        if let Some(phone) =
            people::by_id(self.work.tx, person).await?.filter(|_| !disabled).and_then(|person| person.phone)
        {
            end::end_as_customer(self.work, &phone).await?;
        }
        self.tell(&if disabled { HouseEvent::Disabled { person } } else { HouseEvent::Enabled { person } });
        if disabled {
            self.gone.push((person, None, Loss::Disabled));
        }
        Ok(())
    }

    fn tell(&mut self, event: &HouseEvent) {
        self.work.house_event(None, event);
        self.work.note(&[(ConversationId(0), Changed::Duty)]);
    }

    /// Does for customers what the changes ask for, once all of them stand.
    pub(super) async fn follow(&mut self) -> Result<()> {
        let (_desk, _now) = (self.work.desk, self.work.now);
        for (person, line, why) in std::mem::take(&mut self.gone) {
            let lines = match line {
                Some(line) => vec![line],
                None => table::lines_of(self.work.tx, person).await?,
            };
            queue::repick_all(self.work, person, &lines, why).await?;
        }
        let mut all: Vec<_> = lines::all(self.work.tx).await?.into_iter().map(|line| line.id).collect();
        all.sort_unstable();
        duty::settle(self.work, &all).await?;
        Ok(())
    }
}
