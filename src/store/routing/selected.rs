//! What the two numbers of a text select: the live leg of (sender, our number), and its facts before anything is
//! locked.

use crate::clock::At;
use crate::domain::ids::{ConversationId, NumberId};
use crate::domain::numbers::role::Role;
use crate::domain::pairs::expiry::{End, ExpiryKind};
use crate::domain::vocabulary::MaybeKnown;
use crate::store::sql::{QueryBuilder, from_row};
use crate::store::{Result, Tx, padded};

/// What the two numbers of a text select.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The number that was texted, if it is ours: id and whether it is a line.
    pub number: Option<(NumberId, bool)>,
    /// The sender is itself one of our numbers.
    pub from_ours: bool,
    /// The conversation of the live leg, if there is one.
    pub conversation: Option<ConversationId>,
    /// Customers of the line wait for somebody, or texts of this conversation for its rep's phone.
    pub waiting: bool,
    /// When that leg began.
    pub since: Option<At>,
    /// The end of its pair, if its conversation is one.
    pub end: Option<End>,
    /// Since when the number is ours, and up to when what the carrier had for it is in.
    pub compared: Option<(At, Option<At>)>,
    /// Earlier texts of the sender wait to be taken in.
    pub behind: bool,
}

impl Selected {
    /// Whether the live leg is one of a pair that is over, whether or not anybody has written that down.
    #[must_use]
    pub fn is_over(&self, sent_at: At, now: At) -> bool {
        self.end.is_some_and(|end| end.is_over(sent_at, now))
    }

    /// Whether the live leg began after a text was sent: then it is not that text's leg. The carrier's time is whole
    /// seconds.
    #[must_use]
    pub fn began_after(&self, sent_at: At) -> bool {
        self.since.is_some_and(|since| since.0.div_euclid(1_000_000) > sent_at.0.div_euclid(1_000_000))
    }
}

from_row! {
    struct SelectedRow {
        i: i64,
        number_id: Option<NumberId>,
        role: Option<Role>,
        own_id: Option<NumberId>,
        conversation_id: Option<ConversationId>,
        opened_at: Option<At>,
        waiting: i32,
        ends_at: Option<At>,
        hard_end_at: Option<At>,
        expiry: Option<MaybeKnown<ExpiryKind>>,
        in_service_at: Option<At>,
        backfilled_at: Option<At>,
        behind: i32,
    }
}

/// What each (sender, number) selects, in the order asked.
pub async fn selected(tx: &mut Tx, asked: &[(&str, &str)]) -> Result<Vec<Selected>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let numbered: Vec<(i64, &str, &str)> = asked.iter().zip(0_i64..).map(|((from, to), i)| (i, *from, *to)).collect();
    let rows: Vec<SelectedRow> = {
        let mut q = QueryBuilder::new("WITH asked(i, phone, number) AS (");
        q.push_values(padded(&numbered), |mut b, (i, from, to)| {
            b.push_bind(*i).push_bind((*from).to_owned()).push_bind((*to).to_owned());
        });
        q.push(
            ") SELECT a.i, n.id AS number_id, n.role, own.id AS own_id, l.conversation_id, l.opened_at, CASE WHEN t.waits_from IS NOT NULL OR EXISTS (SELECT 1 \
             FROM conversations u WHERE u.line_id = n.id AND u.closed_at IS NULL AND u.pinned_to IS NULL) \
             THEN 1 ELSE 0 END AS waiting, x.ends_at, x.hard_end_at, x.expiry, n.in_service_at, \
             n.backfilled_at, CASE WHEN EXISTS (SELECT 1 FROM arrivals w WHERE w.from_phone = a.phone) THEN 1 ELSE 0 END AS behind \
             FROM asked a \
             LEFT JOIN numbers n ON n.number = a.number AND n.state <> 'released' \
             LEFT JOIN numbers own ON own.number = a.phone AND own.state <> 'released' \
             LEFT JOIN legs l ON l.phone = a.phone AND l.number_id = n.id AND l.ended_at IS NULL \
             LEFT JOIN conversations t ON t.id = l.conversation_id \
             LEFT JOIN pairs x ON x.conversation_id = l.conversation_id",
        );
        q.build_query_as().fetch_all(tx).await
    }?;
    let mut found = vec![Selected::default(); asked.len()];
    for row in rows {
        if let Some(one) = usize::try_from(row.i).ok().and_then(|i| found.get_mut(i)) {
            *one = Selected {
                number: row.number_id.map(|id| (id, row.role == Some(Role::Line))),
                from_ours: row.own_id.is_some(),
                conversation: row.conversation_id,
                waiting: row.waiting == 1,
                since: row.opened_at,
                end: row.ends_at.zip(row.hard_end_at).map(|(at, hard)| End {
                    at,
                    hard,
                    // A kind that only a newer version knows: what is late is judged by our clock.
                    slides: row.expiry == Some(MaybeKnown::Known(ExpiryKind::Sliding)),
                }),
                compared: row.in_service_at.map(|ours| (ours, row.backfilled_at)),
                behind: row.behind == 1,
            };
        }
    }
    Ok(found)
}
