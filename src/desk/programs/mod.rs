//! A program of an integrator, as the desk knows it: its app, its token, and what that may do. The desk records what a
//! program does to rights, and what it ends, as it does for people.

pub mod activity;
pub mod endpoints;
pub mod events;
pub mod once;
pub mod post;
pub mod right;
pub mod tokens;

use serde_json::Value;

use crate::desk::work::UnitOfWork;
use crate::domain::ids::{AppId, ConversationId, TokenId};
use crate::domain::people::audit::Action;
use crate::domain::programs::scope::Scopes;
use crate::store::people::acts::{self, Act, Origin};
use crate::store::{Result, Tx, pairs};
use once::{Made, Turn};

/// A program that has shown a token that holds.
#[derive(Clone, Debug)]
pub struct Program {
    /// Whose the token is. What another app opened or made is not there for this program.
    pub app: AppId,
    /// Which token.
    pub token: TokenId,
    /// What it may do.
    pub scopes: Scopes,
    /// The request under whose key it makes something, if there is one.
    pub turn: Option<Turn>,
}

impl Program {
    /// Writes down what it did, in the transaction of the deed.
    pub(super) async fn record(
        &self,
        work: &mut UnitOfWork<'_>,
        (action, conversation): (Action, Option<ConversationId>),
        data: &Value,
    ) -> Result<()> {
        let (desk, now) = (work.desk, work.now);
        let origin = Origin::Program(self.app, self.token);
        acts::record(work.tx, Act { id: desk.ids.next(now), at: now, origin, action, conversation, person: None, data })
            .await
    }

    /// Notes what it made, in the transaction of the deed.
    pub(super) fn made(&self, work: &mut UnitOfWork<'_>, made: Made) {
        if let Some(turn) = &self.turn {
            work.made(turn.clone(), made);
        }
    }

    /// Whether this is a pair of its app.
    pub(super) async fn has(&self, tx: &mut Tx, pair: ConversationId) -> Result<bool> {
        pairs::belongs(tx, pair, self.app).await
    }
}
