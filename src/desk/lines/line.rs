//! A line, changed by an admin: name, members, hours, policies, and the words in which it says the system's texts.

use serde_json::json;

use crate::clock::At;
use crate::desk::outbox::Enqueued;
use crate::desk::people::{admin, record};
use crate::desk::routing::{duty, queue};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::people::person::check_name;
use crate::domain::policy::LinePolicy;
use crate::domain::time::hours::Hours;
use crate::domain::words::text::Wording;
use crate::store::conversations::changes;
use crate::store::lines::{self, texts};
use crate::store::people::audit::{self, Entry};
use crate::store::routing::opening;
use crate::store::{Job, Result, Tx, people};

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

/// Changes the rules of a line. `by` an admin. Whoever can take a customer by the new rules gets those who wait, and
/// the customers of those who leave go to others.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such line or person, or `by` is no admin; [`Failure::Refused`] for `name`, for a
/// `text` that may not be sent, or as `changed` if the members are others by now.
pub async fn change(desk: &Desk, by: PersonId, line: NumberId, rules: Rules) -> Result<(), Failure> {
    let sent = desk.store.write(Change { desk: desk.clone(), by, line, rules }).await??;
    desk.send(sent);
    Ok(())
}

struct Change {
    desk: Desk,
    by: PersonId,
    line: NumberId,
    rules: Rules,
}

impl Job for Change {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now) = (&self.desk, self.desk.clock.now());
        let admin = admin(tx, self.by).await?;
        opening::hold_line(tx, self.line).await?;
        let known = lines::all(tx).await?.into_iter().find(|line| line.id == self.line && admin);
        let Some(known) = known else { return Ok(Err(Failure::NotFound)) };
        let (joins, leaves) = match self.moves(tx).await? {
            Ok(moves) => moves,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut changed = Vec::new();
        match self.rules.name.as_deref().map(check_name) {
            Some(Err(why)) => return Ok(Err(Failure::refused("name", why))),
            Some(Ok(name)) if name != known.name => {
                lines::rename(tx, self.line, &name).await?;
                changed.push("name".to_owned());
            }
            _ => {}
        }
        for (wording, body) in &self.rules.texts {
            if let Some(why) = body.as_deref().and_then(|body| wording.check(body).err()) {
                return Ok(Err(Failure::refused("text", format!("{}: {why}", wording.name()))));
            }
            if texts::own(tx, self.line, *wording).await? != *body {
                texts::set(tx, self.line, *wording, body.as_deref()).await?;
                changed.push(format!("text {}", wording.name()));
            }
        }
        if let Some(hours) = self.rules.hours.as_ref().filter(|hours| **hours != known.hours) {
            lines::set_hours(tx, self.line, hours.as_ref()).await?;
            changed.push("hours".to_owned());
        }
        if let Some(policies) = self.rules.policies.as_ref().filter(|policies| **policies != known.policies) {
            lines::set_policies(tx, self.line, policies).await?;
            changed.push("policies".to_owned());
        }
        if !joins.is_empty() || !leaves.is_empty() {
            self.carry_out(tx, (&joins, &leaves), now).await?;
            changed.push("members".to_owned());
        }
        if changed.is_empty() {
            return Ok(Ok(Enqueued::default()));
        }
        let data = json!({ "line": self.line.0.to_string(), "changed": changed });
        changes::event(tx, desk.ids.next(now), None, now, "line_changed", Some(self.by), &data).await?;
        // Who joins and who leaves has a row for each.
        if changed != ["members"] {
            audit::record(tx, Entry::new(desk.ids.next(now), now, self.by, "line_changed", &data)).await?;
        }
        changes::note(tx, &[(ConversationId(0), "duty")], now).await?;
        let mut sent = Enqueued::default();
        for person in &leaves {
            sent.add(queue::repick_all(desk, tx, *person, &[self.line], "left_line", now).await?);
        }
        sent.add(duty::settle(desk, tx, &[self.line], now).await?);
        Ok(Ok(sent))
    }
}

impl Change {
    /// Who joins and who leaves.
    async fn moves(&self, tx: &mut Tx) -> Result<Result<(Vec<PersonId>, Vec<PersonId>), Failure>> {
        let Some(members) = &self.rules.members else { return Ok(Ok((Vec::new(), Vec::new()))) };
        let now_is: Vec<PersonId> = lines::members(tx)
            .await?
            .into_iter()
            .filter(|(line, _)| *line == self.line)
            .map(|(_, person)| person)
            .collect();
        if now_is != members.was {
            let why = "meanwhile somebody changed the members: look again; saving once more takes yours";
            return Ok(Err(Failure::refused("changed", why)));
        }
        let joins: Vec<PersonId> = members.to.iter().copied().filter(|person| !now_is.contains(person)).collect();
        for person in &joins {
            if people::by_id(tx, *person).await?.is_none_or(|person| person.disabled) {
                return Ok(Err(Failure::NotFound));
            }
        }
        Ok(Ok((joins, now_is.into_iter().filter(|person| !members.to.contains(person)).collect())))
    }

    async fn carry_out(&self, tx: &mut Tx, (joins, leaves): (&[PersonId], &[PersonId]), now: At) -> Result<()> {
        let data = json!({ "line": self.line.0.to_string() });
        for person in joins {
            lines::join(tx, self.line, *person).await?;
            record(&self.desk, tx, (self.by, *person), "line_joined", &data, now).await?;
        }
        for person in leaves {
            lines::leave(tx, self.line, *person).await?;
            record(&self.desk, tx, (self.by, *person), "line_left", &data, now).await?;
        }
        Ok(())
    }
}
