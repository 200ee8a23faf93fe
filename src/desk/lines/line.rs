//! Changes a line for an admin: name, members, hours, policies, and its own words for the texts of the program.

use serde_json::json;

use crate::desk::authority::{self, admin, record};
use crate::desk::routing::{duty, queue};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{HouseEvent, Loss};
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::people::audit::Action;
use crate::domain::people::person::check_name;
use crate::domain::policy::LinePolicy;
use crate::domain::time::hours::Hours;
use crate::domain::words::text::Wording;
use crate::store::lines::{self, texts};
use crate::store::routing::opening;
use crate::store::{Result, people};

/// What becomes of a line; what is `None` or not named stays.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// As people call it.
    pub name: Option<String>,
    /// Who answers.
    pub members: Option<Members>,
    /// When it is open; `Some(None)` is always.
    pub hours: Option<Option<Hours>>,
    /// All that it does otherwise than the settings say.
    pub policies: Option<LinePolicy>,
    /// Its own words; `None`: the usual ones.
    pub texts: Vec<(Wording, Option<String>)>,
}

/// The members of a line as the form said they were, and as they shall be.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// In the order of their ids.
    pub was: Vec<PersonId>,
    /// In the order of their ids.
    pub to: Vec<PersonId>,
}

/// Changes the rules of a line. `by` an admin. Reps who can take a customer by the new rules get those who wait,
/// and the customers of people who leave go to others.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such line or person, or `by` is no admin; [`Failure::Refused`] for `name`, for a
/// `text` that may not be sent, or as `changed` if the members are others by now.
pub async fn change(desk: &Desk, by: PersonId, line: NumberId, rules: Rules) -> Result<(), Failure> {
    desk.work(Change { by, line, rules }).await?;
    Ok(())
}

struct Change {
    by: PersonId,
    line: NumberId,
    rules: Rules,
}

impl Verb for Change {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let admin = admin(work.tx, self.by).await?;
        opening::hold_line(work.tx, self.line).await?;
        let known = lines::all(work.tx).await?.into_iter().find(|line| line.id == self.line && admin);
        let Some(known) = known else { return Err(Failure::NotFound) };
        let (joins, leaves) = self.moves(work).await?;
        let mut changed = Vec::new();
        match self.rules.name.as_deref().map(check_name) {
            Some(Err(why)) => return Err(Failure::refused("name", why)),
            Some(Ok(name)) if name != known.name => {
                lines::rename(work.tx, self.line, &name).await?;
                changed.push("name".to_owned());
            }
            _ => {}
        }
        for (wording, body) in &self.rules.texts {
            if let Some(why) = body.as_deref().and_then(|body| wording.check(body).err()) {
                return Err(Failure::refused("text", format!("{}: {why}", wording.name())));
            }
            if texts::own(work.tx, self.line, *wording).await? != *body {
                texts::set(work.tx, self.line, *wording, body.as_deref()).await?;
                changed.push(format!("text {}", wording.name()));
            }
        }
        if let Some(hours) = self.rules.hours.as_ref().filter(|hours| **hours != known.hours) {
            lines::set_hours(work.tx, self.line, hours.as_ref()).await?;
            changed.push("hours".to_owned());
        }
        if let Some(policies) = self.rules.policies.as_ref().filter(|policies| **policies != known.policies) {
            lines::set_policies(work.tx, self.line, policies).await?;
            changed.push("policies".to_owned());
        }
        if !joins.is_empty() || !leaves.is_empty() {
            self.carry_out(work, (&joins, &leaves)).await?;
            changed.push("members".to_owned());
        }
        if changed.is_empty() {
            return Ok(());
        }
        // Who joins and who leaves has a row for each.
        let audited = changed != ["members"];
        let event = HouseEvent::LineChanged { line: self.line, changed };
        if audited {
            authority::record_house(work, self.by, &event).await?;
        } else {
            work.house_event(Some(self.by), &event);
        }
        work.note(&[(ConversationId(0), Changed::Duty)]);

        for person in &leaves {
            queue::repick_all(work, *person, &[self.line], Loss::LeftLine).await?;
        }
        duty::settle(work, &[self.line]).await?;
        Ok(())
    }
}

impl Change {
    /// Who joins and who leaves.
    async fn moves(&self, work: &mut UnitOfWork<'_>) -> Result<(Vec<PersonId>, Vec<PersonId>), Failure> {
        let Some(members) = &self.rules.members else { return Ok((Vec::new(), Vec::new())) };
        let now_is: Vec<PersonId> = lines::members(work.tx)
            .await?
            .into_iter()
            .filter(|(line, _)| *line == self.line)
            .map(|(_, person)| person)
            .collect();
        if now_is != members.was {
            let why = "meanwhile somebody changed the members: look again; saving once more takes yours";
            return Err(Failure::refused("changed", why));
        }
        let joins: Vec<PersonId> = members.to.iter().copied().filter(|person| !now_is.contains(person)).collect();
        for person in &joins {
            if people::by_id(work.tx, *person).await?.is_none_or(|person| person.disabled) {
                return Err(Failure::NotFound);
            }
        }
        Ok((joins, now_is.into_iter().filter(|person| !members.to.contains(person)).collect()))
    }

    async fn carry_out(&self, work: &mut UnitOfWork<'_>, (joins, leaves): (&[PersonId], &[PersonId])) -> Result<()> {
        let data = json!({ "line": self.line.0.to_string() });
        for person in joins {
            lines::join(work.tx, self.line, *person).await?;
            record(work, (self.by, *person), Action::LineJoined, &data).await?;
        }
        for person in leaves {
            lines::leave(work.tx, self.line, *person).await?;
            record(work, (self.by, *person), Action::LineLeft, &data).await?;
        }
        Ok(())
    }
}
