//! Requests that must take effect once: a key that a program chooses stands for one request, and the same request again
//! gets the same answer.

use std::time::Duration;

use crate::clock::{At, minutes};
use crate::desk::Desk;
use crate::desk::upkeep::lapse::ANSWERS_KEPT;
use crate::domain::ids::AppId;
use crate::store::programs::idempotency as table;
use crate::store::{Error, Job, Result, Tx};

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

/// The turn of a request with a key: what it makes is noted under it in the transaction that makes it, so that neither a
/// process that dies nor another that begins the request anew makes it twice.
#[derive(Clone, Debug)]
pub struct Turn {
    request: Request,
    begun: At,
}

/// What a request made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// The row's id.
    pub id: i64,
    /// It was not there before.
    pub new: bool,
}

/// How a request with a key stands.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It is new: do it, and then say what came of it.
    Go(Turn),
    /// It took effect and was not answered, or nobody knows: it is to be answered from what it made.
    Made(Turn, Made),
    /// It was answered so.
    Again(u16, String),
    /// The key belongs to another request.
    Other,
    /// It is being answered.
    UnderWay,
}

/// Begins a request.
pub async fn begin(desk: &Desk, request: Request) -> Result<Begun> {
    desk.store.write(Begin { request, now: desk.clock.now() }).await
}

/// Keeps the answer to a request, or forgets the request if nothing came of it.
pub async fn end(desk: &Desk, turn: Turn, answer: Option<(u16, String)>) -> Result<()> {
    desk.store.write(End { turn, answer }).await
}

impl Turn {
    /// Notes what the request makes, in the transaction that makes it.
    ///
    /// # Errors
    /// What the database said; [`Error::GivenUp`] if the request was begun anew meanwhile, so that nothing is made here.
    pub(in crate::desk) async fn made(&self, tx: &mut Tx, made: Made) -> Result<()> {
        let Request { app, key, .. } = &self.request;
        if table::made(tx, *app, key, self.begun, (made.id, made.new)).await? {
            Ok(())
        } else {
            Err(Error::GivenUp("the request took so long that it was begun anew"))
        }
    }
}

struct Begin {
    request: Request,
    now: At,
}

impl Job for Begin {
    type Out = Begun;

    async fn run(&self, tx: &mut Tx) -> Result<Begun> {
        let Request { app, key, hash } = &self.request;
        let turn = |begun| Turn { request: self.request.clone(), begun };
        if let Some(kept) = table::find(tx, *app, key).await? {
            let age = self.now.since(kept.at);
            match (kept.answer, kept.made) {
                _ if age >= ANSWERS_KEPT => table::drop_one(tx, *app, key, kept.at).await?,
                // What is made for it at this moment is waited for; then it stays, and this begins anew and finds that.
                (None, None) if age >= PATIENCE => table::drop_unmade(tx, *app, key, kept.at).await?,
                _ if kept.body_hash != *hash => return Ok(Begun::Other),
                (Some((status, answer)), _) => return Ok(Begun::Again(status, answer)),
                (None, Some((id, new))) => return Ok(Begun::Made(turn(kept.at), Made { id, new })),
                (None, None) => return Ok(Begun::UnderWay),
            }
        }
        table::begin(tx, *app, key, hash, self.now).await?;
        Ok(Begun::Go(turn(self.now)))
    }
}

struct End {
    turn: Turn,
    answer: Option<(u16, String)>,
}

impl Job for End {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let Turn { request: Request { app, key, .. }, begun } = &self.turn;
        match &self.answer {
            Some((status, answer)) => table::end(tx, *app, key, *begun, (*status, answer)).await,
            None => table::drop_unmade(tx, *app, key, *begun).await,
        }
    }
}
