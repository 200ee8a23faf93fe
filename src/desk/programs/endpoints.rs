//! Endpoints: where integrators want events posted. Programs or admins make and delete them. The desk disables an
//! endpoint that accepts nothing, or whose maker may not read its events any more; an admin enables it again.

use serde_json::json;

use super::{Program, once, right};
use crate::desk::authority::admin;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{AppId, EndpointId, EventId, PersonId};
use crate::domain::people::audit::Action;
use crate::domain::programs::event::Wanted;
use crate::domain::programs::post;
use crate::store::people::audit::{self, Entry};
use crate::store::programs::endpoints::{self as table, Endpoint, MOST, NewEndpoint};
use crate::store::programs::{apps, event_posts};
use crate::store::{Error, Result, Tx};
use crate::wire::standard_webhooks;

/// Who does something to endpoints.
#[derive(Clone, Debug)]
pub enum By {
    /// A program, which has proved by its token that it may: only to those of its app.
    Program(Program),
    /// Somebody on the web, who must be an admin.
    Person(PersonId),
}

/// An endpoint that is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where events are posted.
    pub url: String,
    /// What it is told of.
    pub wanted: Wanted,
    /// Of the pairs of which app, if an admin asks: of every app's if `None`. A program asks for its own app.
    pub app: Option<AppId>,
}

/// An endpoint that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// It.
    pub endpoint: Endpoint,
    /// What its posts are signed with; shown once.
    pub secret: String,
}

/// Makes an endpoint: whatever happens to pairs of its app from now on and is wanted is posted to its address.
///
/// # Errors
/// [`Failure::Refused`] for `url`, `app`, or `events` that the program may not read; [`Failure::NotFound`] if somebody is
/// no admin.
pub async fn make(desk: &Desk, by: By, asked: Asked) -> Result<Made, Failure> {
    let url = desk.activity.courier.check(asked.url.trim()).map_err(|why| Failure::refused("url", why))?;
    if let By::Program(program) = &by
        && let Some(scope) = asked.wanted.needs().beyond(&program.scopes)
    {
        let why = format!("to be told of these takes the scope {}, which this token lacks", scope.word());
        return Err(Failure::refused("events", why));
    }
    let mut key = [0; 32];
    desk.chance.fill(&mut key);
    let secret = standard_webhooks::secret(&key);
    let job = Make { by, asked: Asked { url, ..asked }, secret: secret.clone() };
    let endpoint = desk.work(job).await?;
    Ok(Made { endpoint, secret })
}

/// Deletes an endpoint: nothing more is posted there.
///
/// # Errors
/// [`Failure::NotFound`] if there is none, or somebody is no admin.
pub async fn delete(desk: &Desk, by: By, id: EndpointId) -> Result<(), Failure> {
    desk.work(Change { by, id, what: What::Delete }).await
}

/// Posts there again, beginning with what was given up.
///
/// # Errors
/// As [`delete`]; [`Failure::Refused`] if its maker may not read what would be posted.
pub async fn enable(desk: &Desk, by: By, id: EndpointId) -> Result<(), Failure> {
    desk.work(Change { by, id, what: What::Enable }).await
}

/// Posts an event there once more, now: under the same id, so that a receiver that has it already can tell.
///
/// # Errors
/// [`Failure::NotFound`] as [`delete`], or if the event was never for it or is forgotten; [`Failure::Refused`] if the
/// endpoint is disabled or the event waits anyway.
pub async fn replay(desk: &Desk, by: By, id: EndpointId, event: EventId) -> Result<(), Failure> {
    desk.work(Change { by, id, what: What::Replay(event) }).await
}

impl By {
    async fn may(&self, tx: &mut Tx) -> Result<bool> {
        match self {
            By::Program(_) => Ok(true),
            By::Person(person) => admin(tx, *person).await,
        }
    }

    /// Whether an endpoint is there for them.
    fn sees(&self, endpoint: &Endpoint) -> bool {
        match self {
            By::Program(program) => endpoint.app.as_ref().is_some_and(|app| app.id == program.app),
            By::Person(_) => true,
        }
    }

