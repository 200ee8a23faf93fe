//! Tells integrators what happened to pairs: one row an event, in the transaction of what happened. The clockwork posts it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Desk;
use crate::clock::At;
use crate::domain::event::Kind;
use crate::domain::ids::{ConversationId, EndpointId, EventId};
use crate::store::api_events::{self, NewEvent, NewPost};
use crate::store::{Result, Tx};

/// Something that happened to a pair.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// To which.
    pub pair: ConversationId,
    /// What the integrator calls it.
    pub reference: &'a str,
    /// What.
    pub kind: Kind,
    /// The particulars: an object, to which the pair and its reference are added.
    pub data: Value,
}

/// Writes what happened, and has it posted to every endpoint that wants it, in the order given and behind whatever was
/// told of the same pair before. Call it in the transaction of what happened, with the pairs held.
///
/// # Errors
/// What the database said; [`crate::store::Error::Conflict`] if somebody else told of a pair at the same time.
pub async fn tell(desk: &Desk, tx: &mut Tx, told: &[Told<'_>], now: At) -> Result<()> {
    if told.is_empty() {
        return Ok(());
    }
    let events: Vec<NewEvent> = told
        .iter()
        .map(|one| NewEvent { id: EventId(desk.ids.next(now)), pair: one.pair, kind: one.kind, body: body(one, now) })
        .collect();
    api_events::insert(tx, &events, now).await?;
    let listeners = api_events::listeners(tx).await?;
    let mut ahead: HashSet<(EndpointId, ConversationId)> = HashSet::new();
    let mut posts = Vec::new();
    for event in &events {
        for listener in listeners.iter().filter(|listener| listener.wanted.has(event.kind)) {
            let first = ahead.insert((listener.id, event.pair)) && !listener.disabled;
            posts.push(NewPost { endpoint: listener.id, event: event.id, first });
        }
    }
    api_events::post(tx, &posts, now).await
}

/// What is posted. The bytes are kept: whoever gets them checks a signature over them.
fn body(told: &Told<'_>, now: At) -> String {
    let mut data = Map::new();
    data.insert("pair_id".to_owned(), Value::String(told.pair.to_string()));
    data.insert("reference".to_owned(), Value::String(told.reference.to_owned()));
    if let Value::Object(more) = &told.data {
        data.extend(more.clone());
    }
    json!({ "type": told.kind.word(), "timestamp": now.to_string(), "data": data }).to_string()
}
