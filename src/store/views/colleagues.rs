//! To whom a conversation can be handed, and which of them can take it now.

use crate::clock::At;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::routing::shift::Shift;
use crate::store::routing::opening::{self, Counted};
use crate::store::sql::{query_as, query_scalar};
use crate::store::{Result, Tx};

/// Somebody a conversation can be handed to.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Who.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Why they take no new customers now, if so.
    pub obstacle: Option<&'static str>,
    /// When they are on again, if they are off by their hours or the line's.
    pub back_at: Option<At>,
    /// Open conversations.
    pub open: i64,
    /// The most that they take.
    pub limit: Option<i64>,
}

/// The enabled members of a line, as they stand at `now`, by name.
pub async fn of(tx: &mut Tx, line: NumberId, now: At) -> Result<Vec<Colleague>> {
    let hours: Option<Option<String>> =
        query_scalar("SELECT hours FROM lines WHERE id = $1").bind(line).fetch_optional(tx).await?;
    let hours = hours.flatten();
    let schedules = schedules(tx, line).await?;
    let members = opening::members(tx, line, hours.as_deref(), Counted::All, now).await?;
    let mut colleagues: Vec<Colleague> = members
        .into_iter()
        .map(|one| one.member)
        .filter(|member| member.enabled)
        .map(|member| {
            let own = schedules.iter().find(|(id, _)| *id == member.id.0).map(|(_, schedule)| schedule.as_str());
            let back = || Shift::read(hours.as_deref(), own).next_on(now);
            Colleague {
                obstacle: member.obstacle(),
                back_at: (!member.on_shift).then(back).flatten(),
                id: member.id,
                name: member.name,
                open: member.open,
                limit: member.limit,
            }
        })
        .collect();
    colleagues.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    Ok(colleagues)
}

async fn schedules(tx: &mut Tx, line: NumberId) -> Result<Vec<(i64, String)>> {
    Ok(query_as(
        "SELECT p.id, p.schedule FROM line_members m JOIN people p ON p.id = m.person_id \
         WHERE m.line_id = $1 AND p.schedule IS NOT NULL AND p.disabled_at IS NULL",
    )
    .bind(line)
    .fetch_all(tx)
    .await?)
}
