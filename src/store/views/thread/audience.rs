//! Who may be informed of a change: the same rights as those of the pages.

use std::collections::HashMap;

use crate::domain::change::{Change, Changed};
use crate::domain::ids::ConversationId;
use crate::store::sql::{QueryBuilder, from_row};
use crate::store::views::Viewer;
use crate::store::{Result, Tx, padded, push_list};

/// What somebody hears of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hears {
    /// The change's cursor.
    pub cursor: i64,
    /// The conversation; none where one has only left the reader's lists.
    pub conversation: Option<ConversationId>,
    /// What changed.
    pub kind: Changed,
}

/// Who has a conversation, and whether it is of the reader's lines.
type Bearings = (Option<i64>, bool);

/// What `viewer` hears of `news`: the newest change of each kind in each conversation that they may see. When one of
/// their lines' conversations went to somebody else, they hear only that their lists changed.
pub async fn hears(tx: &mut Tx, viewer: Viewer, news: &[Change]) -> Result<Vec<Hears>> {
    let mut newest: HashMap<(ConversationId, Changed), i64> = HashMap::new();
    for change in news {
        newest.insert((change.conversation, change.kind), change.id);
    }
    let bearings = if viewer.sees_all() { None } else { Some(bearings(tx, viewer, news).await?) };
    let mut heard: Vec<Hears> = newest
        .into_iter()
        .filter_map(|((id, kind), cursor)| {
            let conversation = match &bearings {
                None => Some(id),
                Some(known) => match known.get(&id) {
                    Some((rep, true)) if rep.is_none_or(|rep| rep == viewer.person.0) => Some(id),
                    Some((_, true)) if kind == Changed::Conversation => None,
                    _ => return None,
                },
            };
            Some(Hears { cursor, conversation, kind })
        })
        .collect();
    heard.sort_by_key(|hears| hears.cursor);
    Ok(heard)
}

from_row! {
    struct BearingsRow {
        id: ConversationId,
        pinned_to: Option<i64>,
        own: i64,
    }
}

async fn bearings(tx: &mut Tx, viewer: Viewer, news: &[Change]) -> Result<HashMap<ConversationId, Bearings>> {
    let mut ids: Vec<i64> = news.iter().map(|change| change.conversation.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known = HashMap::new();
    for piece in ids.chunks(64) {
        let rows: Vec<BearingsRow> = {
            let mut q = QueryBuilder::new(
                "SELECT c.id, c.pinned_to, CASE WHEN EXISTS (SELECT 1 FROM line_members m \
                 WHERE m.line_id = c.line_id AND m.person_id = ",
            );
            q.push_bind(viewer.person).push(
                ") THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS own FROM conversations c WHERE c.id IN (",
            );
            push_list(&mut q, padded(piece).copied());
            q.build_query_as().fetch_all(tx).await
        }?;
        known.extend(rows.into_iter().map(|BearingsRow { id, pinned_to: rep, own }| (id, (rep, own == 1))));
    }
    Ok(known)
}
