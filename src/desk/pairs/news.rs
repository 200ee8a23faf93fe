//! What integrators are told of pairs, as it happens.

use serde_json::{Value, json};

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::programs::events::{Event, listens, record};
use crate::domain::ids::ConversationId;
use crate::domain::pairs::expiry::Term;
use crate::domain::programs::event::Kind;
use crate::store::views::pairs::{self, PairRow};
use crate::store::{Result, Tx};

/// The parties as events name them.
fn parties(pair: &PairRow) -> Value {
    let party = |one: &pairs::PartyRow| json!({ "alias": one.alias, "phone": one.phone, "mask": one.mask });
    pair.parties.iter().map(party).collect()
}

/// The pair, if somebody wants to know of such an event.
async fn heard(tx: &mut Tx, id: ConversationId, kind: Kind, now: At) -> Result<Option<PairRow>> {
    if listens(tx, kind).await? { pairs::one(tx, id, now).await } else { Ok(None) }
}

/// A pair was opened, or an open one of the same people got the name `reference`, too.
pub(super) async fn opened(desk: &Desk, tx: &mut Tx, id: ConversationId, reference: &str, now: At) -> Result<()> {
    let kind = Kind::PairOpened;
    let Some(pair) = heard(tx, id, kind, now).await? else { return Ok(()) };
    let merged = pair.references.len() > 1;
    let expires_at = pair.term().ends_at.to_string();
    let data = json!({ "merged": merged, "expires_at": expires_at, "parties": parties(&pair) });
    let told = Event { reference: Some(reference.to_owned()), ..Event::of(id, kind, data) };
    record(desk, tx, &[told], now).await
}

/// A pair has another end, or is about to reach the one that it has; `by` is the alias of the party who asked for it.
pub(super) async fn moved(
    desk: &Desk,
    tx: &mut Tx,
    (id, kind): (ConversationId, Kind),
    term: Term,
    by: Option<&str>,
    now: At,
) -> Result<()> {
    let mut data = json!({ "expires_at": term.ends_at.to_string() });
    if kind == Kind::PairExtended {
        data["by"] = by.into();
    }
    record(desk, tx, &[Event::of(id, kind, data)], now).await
}

/// Pairs have ended.
pub(super) async fn ended(desk: &Desk, tx: &mut Tx, ids: &[ConversationId], why: &str, now: At) -> Result<()> {
    let told: Vec<Event> = ids.iter().map(|&id| Event::of(id, Kind::PairEnded, json!({ "why": why }))).collect();
    record(desk, tx, &told, now).await
}

/// A party has another phone.
pub(super) async fn changed(desk: &Desk, tx: &mut Tx, id: ConversationId, alias: &str, now: At) -> Result<()> {
    let Some(pair) = heard(tx, id, Kind::PartyChanged, now).await? else { return Ok(()) };
    let party = pair.parties.iter().find(|party| party.alias == alias);
    let data = party.map(|one| json!({ "alias": one.alias, "phone": one.phone, "mask": one.mask }));
    record(desk, tx, &[Event::of(id, Kind::PartyChanged, data.unwrap_or_default())], now).await
}
