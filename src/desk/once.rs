//! Requests that must take effect once: a key that a program chooses stands for one request, and whoever sends it again gets
//! the answer again.

use std::time::Duration;

use super::Desk;
use crate::clock::{At, hours, minutes};
use crate::domain::ids::AppId;
use crate::store::idempotency as table;
use crate::store::{Job, Result, Tx};

/// Answers are given again for so long.
pub const KEPT: Duration = hours(24);
/// A request that has no answer after so long was cut off with its process; it may be made again.
const PATIENCE: Duration = minutes(1);

/// A request with a key.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose.
    pub app: AppId,
    /// As the program chose it.
    pub key: String,
    /// The hash of what is asked: method, address and body.
    pub hash: String,
}

/// How a request with a key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is new: do it, and then say what came of it.
    Go(At),
    /// It was answered so.
    Again(u16, String),
    /// The key belongs to another request.
    Other,
    /// It is being answered.
    UnderWay,
}

/// Begins a request.
///
/// # Errors
/// What the database said.
pub async fn begin(desk: &Desk, request: &Request) -> Result<Begun> {
    desk.store.write(Begin { request: request.clone(), now: desk.clock.now() }).await
}

/// Keeps the answer to a request that began at `begun`, or forgets the request if nothing came of it.
///
/// # Errors
/// What the database said.
pub async fn end(desk: &Desk, request: &Request, begun: At, answer: Option<(u16, String)>) -> Result<()> {
    desk.store.write(End { request: request.clone(), begun, answer }).await
}

struct Begin {
    request: Request,
    now: At,
}

impl Job for Begin {
    type Out = Begun;

    async fn run(&self, tx: &mut Tx) -> Result<Begun> {
        let Request { app, key, hash } = &self.request;
        if let Some(kept) = table::find(tx, *app, key).await? {
            let age = self.now.since(kept.at);
            let over = age >= KEPT || (kept.answer.is_none() && age >= PATIENCE);
            match kept.answer {
                _ if over => table::drop_one(tx, *app, key, kept.at).await?,
                _ if kept.body_hash != *hash => return Ok(Begun::Other),
                Some((status, answer)) => return Ok(Begun::Again(status, answer)),
                None => return Ok(Begun::UnderWay),
            }
        }
        table::begin(tx, *app, key, hash, self.now).await?;
        Ok(Begun::Go(self.now))
    }
}

struct End {
    request: Request,
    begun: At,
    answer: Option<(u16, String)>,
}

impl Job for End {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let Request { app, key, .. } = &self.request;
        match &self.answer {
            Some((status, answer)) => table::end(tx, *app, key, self.begun, (*status, answer)).await,
            None => table::drop_one(tx, *app, key, self.begun).await,
        }
    }
}
