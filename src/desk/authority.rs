//! Who may change people, and the audit row that each change leaves.

use serde_json::Value;

use super::work::UnitOfWork;
use crate::domain::conversations::timeline::{HouseEvent, Stored};
use crate::domain::ids::PersonId;
use crate::domain::people::audit::Action;
use crate::domain::people::person::Role;
use crate::store::engine::dialect;
use crate::store::people::audit::{self, Entry};
use crate::store::people::{self, Person};
use crate::store::{Result, Tx};

/// Holds everybody until the commit: two admins who change people take turns. Before lines are held.
pub(super) async fn hold_all(tx: &mut Tx) -> Result<()> {
    dialect::one_at_a_time(tx, "people", "").await
}

/// The enabled person, and the actor: the same person, or an enabled admin.
pub(super) async fn whom(tx: &mut Tx, by: PersonId, person: PersonId) -> Result<Option<Person>> {
    let actor = people::by_id(tx, by).await?.filter(|actor| !actor.disabled);
    let may = actor.is_some_and(|actor| actor.id == person || actor.role == Role::Admin);
    Ok(people::by_id(tx, person).await?.filter(|found| may && !found.disabled))
}

/// As [`whom`], enabled or not, for admins only.
pub(super) async fn by_admin(tx: &mut Tx, by: PersonId, person: PersonId) -> Result<Option<Person>> {
    let admin = admin(tx, by).await?;
    Ok(people::by_id(tx, person).await?.filter(|_| admin))
}

/// Whether this is an enabled admin.
pub(super) async fn admin(tx: &mut Tx, person: PersonId) -> Result<bool> {
    Ok(people::by_id(tx, person).await?.is_some_and(|one| !one.disabled && one.role == Role::Admin))
}

/// Writes down what somebody did to what concerns no conversation: an audit row, and an event of the timeline.
pub(super) async fn record_house(work: &mut UnitOfWork<'_>, by: PersonId, event: &HouseEvent) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let data = Stored::from(event).data;
    audit::record(work.tx, Entry::new(desk.ids.next(now), now, by, event.action(), &data)).await?;
    work.house_event(Some(by), event);
    Ok(())
}

/// Writes the audit row of a change to a person. `data` has ids and words, never a number, a name or a secret.
pub(super) async fn record(
    work: &mut UnitOfWork<'_>,
    (by, person): (PersonId, PersonId),
    action: Action,
    data: &Value,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let entry = Entry { person: Some(person), ..Entry::new(desk.ids.next(now), now, by, action, data) };
    audit::record(work.tx, entry).await
}
