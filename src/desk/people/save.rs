//! Changes what an admin may change about a person, if the person is still as the form showed.

use std::collections::BTreeSet;

use serde_json::json;

use super::Facts;
use crate::desk::authority::{by_admin, hold_all, record};
use crate::desk::routing::{duty, queue};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Loss;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::people::audit::Action;
use crate::domain::people::person::{Role, check_name};
use crate::store::people::{self, Person};
use crate::store::routing::{opening, queue as table};
use crate::store::{Result, lines};

/// Makes of `person` what `to` says. `was` is what the form said when it was opened: if the person is another by now,
/// nothing is changed and the refusal says what is. `by` an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such person or line, or `by` is no admin; [`Failure::Refused`] for `changed`,
/// `name`, or `role` (the last admin stays one).
pub async fn save(desk: &Desk, by: PersonId, person: PersonId, was: Facts, to: Facts) -> Result<(), Failure> {
    desk.work(Save { by, person, was, to }).await?;
    Ok(())
}

struct Save {
    by: PersonId,
    person: PersonId,
    was: Facts,
    to: Facts,
}

impl Verb for Save {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        hold_all(work.tx).await?;
        let Some(person) = by_admin(work.tx, self.by, self.person).await? else { return Err(Failure::NotFound) };
        let member_of: Vec<NumberId> = lines::members(work.tx)
            .await?
            .into_iter()
            .filter(|(_, who)| *who == person.id)
            .map(|(line, _)| line)
            .collect();
        let now_is = Facts::of(&person, &member_of, &self.was);
        if let Some(what) = Facts::changed(&self.was, &now_is) {
            let why = format!("meanwhile somebody changed this: {what}. Look again; saving once more takes yours");
            return Err(Failure::refused("changed", why));
        }
        self.allowed(work, &person).await?;
        Ok(self.carry_out(work, &person, &member_of).await?)
    }
}

impl Save {
    async fn allowed(&self, work: &mut UnitOfWork<'_>, person: &Person) -> Result<(), Failure> {
        if let Some(Err(why)) = self.to.name.as_deref().map(check_name) {
            return Err(Failure::refused("name", why));
        }
        let demoted = person.role == Role::Admin && self.to.role.is_some_and(|role| role != Role::Admin);
        if demoted && !person.disabled && !people::another_admin(work.tx, person.id).await? {
            return Err(Failure::refused("role", "this is the last admin: make somebody else one first"));
        }
        if let Some(wanted) = &self.to.lines {
            let known = lines::all(work.tx).await?;
            if wanted.iter().any(|id| known.iter().all(|line| line.id != *id)) {
                return Err(Failure::NotFound);
            }
        }
        Ok(())
    }

    async fn carry_out(&self, work: &mut UnitOfWork<'_>, person: &Person, member_of: &[NumberId]) -> Result<()> {
        let (_desk, _now, id) = (work.desk, work.now, person.id);
        let wanted = self.to.lines.as_deref().unwrap_or(member_of);
        let joins: Vec<NumberId> = wanted.iter().copied().filter(|line| !member_of.contains(line)).collect();
        let leaves: Vec<NumberId> = member_of.iter().copied().filter(|line| !wanted.contains(line)).collect();
        let mut held: BTreeSet<NumberId> = table::lines_of(work.tx, id).await?.into_iter().collect();
        held.extend(&joins);
        let held: Vec<NumberId> = held.into_iter().collect();
        for line in &held {
            opening::hold_line(work.tx, *line).await?;
        }
        let mut changed = self.facts(work, person).await?;
        for line in &joins {
            lines::join(work.tx, *line, id).await?;
            record(work, (self.by, id), Action::LineJoined, &json!({ "line": line.0.to_string() })).await?;
        }
        for line in &leaves {
            lines::leave(work.tx, *line, id).await?;
            record(work, (self.by, id), Action::LineLeft, &json!({ "line": line.0.to_string() })).await?;
        }
        changed |= !joins.is_empty() || !leaves.is_empty();
        if !changed {
            return Ok(());
        }
        work.note(&[(ConversationId(0), Changed::Duty)]);

        if !leaves.is_empty() {
            queue::repick_all(work, id, &leaves, Loss::LeftLine).await?;
        }
        duty::settle(work, &held).await?;
        Ok(())
    }

    /// Changes what stands in the person's own row; whether anything did.
    async fn facts(&self, work: &mut UnitOfWork<'_>, person: &Person) -> Result<bool> {
        let (_desk, to, id) = (work.desk, &self.to, person.id);
        let whom = (self.by, id);
        let mut changed = false;
        // The name was checked.
        let name = to.name.as_deref().and_then(|name| check_name(name).ok());
        if let Some(name) = name.filter(|name| *name != person.name) {
            people::rename(work.tx, id, &name).await?;
            record(work, whom, Action::PersonRenamed, &json!({})).await?;
            changed = true;
        }
        if let Some(role) = to.role.filter(|role| *role != person.role) {
            people::set_role(work.tx, id, role).await?;
            let data = json!({ "from": person.role.as_str(), "to": role.as_str() });
            record(work, whom, Action::RoleChanged, &data).await?;
            changed = true;
        }
        if let Some(limit) = to.limit.filter(|limit| *limit != person.limit) {
            people::set_limit(work.tx, id, limit).await?;
            let data = json!({ "from": person.limit, "to": limit });
            record(work, whom, Action::LimitChanged, &data).await?;
            changed = true;
        }
        if let Some(schedule) = to.schedule.as_ref().filter(|schedule| **schedule != person.schedule) {
            people::set_schedule(work.tx, id, schedule.as_ref()).await?;
            record(work, whom, Action::ScheduleChanged, &json!({})).await?;
            changed = true;
        }
        Ok(changed)
    }
}
