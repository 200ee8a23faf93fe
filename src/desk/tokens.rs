//! Tokens of the API: made by admins or on the command line, shown once, revoked at once.

use std::time::Duration;

use serde_json::json;

use super::{Desk, Failure, people};
use crate::clock::At;
use crate::domain::ids::{PersonId, TokenId};
use crate::domain::scope::Scopes;
use crate::secret::hash_token;
use crate::store::api_tokens::{self, NewToken};
use crate::store::audit::{self, Entry};
use crate::store::{Job, Result, Tx, command_acts};

/// What a token begins with, so that one that leaked is recognised.
const PREFIX: &str = "sb_";
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// A token that is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As people call it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// How long it holds; for good if `None`.
    pub expires: Option<Duration>,
}

/// Makes a token and returns it; it is never shown again. `by` an admin, or nobody on the command line.
///
/// # Errors
/// [`Failure::NotFound`] if `by` is no admin; [`Failure::Refused`] for `name` or `expires`.
pub async fn make(desk: &Desk, by: Option<PersonId>, asked: Asked) -> Result<String, Failure> {
    let name = asked.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let why = format!("call it by 1 to {LONGEST_NAME} characters, such as the name of the program that uses it");
        return Err(Failure::refused("name", why));
    }
    if asked.expires.is_some_and(|long| long.is_zero()) {
        return Err(Failure::refused("expires", "write more than 0, such as 90d"));
    }
    let token = format!("{PREFIX}{}", desk.chance.token::<32>());
    let job = Make { desk: desk.clone(), by, asked: Asked { name, ..asked }, hash: hash_token(&token) };
    desk.store.write(job).await??;
    Ok(token)
}

/// Revokes a token: the next request with it is refused. `by` an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is none that holds, or `by` is no admin.
pub async fn revoke(desk: &Desk, by: PersonId, id: TokenId) -> Result<(), Failure> {
    desk.store.write(Revoke { desk: desk.clone(), by, id }).await?
}

/// What this token may do, if it holds; that it was used is kept.
///
/// # Errors
/// What the database said.
pub async fn who(desk: &Desk, token: &str) -> Result<Option<(TokenId, Scopes)>> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let now = desk.clock.now();
    let found = api_tokens::holding(&mut desk.store.read().await?, &hash_token(token), now).await?;
    if let Some((id, _)) = &found {
        desk.outside.used(*id, now);
    }
    Ok(found)
}

/// Writes down which tokens were used since the last time.
///
/// # Errors
/// What the database said; the uses are kept for the next time.
pub async fn keep_uses(desk: &Desk) -> Result<()> {
    let uses = desk.outside.take_uses();
    if uses.is_empty() {
        return Ok(());
    }
    let done = desk.store.write(KeepUses(uses.clone())).await;
    if done.is_err() {
        for (token, at) in uses {
            desk.outside.used(token, at);
        }
    }
    done
}

struct Make {
    desk: Desk,
    by: Option<PersonId>,
    asked: Asked,
    hash: String,
}

impl Job for Make {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now) = (&self.desk, self.desk.clock.now());
        if let Some(by) = self.by
            && !people::admin(tx, by).await?
        {
            return Ok(Err(Failure::NotFound));
        }
        let new = NewToken {
            id: TokenId(desk.ids.next(now)),
            name: &self.asked.name,
            hash: &self.hash,
            scopes: &self.asked.scopes,
            by: self.by,
            at: now,
            expires_at: self.asked.expires.map(|long| now + long),
        };
        let id = new.id;
        api_tokens::insert(tx, new).await?;
        match self.by {
            Some(by) => record(desk, tx, by, ("token_made", id), now).await?,
            None => {
                let data = json!({ "token": id.to_string(), "scopes": self.asked.scopes.to_string() });
                command_acts::record(tx, (desk.ids.next(now), now), "token_made", None, &data).await?;
            }
        }
        Ok(Ok(()))
    }
}

/// Writes the audit row of a change to a token.
async fn record(desk: &Desk, tx: &mut Tx, by: PersonId, (kind, id): (&'static str, TokenId), now: At) -> Result<()> {
    let data = json!({ "token": id.to_string() });
    audit::record(tx, Entry::new(desk.ids.next(now), now, by, kind, &data)).await
}

struct Revoke {
    desk: Desk,
    by: PersonId,
    id: TokenId,
}

impl Job for Revoke {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        if !people::admin(tx, self.by).await? || !api_tokens::revoke(tx, self.id, now).await? {
            return Ok(Err(Failure::NotFound));
        }
        record(&self.desk, tx, self.by, ("token_revoked", self.id), now).await?;
        Ok(Ok(()))
    }
}

struct KeepUses(Vec<(TokenId, At)>);

impl Job for KeepUses {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        api_tokens::used(tx, &self.0).await
    }
}
