//! Writes events for integrators about pairs: one row for each event, in the transaction of what happened. The
//! clockwork posts them. Where no endpoint wants an event, it writes nothing.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::At;
use crate::desk::outbox::Unsent;
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{ConversationId, EndpointId, EventId, LegId, MessageId};
use crate::domain::programs::event::Kind;
use crate::store::engine::dialect;
use crate::store::programs::api_events::{self, Listener, Names, NewEvent, NewPost, about};
use crate::store::{Error, Result, Tx};

/// Something that happened to a pair.
#[derive(Clone, Debug)]
pub struct Event {
    /// To which.
    pub pair: ConversationId,
    /// What.
    pub kind: Kind,
    /// The particulars: an object, to which the pair and its reference are added.
    pub data: Value,
    /// By which of its names; the first without.
    pub reference: Option<String>,
    /// It is told at most once of this text on the phone of this leg.
    pub once: Option<(MessageId, LegId)>,
}

impl Event {
    /// Something that may happen again.
    #[must_use]
    pub fn of(pair: ConversationId, kind: Kind, data: Value) -> Self {
        Event { pair, kind, data, reference: None, once: None }
    }
}

/// Writes what happened, and has it posted to every endpoint of the pair's app that wants it, in the order given and behind whatever was
/// told of the same pair before. Call it in the transaction of what happened, after everything else in it.
///
/// # Errors
/// What the database said; [`crate::store::Error::Conflict`] if somebody else told of a pair at the same time.
pub async fn record(work: &mut UnitOfWork<'_>, events: &[Event]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let listeners = api_events::listeners(work.tx).await?;
    post(work, &listeners, events).await
}

/// As [`record`], where it is known who listens.
async fn post(work: &mut UnitOfWork<'_>, listeners: &[Listener], events: &[Event]) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let wanted: Vec<&Event> = events.iter().filter(|one| wanted(listeners, one.kind)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let pairs: HashSet<ConversationId> = wanted.iter().map(|one| one.pair).collect();
    let names = api_events::names(work.tx, &Vec::from_iter(pairs)).await?;
    let hears = |listener: &Listener, kind: Kind, pair: ConversationId| {
        names.get(&pair).is_some_and(|names| listener.hears(kind, names.app))
    };
    let mut events = Vec::with_capacity(events.len());
    for one in wanted.into_iter().filter(|one| listeners.iter().any(|listener| hears(listener, one.kind, one.pair))) {
        events.push(NewEvent {
            id: EventId(desk.ids.next(now)),
            pair: one.pair,
            kind: one.kind,
            about: one.once.map(|(message, leg)| about(message, leg)),
            body: body(one, &names, now)?,
        });
    }
    if events.is_empty() {
        return Ok(());
    }
    api_events::insert(work.tx, &events, now).await?;
    let mut ahead: HashSet<(EndpointId, ConversationId)> = HashSet::new();
    let mut posts = Vec::new();
    for event in &events {
        for listener in listeners.iter().filter(|listener| hears(listener, event.kind, event.pair)) {
            let first = ahead.insert((listener.id, event.pair)) && !listener.disabled;
            posts.push(NewPost { endpoint: listener.id, event: event.id, first });
        }
    }
    api_events::post(work.tx, &posts, now).await
}

/// Whether anybody wants to be told of such an event.
pub(in crate::desk) async fn listens(tx: &mut Tx, kind: Kind) -> Result<bool> {
    Ok(wanted(&api_events::listeners(tx).await?, kind))
}

fn wanted(listeners: &[Listener], kind: Kind) -> bool {
    listeners.iter().any(|listener| listener.wanted.has(kind))
}

/// What is posted. The bytes are stored: the endpoint checks a signature over them.
fn body(event: &Event, names: &HashMap<ConversationId, Names>, now: At) -> Result<String> {
    let names = names.get(&event.pair).map_or(&[][..], |names| &names.references);
    let reference = event.reference.as_deref().or(names.first().map(String::as_str)).unwrap_or_default();
    let references = (names.len() > 1).then_some(names);
    let data = Data { pair_id: event.pair.to_string(), reference, references, more: &event.data };
    let body = serde_json::to_string(&Body { kind: event.kind.word(), timestamp: now.to_string(), data });
    body.map_err(|_| Error::GivenUp("an event could not be written"))
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    pair_id: String,
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<&'a [String]>,
    #[serde(flatten)]
    more: &'a Value,
}

/// Who listens, if there are `texts` to tell of and anybody wants to be told.
async fn listeners_of(tx: &mut Tx, kind: Kind, texts: &[(MessageId, LegId)]) -> Result<Option<Vec<Listener>>> {
    if texts.is_empty() {
        return Ok(None);
    }
    Ok(Some(api_events::listeners(tx).await?).filter(|listeners| wanted(listeners, kind)))
}

/// Tells of texts that will not arrive on a party's phone. Texts outside pairs may be among them.
///
/// # Errors
/// As [`record`].
pub(in crate::desk) async fn failed(work: &mut UnitOfWork<'_>, unsent: &[Unsent]) -> Result<()> {
    let texts: Vec<(MessageId, LegId)> = unsent.iter().filter_map(|one| Some((one.message, one.leg?))).collect();
    let kind = Kind::MessageFailed;
    let Some(listeners) = listeners_of(work.tx, kind, &texts).await? else { return Ok(()) };
    let mut events = Vec::new();
    for fate in api_events::fates(work.tx, kind, &texts).await? {
        let (message, leg) = (fate.message, fate.leg);
        let why = unsent.iter().find(|one| (one.message, one.leg) == (message, Some(leg))).map(|one| one.why.as_str());
        let data = json!({ "message_id": message.to_string(), "to": fate.alias, "why": why });
        events.push(Event { once: Some((message, leg)), ..Event::of(fate.pair, kind, data) });
    }
    post(work, &listeners, &events).await
}

/// Tells of texts that have arrived on parties' phones with all their parts; `texts` are those of which one has arrived.
///
/// # Errors
/// As [`record`].
pub(in crate::desk) async fn delivered(work: &mut UnitOfWork<'_>, texts: &[(MessageId, LegId)]) -> Result<()> {
    let kind = Kind::MessageDelivered;
    let Some(listeners) = listeners_of(work.tx, kind, texts).await? else { return Ok(()) };
    let mut fates = api_events::fates(work.tx, kind, texts).await?;
    let several: Vec<(MessageId, LegId)> =
        fates.iter().filter(|fate| fate.parts > 1).map(|fate| (fate.message, fate.leg)).collect();
    if !several.is_empty() {
        // Two parts may arrive at the same instant: the second one sees both.
        for (message, leg) in &several {
            dialect::one_at_a_time(work.tx, "arrived", &about(*message, *leg)).await?;
        }
        fates = api_events::fates(work.tx, kind, texts).await?;
    }
    let arrived = fates.into_iter().filter(|fate| fate.arrived == fate.parts);
    let events: Vec<Event> = arrived
        .map(|fate| {
            let data = json!({ "message_id": fate.message.to_string(), "to": fate.alias });
            Event { once: Some((fate.message, fate.leg)), ..Event::of(fate.pair, kind, data) }
        })
        .collect();
    post(work, &listeners, &events).await
}
