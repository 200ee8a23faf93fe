//! What programs, commands and the program itself did to rights, or ended: rows that nobody can change. Pages show them
//! among those of [`super::audit`], which has what people did.

use serde_json::Value;

use crate::clock::At;
use crate::domain::ids::{AppId, ConversationId, PersonId, TokenId};
use crate::domain::people::audit::{self, Action};
use crate::store::sql::query;
use crate::store::{Result, Tx};

/// Who acted, if no person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A program, by a token of its app.
    Program(AppId, TokenId),
    /// Somebody on the command line.
    Command,
    /// The program itself, about an app if it is about one.
    House(Option<AppId>),
}

/// Something that was done.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Its row.
    pub id: i64,
    /// When.
    pub at: At,
    /// By whom.
    pub origin: Origin,
    /// What.
    pub action: Action,
    /// In which pair.
    pub conversation: Option<ConversationId>,
    /// About whom of the staff.
    pub person: Option<PersonId>,
    /// The particulars; ids and words, never a number or a text.
    pub data: &'a Value,
}

/// The statement that writes a row.
pub(in crate::store) const INSERT: &str = "INSERT INTO acts (id, at, origin, app_id, token_id, kind, conversation_id, person_id, data) \
                                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Writes a row.
pub async fn record(tx: &mut Tx, act: Act<'_>) -> Result<()> {
    let (origin, app, token) = match act.origin {
        Origin::Program(app, token) => (audit::Origin::Program, Some(app), Some(token)),
        Origin::Command => (audit::Origin::Command, None, None),
        Origin::House(app) => (audit::Origin::House, app, None),
    };
    query(INSERT)
        .bind(act.id)
        .bind(act.at)
        .bind(origin)
        .bind(app)
        .bind(token)
        .bind(act.action)
        .bind(act.conversation)
        .bind(act.person)
        .bind(act.data.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Records what a command on this machine changed.
pub async fn by_command(
    tx: &mut Tx,
    (id, at): (i64, At),
    action: Action,
    person: Option<PersonId>,
    data: &Value,
) -> Result<()> {
    record(tx, Act { id, at, origin: Origin::Command, action, conversation: None, person, data }).await
}
