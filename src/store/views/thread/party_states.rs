//! The state of the parties of a pair: who gets no texts, and which app opened the pair.

use crate::domain::customers::consent::Source;
use crate::domain::ids::{ConversationId, LegId};
use crate::store::sql::{from_row, query_as};
use crate::store::{Result, Tx};

/// How those in a pair stand.
#[derive(Clone, Debug, Default)]
pub struct PartyStates {
    /// The name of the app that opened it.
    pub app: Option<String>,
    /// Legs to which nothing is sent, and why.
    pub out: Vec<Out>,
}

/// A leg to which nothing is sent.
#[derive(Clone, Debug)]
pub struct Out {
    /// Which.
    pub leg: LegId,
    /// In words.
    pub why: &'static str,
    /// Staff entered it, and can take it back.
    pub by_staff: bool,
}

from_row! {
    struct OfRow {
        id: LegId,
        given: Option<i64>,
        origin: Option<Source>,
        blocked: Option<i64>,
    }
}

/// How those in a pair stand.
pub async fn of(tx: &mut Tx, pair: ConversationId) -> Result<PartyStates> {
    let app: Option<(String,)> =
        query_as("SELECT a.name FROM pairs x JOIN apps a ON a.id = x.app_id WHERE x.conversation_id = $1")
            .bind(pair)
            .fetch_optional(tx)
            .await?;
    let rows: Vec<OfRow> = query_as(
        "SELECT g.id, k.given, k.origin, (SELECT b.blocked FROM blocks b WHERE b.phone = g.phone \
           AND b.number_id = g.number_id ORDER BY b.id DESC LIMIT 1) AS blocked \
         FROM legs g LEFT JOIN consents k ON k.id = (SELECT MAX(n.id) FROM consents n WHERE n.phone = g.phone \
           AND n.scope = 'pool') WHERE g.conversation_id = $1 AND g.role = 'party' ORDER BY g.id",
    )
    .bind(pair)
    .fetch_all(tx)
    .await?;
    let out = rows.into_iter().filter_map(|OfRow { id: leg, given, origin, blocked }| {
        let (why, by_staff) = match (given, blocked) {
            (Some(0), _) => ("opted out", origin == Some(Source::Staff)),
            (_, Some(1)) => ("blocks this mask", false),
            _ => return None,
        };
        Some(Out { leg, why, by_staff })
    });
    Ok(PartyStates { app: app.map(|(name,)| name), out: out.collect() })
}
