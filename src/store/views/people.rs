//! People as admins look after them: what they are, and whether they have come in.

use std::collections::HashMap;

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::store::people::{self, Person};
use crate::store::sql::query_as;
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

type Row = (i64, Option<i64>, Option<i64>, i64, Option<i64>, Option<i64>);

/// Everybody, those who may come in first, by name.
pub async fn all(tx: &mut Tx, now: At) -> Result<Vec<Seen>> {
    let rows: Vec<Row> = query_as(
        "SELECT p.id, p.phone_verified_at, p.phone_muted_at, \
         (SELECT COUNT(*) FROM conversations o WHERE o.pinned_to = p.id AND o.closed_at IS NULL), \
         (SELECT MAX(l.expires_at) FROM links l WHERE l.person_id = p.id AND l.used_at IS NULL \
           AND l.kind <> 'sign_in' AND l.expires_at > $1), \
         (SELECT MAX(s.seen_at) FROM sessions s WHERE s.person_id = p.id) FROM people p",
    )
    .bind(now.0)
    .fetch_all(tx)
    .await?;
    let mut around: HashMap<PersonId, Row> = rows.into_iter().map(|row| (PersonId(row.0), row)).collect();
    let names: HashMap<_, _> = lines::all(tx).await?.into_iter().map(|line| (line.id, line.name)).collect();
    let members = lines::members(tx).await?;
    let mut seen: Vec<Seen> = people::all(tx)
        .await?
        .into_iter()
        .filter_map(|person| {
            let (_, verified, muted, open, link, last) = around.remove(&person.id)?;
            let of = members.iter().filter(|(_, who)| *who == person.id);
            let mut lines: Vec<String> = of.filter_map(|(line, _)| names.get(line).cloned()).collect();
            lines.sort();
            Some(Seen {
                person,
                verified_at: verified.map(At),
                muted_at: muted.map(At),
                open,
                link_until: link.map(At),
                here_at: last.map(At),
                lines,
            })
        })
        .collect();
    seen.sort_by_cached_key(|one| (one.person.disabled, one.person.name.to_lowercase(), one.person.id));
    Ok(seen)
}
