//! The names of pairs in lists and heads: their people, the integrator's reference, and when they end.

use std::collections::HashMap;

use crate::clock::At;
use crate::domain::ids::ConversationId;
use crate::store::sql::{QueryBuilder, from_row};
use crate::store::views::Contact;
use crate::store::{Result, Tx, padded, push_list};

/// What a pair is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Its people: `Fisher and Helper`.
    pub names: String,
    /// What integrators call it; of several, the first.
    pub reference: String,
    /// Its end, over or not.
    pub ends_at: At,
}

impl Called {
    /// Its people, where one stands who is known by a name.
    #[must_use]
    pub fn contact(&self) -> Contact {
        Contact { name: Some(self.names.clone()), masked: String::new() }
    }
}

/// Names as one says them: `Fisher`, `Fisher and Helper`, `Fisher, Helper and Driver`.
#[must_use]
pub fn together(names: &[String]) -> String {
    match names {
        [] => "A pair".to_owned(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

from_row! {
    struct CalledRow {
        conversation_id: ConversationId,
        ends_at: At,
        reference: Option<String>,
    }
}

/// What those of these conversations are called that are pairs. Asks nothing if there are none.
pub async fn called(tx: &mut Tx, ids: &[ConversationId]) -> Result<HashMap<ConversationId, Called>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CalledRow> = {
        let mut q = QueryBuilder::new(
            "SELECT x.conversation_id, x.ends_at, (SELECT r.reference FROM pair_references r \
             WHERE r.conversation_id = x.conversation_id ORDER BY r.id LIMIT 1) AS reference FROM pairs x WHERE x.conversation_id IN (",
        );
        push_list(&mut q, padded(ids).copied());
        q.build_query_as().fetch_all(tx).await
    }?;
    let aliases: Vec<(ConversationId, Option<String>)> = {
        let mut q =
            QueryBuilder::new("SELECT conversation_id, alias FROM legs WHERE role = 'party' AND conversation_id IN (");
        push_list(&mut q, padded(ids).copied());
        q.push(" ORDER BY id");
        q.build_query_as().fetch_all(tx).await
    }?;
    let mut names: HashMap<ConversationId, Vec<String>> = HashMap::new();
    for (id, alias) in aliases {
        let (all, alias) = (names.entry(id).or_default(), alias.unwrap_or_default());
        // A party who got another phone has several legs.
        if !all.contains(&alias) {
            all.push(alias);
        }
    }
    let called = |CalledRow { conversation_id: id, ends_at, reference }: CalledRow| {
        let names = together(names.get(&id).map_or(&[][..], Vec::as_slice));
        (id, Called { names, reference: reference.unwrap_or_default(), ends_at })
    };
    Ok(rows.into_iter().map(called).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_as_one_says_them() {
        let names = |all: &[&str]| together(&all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["Fisher", "Helper"]), "Fisher and Helper");
        assert_eq!(names(&["Fisher", "Helper", "Driver"]), "Fisher, Helper and Driver");
        assert_eq!(names(&[]), "A pair");
    }
}
