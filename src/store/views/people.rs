//! People as admins see them: their properties, and whether they have signed in.

use std::collections::HashMap;

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::store::people::{self, Person};
use crate::store::sql::{from_row, query_as};
use crate::store::{Result, Tx, lines};

/// A person with what surrounds them.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who.
    pub person: Person,
    /// Since when the phone is known to be theirs.
    pub verified_at: Option<At>,
    /// Since when texts to the phone are off.
    pub muted_at: Option<At>,
    /// Open conversations.
    pub open: i64,
    /// Until when an invitation, or a link to choose another password, can be used.
    pub link_until: Option<At>,
    /// When they were last seen here, while a session of theirs lasts.
    pub here_at: Option<At>,
    /// The names of their lines.
    pub lines: Vec<String>,
}

from_row! {
    struct Around {
        id: PersonId,
        phone_verified_at: Option<At>,
        phone_muted_at: Option<At>,
        open: i64,
        link_until: Option<At>,
        here_at: Option<At>,
    }
}

/// Everybody, those who may come in first, by name.
pub async fn all(tx: &mut Tx, now: At) -> Result<Vec<Seen>> {
    let rows: Vec<Around> = query_as(
        "SELECT p.id, p.phone_verified_at, p.phone_muted_at, \
         (SELECT COUNT(*) FROM conversations o WHERE o.pinned_to = p.id AND o.closed_at IS NULL) AS open, \
         (SELECT MAX(l.expires_at) FROM links l WHERE l.person_id = p.id AND l.used_at IS NULL \
           AND l.kind <> 'sign_in' AND l.expires_at > $1) AS link_until, \
         (SELECT MAX(s.seen_at) FROM sessions s WHERE s.person_id = p.id) AS here_at FROM people p",
    )
    .bind(now)
    .fetch_all(tx)
    .await?;
    let mut around: HashMap<PersonId, Around> = rows.into_iter().map(|row| (row.id, row)).collect();
    let names: HashMap<_, _> = lines::all(tx).await?.into_iter().map(|line| (line.id, line.name)).collect();
    let members = lines::members(tx).await?;
    let mut seen: Vec<Seen> = people::all(tx)
        .await?
        .into_iter()
        .filter_map(|person| {
            let around = around.remove(&person.id)?;
            let of = members.iter().filter(|(_, who)| *who == person.id);
            let mut lines: Vec<String> = of.filter_map(|(line, _)| names.get(line).cloned()).collect();
            lines.sort();
            Some(Seen {
                person,
                verified_at: around.phone_verified_at,
                muted_at: around.phone_muted_at,
                open: around.open,
                link_until: around.link_until,
                here_at: around.here_at,
                lines,
            })
        })
        .collect();
    seen.sort_by_cached_key(|one| (one.person.disabled, one.person.name.to_lowercase(), one.person.id));
    Ok(seen)
}
