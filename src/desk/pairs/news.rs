//! Events for integrators about pairs, as things happen.

use serde_json::{Value, json};

use crate::clock::At;
use crate::desk::programs::events::{Event, listens};
use crate::desk::work::UnitOfWork;
use crate::domain::ids::ConversationId;
use crate::domain::pairs::expiry::{Ending, Term};
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
pub(super) async fn opened(work: &mut UnitOfWork<'_>, id: ConversationId, reference: &str) -> Result<()> {
    let now = work.now;
    let kind = Kind::PairOpened;
    let Some(pair) = heard(work.tx, id, kind, now).await? else { return Ok(()) };
    let merged = pair.references.len() > 1;
    let expires_at = pair.term().ends_at.to_string();
    let data = json!({ "merged": merged, "expires_at": expires_at, "parties": parties(&pair) });
    let told = Event { reference: Some(reference.to_owned()), ..Event::of(id, kind, data) };
    work.tell(told);
    Ok(())
}

/// A pair has another end, or is about to reach the one that it has; `by` is the alias of the party who asked for it.
pub(super) fn moved(work: &mut UnitOfWork<'_>, (id, kind): (ConversationId, Kind), term: Term, by: Option<&str>) {
    let mut data = json!({ "expires_at": term.ends_at.to_string() });
    if kind == Kind::PairExtended {
        data["by"] = by.into();
    }
    work.tell(Event::of(id, kind, data));
}

/// Pairs have ended.
pub(super) fn ended(work: &mut UnitOfWork<'_>, ids: &[ConversationId], why: Ending) {
    for id in ids {
        work.tell(Event::of(*id, Kind::PairEnded, json!({ "why": why })));
    }
}

/// A party has another phone.
pub(super) async fn changed(work: &mut UnitOfWork<'_>, id: ConversationId, alias: &str) -> Result<()> {
    let now = work.now;
    let Some(pair) = heard(work.tx, id, Kind::PartyChanged, now).await? else { return Ok(()) };
    let party = pair.parties.iter().find(|party| party.alias == alias);
    let data = party.map(|one| json!({ "alias": one.alias, "phone": one.phone, "mask": one.mask }));
    work.tell(Event::of(id, Kind::PartyChanged, data.unwrap_or_default()));
    Ok(())
}
