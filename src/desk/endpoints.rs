//! Endpoints: where integrators want events posted. Made and deleted by programs or admins, disabled when nobody takes what
//! is posted, and enabled again by an admin.

use serde_json::json;

use super::people::admin;
use super::{Desk, Failure};
use crate::clock::At;
use crate::domain::event::Wanted;
use crate::domain::ids::{EndpointId, EventId, PersonId, TokenId};
use crate::store::audit::{self, Entry};
use crate::store::endpoints::{self as table, Endpoint, MOST, NewEndpoint};
use crate::store::{Job, Result, Tx, event_posts};
use crate::wire::standard_webhooks;

/// Who does something to endpoints.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// A program, which has proved by its token that it may.
    Program(TokenId),
    /// Somebody on the web, who must be an admin.
    Person(PersonId),
}

/// An endpoint that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// It.
    pub endpoint: Endpoint,
    /// What its posts are signed with; shown once.
    pub secret: String,
}

/// Makes an endpoint: whatever happens from now on and is in `wanted` is posted to `url`.
///
/// # Errors
/// [`Failure::Refused`] for `url` or `events`; [`Failure::NotFound`] if somebody is no admin.
pub async fn make(desk: &Desk, by: By, url: &str, wanted: Wanted) -> Result<Made, Failure> {
    let url = desk.outside.courier.check(url.trim()).map_err(|why| Failure::refused("url", why))?;
    let mut key = [0; 32];
    desk.chance.fill(&mut key);
    let secret = standard_webhooks::secret(&key);
    let job = Make { desk: desk.clone(), by, url, wanted, secret: secret.clone() };
    let endpoint = desk.store.write(job).await??;
    Ok(Made { endpoint, secret })
}

/// Deletes an endpoint: nothing more is posted there.
///
/// # Errors
/// [`Failure::NotFound`] if there is none, or somebody is no admin.
pub async fn delete(desk: &Desk, by: By, id: EndpointId) -> Result<(), Failure> {
    desk.store.write(Change { desk: desk.clone(), by, id, what: What::Delete }).await?
}

/// Posts there again, beginning with what was given up.
///
/// # Errors
/// As [`delete`].
pub async fn enable(desk: &Desk, by: By, id: EndpointId) -> Result<(), Failure> {
    desk.store.write(Change { desk: desk.clone(), by, id, what: What::Enable }).await?
}

/// Posts an event there once more, now: under the same id, so that whoever has it already can tell.
///
/// # Errors
/// [`Failure::NotFound`] as [`delete`], or if the event was never for it or is forgotten; [`Failure::Refused`] if the
/// endpoint is disabled or the event waits anyway.
pub async fn replay(desk: &Desk, by: By, id: EndpointId, event: EventId) -> Result<(), Failure> {
    desk.store.write(Change { desk: desk.clone(), by, id, what: What::Replay(event) }).await?
}

impl By {
    async fn may(self, tx: &mut Tx) -> Result<bool> {
        match self {
            By::Program(_) => Ok(true),
            By::Person(person) => admin(tx, person).await,
        }
    }

    /// Writes the audit row of what a person did.
    async fn record(self, desk: &Desk, tx: &mut Tx, (kind, id): (&'static str, EndpointId), now: At) -> Result<()> {
        let By::Person(actor) = self else { return Ok(()) };
        let data = json!({ "endpoint": id.to_string() });
        audit::record(tx, Entry::new(desk.ids.next(now), now, actor, kind, &data)).await
    }
}

struct Make {
    desk: Desk,
    by: By,
    url: String,
    wanted: Wanted,
    secret: String,
}

impl Job for Make {
    type Out = Result<Endpoint, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now) = (&self.desk, self.desk.clock.now());
        if !self.by.may(tx).await? {
            return Ok(Err(Failure::NotFound));
        }
        if table::all(tx).await?.len() >= MOST {
            let why = format!("there are {MOST} endpoints already, each of which gets every event: delete one first");
            return Ok(Err(Failure::refused("url", why)));
        }
        let (token, person) = match self.by {
            By::Program(token) => (Some(token), None),
            By::Person(person) => (None, Some(person)),
        };
        let id = EndpointId(desk.ids.next(now));
        let new =
            NewEndpoint { id, url: &self.url, wanted: &self.wanted, secret: &self.secret, token, by: person, at: now };
        table::insert(tx, new).await?;
        self.by.record(desk, tx, ("endpoint_made", id), now).await?;
        let (url, wanted) = (self.url.clone(), self.wanted.clone());
        Ok(Ok(Endpoint { id, url, wanted, created_at: now, disabled: None }))
    }
}

enum What {
    Delete,
    Enable,
    Replay(EventId),
}

struct Change {
    desk: Desk,
    by: By,
    id: EndpointId,
    what: What,
}

impl Job for Change {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now, id) = (&self.desk, self.desk.clock.now(), self.id);
        if !self.by.may(tx).await? {
            return Ok(Err(Failure::NotFound));
        }
        let Some(disabled) = table::hold(tx, id).await? else { return Ok(Err(Failure::NotFound)) };
        let kind = match self.what {
            What::Delete => {
                event_posts::hold_back(tx, id).await?;
                table::delete(tx, id, now).await?;
                "endpoint_deleted"
            }
            What::Enable => {
                table::set_disabled(tx, id, None).await?;
                event_posts::take_up_again(tx, id).await?;
                event_posts::free(tx, id, None, now).await?;
                "endpoint_enabled"
            }
            What::Replay(_) if disabled => {
                return Ok(Err(Failure::refused("endpoint", "it is disabled: enable it first")));
            }
            What::Replay(event) => match event_posts::state(tx, (id, event)).await?.as_deref() {
                None => return Ok(Err(Failure::NotFound)),
                Some("waiting") => return Ok(Err(Failure::refused("event", "it is on its way anyway"))),
                Some(_) => {
                    event_posts::replay(tx, (id, event), now).await?;
                    "event_replayed"
                }
            },
        };
        self.by.record(desk, tx, (kind, id), now).await?;
        Ok(Ok(()))
    }
}
