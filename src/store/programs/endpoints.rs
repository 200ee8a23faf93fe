//! Endpoints: the addresses to which events are posted.

use super::apps::App;
use crate::clock::At;
use crate::domain::ids::{AppId, EndpointId, PersonId, TokenId};
use crate::domain::programs::event::Wanted;
use crate::store::sql::{from_row, query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// An endpoint as it is written.
#[derive(Clone, Debug)]
pub struct NewEndpoint<'a> {
    /// Row id.
    pub id: EndpointId,
    /// Where events are posted.
    pub url: &'a str,
    /// What it is told of.
    pub wanted: &'a Wanted,
    /// What its posts are signed with: `whsec_…`.
    pub secret: &'a str,
    /// The app whose pairs it is told of; of all apps' if `None`.
    pub app: Option<AppId>,
    /// The token by which it was made.
    pub token: Option<TokenId>,
    /// Who made it on the web.
    pub by: Option<PersonId>,
    /// When.
    pub at: At,
}

/// An endpoint as people and programs see it; its secret is not shown again.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Which.
    pub id: EndpointId,
    /// Where events are posted.
    pub url: String,
    /// What it is told of.
    pub wanted: Wanted,
    /// The app whose pairs it is told of; of all apps' if `None`.
    pub app: Option<App>,
    /// Who made it.
    pub maker: Maker,
    /// When it was made.
    pub created_at: At,
    /// Since when nothing is posted there, and why.
    pub disabled: Option<(At, String)>,
}

/// Who made an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// A program, with the token of this id and name.
    Program(TokenId, String),
    /// Somebody on the web.
    Person {
        /// Their name.
        name: String,
        /// Whether they are an enabled admin now.
        admin: bool,
    },
    /// Nobody knows.
    Nobody,
}

/// Most endpoints that one app can have, and most that are told of all apps: each gets every event of its kinds.
pub const MOST: usize = 20;

/// Keeps an endpoint.
pub async fn insert(tx: &mut Tx, new: NewEndpoint<'_>) -> Result<()> {
    query(
        "INSERT INTO endpoints (id, url, events, secret, token_id, created_by, created_at, app_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id)
    .bind(new.url)
    .bind(new.wanted.to_string())
    .bind(new.secret)
    .bind(new.token)
    .bind(new.by)
    .bind(new.at)
    .bind(new.app)
    .execute(tx)
    .await?;
    Ok(())
}

/// All that are not deleted, the oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Endpoint>> {
    let rows = query(
        "SELECT e.id, e.url, e.events, e.created_at, e.disabled_at, e.disabled_why, a.id AS app_id, a.name AS app_name, t.id AS token_id, t.name AS token_name, p.name AS by_name, \
         CASE WHEN p.disabled_at IS NULL AND p.role = 'admin' THEN 1 ELSE 0 END AS admin FROM endpoints e \
         LEFT JOIN apps a ON a.id = e.app_id LEFT JOIN api_tokens t ON t.id = e.token_id \
         LEFT JOIN people p ON p.id = e.created_by WHERE e.deleted_at IS NULL ORDER BY e.id")
        .try_map(|row| {
            let disabled_at: Option<i64> = row.try_get("disabled_at")?;
            let why: Option<String> = row.try_get("disabled_why")?;
            let (app, called): (Option<i64>, Option<String>) = (row.try_get("app_id")?, row.try_get("app_name")?);
            let (token, token_name): (Option<i64>, Option<String>) = (row.try_get("token_id")?, row.try_get("token_name")?);
            let maker = match (token.zip(token_name), row.try_get::<Option<String>, _>("by_name")?) {
                (Some((token, name)), _) => Maker::Program(TokenId(token), name),
                (None, Some(name)) => Maker::Person { name, admin: row.try_get::<i32, _>("admin")? == 1 },
                (None, None) => Maker::Nobody,
            };
            Ok(Endpoint {
                id: row.try_get("id")?,
                url: row.try_get("url")?,
                wanted: Wanted::kept(&row.try_get::<String, _>("events")?),
                app: app.zip(called).map(|(id, name)| App { id: AppId(id), name }),
                maker,
                created_at: row.try_get("created_at")?,
                disabled: disabled_at.map(|at| (At(at), why.unwrap_or_default())),
            })
        })
        .fetch_all(tx).await?;
    Ok(rows)
}

/// Those of one app.
pub async fn of_app(tx: &mut Tx, app: AppId) -> Result<Vec<Endpoint>> {
    let mut found = all(tx).await?;
    found.retain(|endpoint| endpoint.app.as_ref().is_some_and(|one| one.id == app));
    Ok(found)
}

/// One of them, if it is not deleted.
pub async fn by_id(tx: &mut Tx, id: EndpointId) -> Result<Option<Endpoint>> {
    Ok(all(tx).await?.into_iter().find(|endpoint| endpoint.id == id))
}

/// What posts to an endpoint are signed with: `whsec_…`; `None` if it is deleted or never was.
pub async fn secret(tx: &mut Tx, id: EndpointId) -> Result<Option<String>> {
    let row = query_scalar("SELECT secret FROM endpoints WHERE id = $1 AND deleted_at IS NULL")
        .bind(id)
        .fetch_optional(tx)
        .await?;
    Ok(row)
}

/// Holds an endpoint until the commit, deleted or not: nobody tells of anything meanwhile. Whether it is disabled; `None` if it
/// is deleted or never was.
pub async fn hold(tx: &mut Tx, id: EndpointId) -> Result<Option<bool>> {
    let lock = tx.hold("endpoints", &[id.0]);
    let sql = format!("SELECT disabled_at, deleted_at{} FROM endpoints WHERE id = $1{}", lock.noted(), lock.clause());
    let row: Option<(Option<i64>, Option<i64>)> =
        query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(tx).await?;
    lock.done(tx, usize::from(row.is_some())).await?;
    Ok(row.filter(|(_, deleted_at)| deleted_at.is_none()).map(|(disabled_at, _)| disabled_at.is_some()))
}

/// Posts nothing there from now on, or again.
pub async fn set_disabled(tx: &mut Tx, id: EndpointId, disabled: Option<(At, &str)>) -> Result<()> {
    query("UPDATE endpoints SET disabled_at = $2, disabled_why = $3 WHERE id = $1")
        .bind(id)
        .bind(disabled.map(|(at, _)| at.0))
        .bind(disabled.map(|(_, why)| why))
        .execute(tx)
        .await?;
    Ok(())
}

/// Deletes one: its secret is forgotten, what became of its posts is kept as long as the events are.
pub async fn delete(tx: &mut Tx, id: EndpointId, now: At) -> Result<()> {
    query("UPDATE endpoints SET deleted_at = $2, secret = '' WHERE id = $1").bind(id).bind(now).execute(tx).await?;
    Ok(())
}

from_row! {
    struct DisabledRow {
        url: String,
        disabled_at: At,
        disabled_why: Option<String>,
    }
}

/// Those that are disabled: where they are, since when, and why.
pub async fn disabled(tx: &mut Tx) -> Result<Vec<(String, At, String)>> {
    let rows: Vec<DisabledRow> = query_as(
        "SELECT url, disabled_at, disabled_why FROM endpoints WHERE deleted_at IS NULL AND disabled_at IS NOT NULL \
         ORDER BY id",
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|DisabledRow { url, disabled_at: at, disabled_why: why }| (url, at, why.unwrap_or_default()))
        .collect())
}
