//! Tokens of the API: made by admins or on the command line, shown once, revoked at once. Each belongs to an app.
//! Another token of the same app has the same pairs and endpoints, so that a token can be replaced.

use std::time::Duration;

use serde_json::json;

use super::{Program, right};
use crate::clock::At;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, authority};
use crate::domain::ids::{AppId, PersonId, TokenId};
use crate::domain::people::audit::Action;
use crate::domain::programs::scope::Scopes;
use crate::domain::words::name;
use crate::secret::hash_token;
use crate::store::engine::dialect;
use crate::store::people::acts;
use crate::store::people::audit::{self, Entry};
use crate::store::programs::api_tokens::{self, Holding, NewToken};
use crate::store::programs::apps::{self, App};
use crate::store::{Job, Result, Tx};

/// What a token begins with, so that one that leaked is recognised.
const PREFIX: &str = "sb_";
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// A token that is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As people call it.
    pub name: String,
    /// Which app it belongs to, by its name: the one that is called as the token is if `None`. A new app if there is none
    /// of that name.
    pub app: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// How long it is valid; without an end if `None`.
    pub expires: Option<Duration>,
}

/// A token that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The token itself, shown once.
    pub token: String,
    /// The app that it belongs to.
    pub app: App,
    /// The app was made with it.
    pub new_app: bool,
}

/// A name of a token or an app, as it is kept.
fn named(field: &'static str, typed: &str) -> Result<String, Failure> {
    let kept = name::kept(typed);
    if kept.is_empty() || kept.chars().count() > LONGEST_NAME || kept.chars().any(char::is_control) {
        let why = format!("call it by 1 to {LONGEST_NAME} characters, such as the name of the program that uses it");
        return Err(Failure::refused(field, why));
    }
    Ok(kept)
}

/// Makes a token and returns it; it is never shown again. `by` an admin, or nobody on the command line.
///
/// # Errors
/// [`Failure::NotFound`] if `by` is no admin; [`Failure::Refused`] for `name`, `app` or `expires`.
pub async fn make(desk: &Desk, by: Option<PersonId>, asked: Asked) -> Result<Made, Failure> {
    let name = named("name", &asked.name)?;
    let app = asked.app.as_deref().map_or(Ok(name.clone()), |app| named("app", app))?;
    if asked.expires.is_some_and(|long| long.is_zero()) {
        return Err(Failure::refused("expires", "write more than 0, such as 90d"));
    }
    let token = format!("{PREFIX}{}", desk.chance.token::<32>());
    let asked = Asked { name, ..asked };
    let (app, new_app) = desk.work(Make { by, asked, app, hash: hash_token(&token) }).await?;
    Ok(Made { token, app, new_app })
}

/// Revokes a token: the next request with it is refused, and the endpoints that rest on it alone are disabled
/// ([`right::hangs`] says which). `by` an admin, or nobody on the command line.
///
/// # Errors
/// [`Failure::NotFound`] if there is none that is not revoked already, or `by` is no admin.
pub async fn revoke(desk: &Desk, by: Option<PersonId>, id: TokenId) -> Result<(), Failure> {
    desk.work(Revoke { by, id }).await
}

/// The program that shows this token, if the token holds; that it was used is kept.
pub async fn who(desk: &Desk, token: &str) -> Result<Option<Program>> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let now = desk.clock.now();
    let found = api_tokens::holding(&mut desk.store.read().await?, &hash_token(token), now).await?;
    Ok(found.map(|Holding { token, app, scopes }| {
        desk.activity.used(token, now);
        Program { app, token, scopes, turn: None }
    }))
}

/// Writes down which tokens were used since the last time.
///
/// # Errors
/// What the database said; the uses are kept for the next time.
pub async fn keep_uses(desk: &Desk) -> Result<()> {
    let uses = desk.activity.take_uses();
    if uses.is_empty() {
        return Ok(());
    }
    let done = desk.store.write(KeepUses(uses.clone())).await;
    if done.is_err() {
        for (token, at) in uses {
            desk.activity.used(token, at);
        }
    }
    done
}

struct Make {
    by: Option<PersonId>,
    asked: Asked,
    app: String,
    hash: String,
}

impl Verb for Make {
    type Out = (App, bool);
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        if let Some(by) = self.by
            && !authority::admin(work.tx, by).await?
        {
            return Err(Failure::NotFound);
        }
        let (app, new_app) = self.app(work).await?;
        let new = NewToken {
            id: TokenId(desk.ids.next(now)),
            app: app.id,
            name: &self.asked.name,
            hash: &self.hash,
            scopes: &self.asked.scopes,
            by: self.by,
            at: now,
            expires_at: self.asked.expires.map(|long| now + long),
        };
        let id = new.id;
        api_tokens::insert(work.tx, new).await?;
        record(work, self.by, (Action::TokenMade, id, &app)).await?;
        Ok((app, new_app))
    }
}

impl Make {
    /// The app of that name, made if there is none; whether it was made. Two that make one take turns.
    async fn app(&self, work: &mut UnitOfWork<'_>) -> Result<(App, bool)> {
        let now = work.now;
        dialect::one_at_a_time(work.tx, "apps", "").await?;
        let all = apps::all(work.tx).await?;
        // Names of before may be kept in another form.
        let same = || all.iter().find(|app| name::kept(&app.name) == self.app);
        if let Some(app) = all.iter().find(|app| app.name == self.app).or_else(same) {
            return Ok((app.clone(), false));
        }
        let app = App { id: AppId(work.desk.ids.next(now)), name: self.app.clone() };
        apps::insert(work.tx, &app, self.by, now).await?;
        Ok((app, true))
    }
}

/// Writes down a change to a token, by an admin or on the command line.
async fn record(
    work: &mut UnitOfWork<'_>,
    by: Option<PersonId>,
    (action, id, app): (Action, TokenId, &App),
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let data = json!({ "token": id.to_string(), "app": app.id.to_string() });
    let row = desk.ids.next(now);
    if let Some(by) = by {
        return audit::record(work.tx, Entry::new(row, now, by, action, &data)).await;
    }
    acts::by_command(work.tx, (row, now), action, None, &data).await
}

struct Revoke {
    by: Option<PersonId>,
    id: TokenId,
}

impl Verb for Revoke {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        if let Some(by) = self.by
            && !authority::admin(work.tx, by).await?
        {
            return Err(Failure::NotFound);
        }
        let Some(app) = api_tokens::by_id(work.tx, self.id).await?.and_then(|token| token.app) else {
            return Err(Failure::NotFound);
        };
        if !api_tokens::revoke(work.tx, self.id, now).await? {
            return Err(Failure::NotFound);
        }
        record(work, self.by, (Action::TokenRevoked, self.id, &app)).await?;
        right::stop(work).await?;
        Ok(())
    }
}

struct KeepUses(Vec<(TokenId, At)>);

impl Job for KeepUses {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        api_tokens::used(tx, &self.0).await
    }
}
