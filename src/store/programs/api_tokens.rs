//! Tokens of the API. Only their hashes are stored, so that a stolen database lets nobody in.

use std::collections::HashMap;

use super::apps::App;
use crate::clock::At;
use crate::domain::ids::{AppId, PersonId, TokenId};
use crate::domain::programs::scope::Scopes;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{AssertSqlSafe, QueryBuilder, Row, query, query_as};
use crate::store::{Result, Tx, padded};

/// A token as it is written.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// Row id.
    pub id: TokenId,
    /// Whose it is.
    pub app: AppId,
    /// As people call it.
    pub name: &'a str,
    /// The SHA-256 of the token.
    pub hash: &'a str,
    /// What it may do.
    pub scopes: &'a Scopes,
    /// Who made it on the web; none on the command line.
    pub by: Option<PersonId>,
    /// When.
    pub at: At,
    /// When it ends by itself.
    pub expires_at: Option<At>,
}

/// Keeps a token.
pub async fn insert(tx: &mut Tx, new: NewToken<'_>) -> Result<()> {
    query(
        "INSERT INTO api_tokens (id, name, token_hash, scopes, created_by, created_at, expires_at, app_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id)
    .bind(new.name)
    .bind(new.hash)
    .bind(new.scopes.to_string())
    .bind(new.by)
    .bind(new.at)
    .bind(new.expires_at)
    .bind(new.app)
    .execute(tx)
    .await?;
    Ok(())
}

/// That a token `t` holds at `$1`: neither revoked nor expired, and its maker on the web, `p`, still is an enabled
/// admin.
const HOLDS: &str = "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $1) \
     AND (t.created_by IS NULL OR (p.disabled_at IS NULL AND p.role = 'admin'))";

/// A token that holds.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Which.
    pub token: TokenId,
    /// Whose.
    pub app: AppId,
    /// What it may do.
    pub scopes: Scopes,
}

/// The token of this hash, if it holds at `now` and belongs to an app.
pub async fn holding(tx: &mut Tx, hash: &str, now: At) -> Result<Option<Holding>> {
    let sql = format!(
        "SELECT t.id, t.app_id, t.scopes FROM api_tokens t LEFT JOIN people p ON p.id = t.created_by \
         WHERE t.token_hash = $2 AND t.app_id IS NOT NULL AND {HOLDS}"
    );
    let read = |row: Row| {
        let scopes: String = row.try_get("scopes")?;
        Ok(Holding { token: row.try_get("id")?, app: row.try_get("app_id")?, scopes: Scopes::kept(&scopes) })
    };
    Ok(query(AssertSqlSafe(sql)).bind(now).bind(hash).try_map(read).fetch_optional(tx).await?)
}

/// What the tokens of each app that hold at `now` may do, together; apps without one are left out. Without `but`, as if
/// it were revoked.
pub async fn rights(tx: &mut Tx, but: Option<TokenId>, now: At) -> Result<HashMap<AppId, Scopes>> {
    let sql = format!(
        "SELECT t.app_id, t.scopes FROM api_tokens t LEFT JOIN people p ON p.id = t.created_by \
         WHERE t.app_id IS NOT NULL AND t.id <> $2 AND {HOLDS}"
    );
    let rows: Vec<(AppId, String)> =
        query_as(AssertSqlSafe(sql)).bind(now).bind(but.map_or(-1, |token| token.0)).fetch_all(tx).await?;
    let mut rights: HashMap<AppId, Scopes> = HashMap::new();
    for (app, scopes) in rows {
        let held = rights.entry(app).or_default();
        *held = std::mem::take(held).with(&Scopes::kept(&scopes));
    }
    Ok(rights)
}

/// Notes when tokens were last used.
pub async fn used(tx: &mut Tx, uses: &[(TokenId, At)]) -> Result<()> {
    if uses.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = uses.iter().map(|(id, _)| id.0).collect();
    hold_rows(tx, "api_tokens", &ids).await?;
    let mut q = QueryBuilder::new("WITH v(id, at) AS (");
    q.push_values(padded(uses), |mut b, (id, at)| {
        b.push_bind(id).push_bind(at);
    });
    q.push(
        ") UPDATE api_tokens SET last_used_at = v.at FROM v WHERE api_tokens.id = v.id \
         AND (api_tokens.last_used_at IS NULL OR api_tokens.last_used_at < v.at)",
    );
    q.build().execute(tx).await?;
    Ok(())
}

/// Revokes a token; false if there is none that is not revoked already.
pub async fn revoke(tx: &mut Tx, id: TokenId, now: At) -> Result<bool> {
    let done = query("UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(now)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(done == 1)
}

/// A token as admins see it.
#[derive(Clone, Debug)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// As people call it.
    pub name: String,
    /// Whose it is.
    pub app: Option<App>,
    /// What it may do.
    pub scopes: Scopes,
    /// Who made it on the web.
    pub by: Option<String>,
    /// Whether its maker is an enabled admin, or it was made on the command line.
    pub backed: bool,
    /// When it was made.
    pub created_at: At,
    /// When it ends by itself.
    pub expires_at: Option<At>,
    /// When it was last used, to the minute.
    pub used_at: Option<At>,
    /// When it was revoked.
    pub revoked_at: Option<At>,
}

impl Token {
    /// Whether it lets anybody in at `now`.
    #[must_use]
    pub fn holds(&self, now: At) -> bool {
        self.revoked_at.is_none() && self.backed && self.expires_at.is_none_or(|at| at > now)
    }
}

/// The columns of [`Token`], and where they come from.
const TOKENS: &str = "SELECT t.id, t.name, t.scopes, p.name AS by_name, \
     CASE WHEN t.created_by IS NULL OR (p.disabled_at IS NULL AND p.role = 'admin') THEN 1 ELSE 0 END AS backed, \
     t.created_at, t.expires_at, t.last_used_at, t.revoked_at, a.id AS app_id, a.name AS app_name FROM api_tokens t \
     LEFT JOIN people p ON p.id = t.created_by LEFT JOIN apps a ON a.id = t.app_id";

/// The newest tokens, at most 500; those that are revoked last.
pub async fn all(tx: &mut Tx) -> Result<Vec<Token>> {
    // -1 is nobody's id.
    read(tx, "WHERE t.id <> $1 ORDER BY CASE WHEN t.revoked_at IS NULL THEN 0 ELSE 1 END, t.id DESC LIMIT 500", -1)
        .await
}

/// One token.
pub async fn by_id(tx: &mut Tx, id: TokenId) -> Result<Option<Token>> {
    Ok(read(tx, "WHERE t.id = $1", id.0).await?.pop())
}

async fn read(tx: &mut Tx, which: &str, id: i64) -> Result<Vec<Token>> {
    let sql = format!("{TOKENS} {which}");
    let rows = query(AssertSqlSafe(sql))
        .bind(id)
        .try_map(|row| {
            let (app, called): (Option<i64>, Option<String>) = (row.try_get("app_id")?, row.try_get("app_name")?);
            Ok(Token {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                app: app.zip(called).map(|(id, name)| App { id: AppId(id), name }),
                scopes: Scopes::kept(&row.try_get::<String, _>("scopes")?),
                by: row.try_get("by_name")?,
                backed: row.try_get::<i32, _>("backed")? == 1,
                created_at: row.try_get("created_at")?,
                expires_at: row.try_get("expires_at")?,
                used_at: row.try_get("last_used_at")?,
                revoked_at: row.try_get("revoked_at")?,
            })
        })
        .fetch_all(tx)
        .await?;
    Ok(rows)
}