    /// Writes down what they did.
    async fn record(&self, work: &mut UnitOfWork<'_>, (action, id): (Action, EndpointId)) -> Result<()> {
        let (desk, now) = (work.desk, work.now);
        let data = json!({ "endpoint": id.to_string() });
        match self {
            By::Program(program) => program.record(work, (action, None), &data).await,
            By::Person(actor) => {
                audit::record(work.tx, Entry::new(desk.ids.next(now), now, *actor, action, &data)).await
            }
        }
    }
}

struct Make {
    by: By,
    asked: Asked,
    secret: String,
}

impl Verb for Make {
    type Out = Endpoint;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        if !self.by.may(work.tx).await? {
            return Err(Failure::NotFound);
        }
        let (token, person, app) = match &self.by {
            By::Program(program) => (Some(program.token), None, Some(program.app)),
            By::Person(person) => (None, Some(*person), self.asked.app),
        };
        if let Some(app) = app
            && !apps::all(work.tx).await?.iter().any(|known| known.id == app)
        {
            return Err(Failure::refused("app", "there is no such app: choose another"));
        }
        let beside = table::all(work.tx).await?.into_iter().filter(|one| one.app.as_ref().map(|app| app.id) == app);
        if beside.count() >= MOST {
            let why = format!("there are {MOST} endpoints already, each of which gets every event: delete one first");
            return Err(Failure::refused("url", why));
        }
        let id = EndpointId(desk.ids.next(now));
        let Asked { url, wanted, .. } = &self.asked;
        table::insert(work.tx, NewEndpoint { id, url, wanted, secret: &self.secret, app, token, by: person, at: now })
            .await?;
        self.by.record(work, (Action::EndpointMade, id)).await?;
        if let By::Program(program) = &self.by {
            program.made(work, once::Made { id: id.0, new: true });
        }
        let made = table::by_id(work.tx, id).await?;
        Ok(made.ok_or(Error::GivenUp("an endpoint was not there after it was made"))?)
    }
}

enum What {
    Delete,
    Enable,
    Replay(EventId),
}

struct Change {
    by: By,
    id: EndpointId,
    what: What,
}

impl Verb for Change {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (_desk, now, id) = (work.desk, work.now, self.id);
        if !self.by.may(work.tx).await? {
            return Err(Failure::NotFound);
        }
        let Some(disabled) = table::hold(work.tx, id).await? else { return Err(Failure::NotFound) };
        let Some(endpoint) = table::by_id(work.tx, id).await?.filter(|endpoint| self.by.sees(endpoint)) else {
            return Err(Failure::NotFound);
        };
        let action = match self.what {
            What::Delete => {
                event_posts::hold_back(work.tx, id).await?;
                table::delete(work.tx, id, now).await?;
                Action::EndpointDeleted
            }
            What::Enable => {
                if let Some(why) = right::lacks(work.tx, &endpoint, now).await? {
                    let why = format!("{why}: mend that first, or add the endpoint anew");
                    return Err(Failure::refused("endpoint", why));
                }
                table::set_disabled(work.tx, id, None).await?;
                event_posts::take_up_again(work.tx, id).await?;
                event_posts::free(work.tx, id, None, now).await?;
                Action::EndpointEnabled
            }
            What::Replay(_) if disabled => {
                return Err(Failure::refused("endpoint", "it is disabled: enable it first"));
            }
            What::Replay(event) => match event_posts::state(work.tx, (id, event)).await? {
                None => return Err(Failure::NotFound),
                Some(post::State::Waiting) => return Err(Failure::refused("event", "it is on its way anyway")),
                Some(post::State::Delivered | post::State::Failed) => {
                    event_posts::replay(work.tx, (id, event), now).await?;
                    Action::EventReplayed
                }
            },
        };
        self.by.record(work, (action, id)).await?;
        Ok(())
    }
}
