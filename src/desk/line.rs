//! The rules of a line, changed by an admin: hours, policies, and the words in which it says the system's texts.

use serde_json::json;

use super::outbox::Enqueued;
use super::{Desk, Failure, duty};
use crate::domain::hours::Hours;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::person::Role;
use crate::domain::policy::LinePolicy;
use crate::domain::text::Wording;
use crate::store::{Job, Result, Tx, changes, lines, opening, people, texts};

/// What becomes of a line; what is `None` or not named stays.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// When it is open; `Some(None)` is always.
    pub hours: Option<Option<Hours>>,
    /// All that it does otherwise than the settings say.
    pub policies: Option<LinePolicy>,
    /// Its own words; `None`: the usual ones.
    pub texts: Vec<(Wording, Option<String>)>,
}

/// Changes the rules of a line. `by` an admin. Whoever can take a customer by the new rules gets those who wait.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such line or `by` is no admin; [`Failure::Refused`] for a text that may not be
/// sent.
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
        let admin = people::by_id(tx, self.by).await?.is_some_and(|by| !by.disabled && by.role == Role::Admin);
        opening::hold_line(tx, self.line).await?;
        let known = lines::all(tx).await?.into_iter().find(|line| line.id == self.line && admin);
        let Some(known) = known else { return Ok(Err(Failure::NotFound)) };
        let mut changed = Vec::new();
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
        if changed.is_empty() {
            return Ok(Ok(Enqueued::default()));
        }
        let data = json!({ "line": self.line.0.to_string(), "changed": changed });
        changes::event(tx, desk.ids.next(now), None, now, "line_changed", Some(self.by), &data).await?;
        changes::note(tx, &[(ConversationId(0), "duty")], now).await?;
        duty::settle(desk, tx, &[self.line], now).await.map(Ok)
    }
}
