//! The one order in which rows are locked. Two transactions that lock rows in different orders wait for each other
//! until the server ends one of them, a second later; two that keep to one order do not. `docs/STORE.md` has the order.
//!
//! A transaction that finds out late that it needs a row of an earlier place takes it only if nobody has it. Otherwise
//! its write starts again and locks that row [`First`]. So no transaction waits out of order.
//!
//! With the feature `faults` every PostgreSQL database watches the order: a wait out of order is an error, and is
//! counted where a rollback does not reach. Release builds contain none of this.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, PgConnection, Postgres};

use lanes::LANES;

use crate::store::sql::QueryBuilder;
use crate::store::{Error, Result, Tx, padded, push_list};

pub(in crate::store) mod lanes;
#[cfg(feature = "faults")]
pub(in crate::store) mod watch;

/// What is held by a row's id, in order. Behind it stands what nobody holds while it waits for one of these.
const PLACES: [&str; 10] = [
    "arrivals",
    "messages",
    "lines",
    "people",
    "customers",
    "conversations",
    "deliveries",
    "numbers",
    LANES,
    "endpoints",
];

/// Rows that one statement holds by their ids.
const PIECE: usize = 4096;

/// A connection to PostgreSQL, and what its transaction holds.
#[derive(Debug)]
pub struct Session {
    connection: PoolConnection<Postgres>,
    held: BTreeSet<(usize, i64)>,
    /// A transaction is open.
    open: bool,
}

impl From<PoolConnection<Postgres>> for Session {
    fn from(connection: PoolConnection<Postgres>) -> Self {
        Session { connection, held: BTreeSet::new(), open: false }
    }
}

impl Deref for Session {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl Session {
    /// A transaction begins.
    pub(in crate::store) fn begins(&mut self) {
        self.open = true;
    }

    /// It is known to have ended.
    pub(in crate::store) fn has_ended(&mut self) {
        self.open = false;
    }

    /// Whether one of these rows would be waited for after what comes behind it.
    fn is_late(&self, place: usize, ids: &[i64]) -> bool {
        let Some(last) = self.held.last() else { return false };
        ids.iter().any(|id| (place, *id) < *last && !self.held.contains(&(place, *id)))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Its transaction may still be open: the connection must not go back to the pool.
        if self.open {
            self.connection.close_on_drop();
        }
    }
}

/// What a write holds before anything else when it begins anew, because others held it when it was asked for too late.
#[derive(Clone, Debug, Default)]
pub struct First {
    words: BTreeSet<(&'static str, String)>,
    rows: BTreeMap<usize, BTreeSet<i64>>,
}

impl First {
    pub(in crate::store) fn word(word: &'static str, about: &str) -> Error {
        let words = BTreeSet::from([(word, about.to_owned())]);
        Error::OutOfTurn(Arc::new(First { words, ..First::default() }))
    }

    fn rows(place: usize, ids: &[i64]) -> Error {
        let rows = BTreeMap::from([(place, ids.iter().copied().collect())]);
        Error::OutOfTurn(Arc::new(First { rows, ..First::default() }))
    }

    /// Whatever `more` says, too.
    pub(in crate::store) fn add(&mut self, more: &First) {
        self.words.extend(more.words.iter().cloned());
        for (place, ids) in &more.rows {
            self.rows.entry(*place).or_default().extend(ids);
        }
    }

    /// Holds it all, in order.
    pub(in crate::store) async fn hold(&self, tx: &mut Tx) -> Result<()> {
        for (word, about) in &self.words {
            super::dialect::one_at_a_time(tx, word, about).await?;
        }
        for (place, ids) in &self.rows {
            let ids: Vec<i64> = ids.iter().copied().collect();
            match PLACES[*place] {
                LANES => lanes::hold(tx, ids).await?,
                "lines" => {
                    hold_rows(tx, "lines", &ids).await?;
                    hold_members(tx, &ids).await?;
                }
                table => hold_rows(tx, table, &ids).await?,
            }
        }
        Ok(())
    }
}

/// How a statement holds rows that it reads until the commit: what is pushed behind its columns, and behind itself. Both are
/// empty on SQLite, which has one writer.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Hold {
    noted: String,
    clause: String,
    /// The place of the rows, if they are held by their ids.
    place: Option<usize>,
    ids: Vec<i64>,
    late: bool,
}

impl Hold {
    /// Behind the last column. Empty unless the order is watched.
    #[must_use]
    pub fn noted(&self) -> &str {
        &self.noted
    }

    /// Behind the statement.
    #[must_use]
    pub fn clause(&self) -> &str {
        &self.clause
    }

    /// The statement has found so many rows: they are held now.
    ///
    /// # Errors
    /// [`Error::OutOfTurn`] if another transaction has some of them, and they may not be waited for.
    pub async fn done(self, tx: &mut Tx, found: usize) -> Result<()> {
        let Some(place) = self.place else { return Ok(()) };
        if self.late && found < self.ids.len() && found < there(tx, PLACES[place], &self.ids).await? {
            return Err(First::rows(place, &self.ids));
        }
        if let Tx::Postgres(session) = tx {
            session.held.extend(self.ids.into_iter().map(|id| (place, id)));
        }
        Ok(())
    }

    fn of(rows: &str, how: &str, skip: bool) -> Self {
        let named = rows.split(", ").map(|one| one.split_once(' ').unwrap_or((one, one)));
        let aliases: Vec<&str> = named.clone().map(|(_, alias)| alias).collect();
        // A read that skips rows that others hold waits for nobody.
        let noted = named.map(|(table, alias)| noted(table, alias, !skip)).collect();
        let skip = if skip { " SKIP LOCKED" } else { "" };
        Hold { noted, clause: format!(" {how} OF {}{skip}", aliases.join(", ")), ..Hold::default() }
    }
}

/// How many of these rows there are.
async fn there(tx: &mut Tx, table: &'static str, ids: &[i64]) -> Result<usize> {
    let count: i64 = {
        let mut q = QueryBuilder::new("SELECT COUNT(*) FROM ");
        q.push(table).push(" WHERE id IN (");
        push_list(&mut q, padded(ids).copied());
        q.build_query_scalar().fetch_one(tx).await
    }?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

fn place(table: &str) -> Option<usize> {
    PLACES.iter().position(|one| *one == table)
}

impl Tx {
    /// Keeps the rows `ids` (in order, each once) of a table from changing until the commit; `rows` is its name, with its alias if
    /// the statement gives it one: `conversations c`. No stronger than an update: what refers to the rows may be written
    /// meanwhile, and a foreign key waits for nobody. Once it has been asked, tell [`Hold::done`].
    pub fn hold(&self, rows: &'static str, ids: &[i64]) -> Hold {
        let Tx::Postgres(session) = self else { return Hold::default() };
        let place = place(rows.split_once(' ').map_or(rows, |(table, _)| table));
        let late = place.is_some_and(|place| session.is_late(place, ids));
        Hold { place, ids: ids.to_vec(), late, ..Hold::of(rows, "FOR NO KEY UPDATE", late) }
    }

    /// As [`Tx::hold`] of rows that only the statement finds, of one table or of several (`deliveries d, attempts a`), before
    /// anything that comes behind them. Tell [`Tx::holds`].
    pub fn hold_found(&self, rows: &'static str) -> Hold {
        let Tx::Postgres(_) = self else { return Hold::default() };
        Hold::of(rows, "FOR NO KEY UPDATE", false)
    }

    /// As [`Tx::hold_found`], passing over rows that another transaction holds, at any time. Tell [`Tx::holds`].
    pub fn hold_free(&self, rows: &'static str) -> Hold {
        let Tx::Postgres(_) = self else { return Hold::default() };
        Hold::of(rows, "FOR NO KEY UPDATE", true)
    }

    /// The rows of `table` that `which` finds, by the columns of their `key`, as a subquery of a statement that takes them away:
    /// as [`Tx::hold_free`].
    #[must_use]
    pub fn free(&self, table: &'static str, key: &'static str, which: &'static str) -> String {
        let Hold { noted, clause, .. } = self.hold_free(table);
        format!("(SELECT {key} FROM (SELECT {key}{noted} FROM {table} WHERE {which}{clause}) free)")
    }

    /// Keeps rows from being held by [`Tx::hold`] until the commit; others may hold them so too.
    pub fn share(&self, rows: &'static str) -> Hold {
        let Tx::Postgres(_) = self else { return Hold::default() };
        Hold::of(rows, "FOR SHARE", false)
    }

    /// These rows are held.
    pub fn holds(&mut self, table: &'static str, ids: impl Iterator<Item = i64>) {
        if let (Tx::Postgres(session), Some(place)) = (self, place(table)) {
            session.held.extend(ids.map(|id| (place, id)));
        }
    }

    /// Whether rows are held one by one, and a statement may have waited for what it read.
    #[must_use]
    pub fn holds_rows(&self) -> bool {
        matches!(self, Tx::Postgres(_))
    }

    /// Whether anything is held by now.
    pub(in crate::store) fn holds_something(&self) -> bool {
        matches!(self, Tx::Postgres(session) if !session.held.is_empty())
    }
}

/// Holds the members of lines that are held: one of two lines must not be counted by two picks at once. A transaction
/// that changes the members holds the line.
///
/// # Errors
/// As [`hold_rows`].
pub async fn hold_members(tx: &mut Tx, lines: &[i64]) -> Result<()> {
    if !tx.holds_rows() || lines.is_empty() {
        return Ok(());
    }
    let members: Vec<i64> = {
        let mut q = QueryBuilder::new("SELECT person_id FROM line_members WHERE line_id IN (");
        push_list(&mut q, padded(lines).copied());
        q.build_query_scalar().fetch_all(tx).await
    }?;
    hold_rows(tx, "people", &members).await
}

/// Holds the rows `ids` of `table` until the commit, in order: before they are changed by a statement that takes them in
/// whatever order it finds them.
///
/// # Errors
/// [`Error::OutOfTurn`] if another transaction has some of them, and they may not be waited for; else what the database said.
pub async fn hold_rows(tx: &mut Tx, table: &'static str, ids: &[i64]) -> Result<()> {
    let Tx::Postgres(session) = &*tx else { return Ok(()) };
    let mut wanted: Vec<i64> = ids.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if let Some(place) = place(table) {
        wanted.retain(|id| !session.held.contains(&(place, *id)));
    }
    for piece in wanted.chunks(PIECE) {
        let hold = tx.hold(table, piece);
        let rows: Vec<(i64,)> = {
            let mut q = QueryBuilder::new("SELECT id");
            q.push(hold.noted()).push(" FROM ").push(table).push(" WHERE id IN (");
            push_list(&mut q, padded(piece).copied());
            q.push(" ORDER BY id").push(hold.clause());
            q.build_query_as().fetch_all(tx).await
        }?;
        hold.done(tx, rows.len()).await?;
    }
    Ok(())
}

/// As [`hold_rows`], of the rows that are found by `which`, whose parameters are `asked`: in the order of `key`, the columns of the
/// primary key.
pub async fn hold_which(
    tx: &mut Tx,
    table: &'static str,
    key: &'static str,
    which: &'static str,
    asked: &[Asked<'_>],
) -> Result<()> {
    let hold = tx.hold_found(table);
    let Tx::Postgres(session) = tx else { return Ok(()) };
    let sql = format!("SELECT TRUE{} FROM {table} WHERE {which} ORDER BY {key}{}", hold.noted(), hold.clause());
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for one in asked {
        query = match *one {
            Asked::Number(number) => query.bind(number),
            Asked::Word(word) => query.bind(word.to_owned()),
        };
    }
    crate::metrics::statement();
    query.execute(&mut **session).await?;
    Ok(())
}

/// A parameter of [`hold_which`].
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// An id.
    Number(i64),
    /// A text.
    Word(&'a str),
}

#[cfg(feature = "faults")]
fn noted(table: &str, alias: &str, waits: bool) -> String {
    watch::noted(table, alias, waits)
}

#[cfg(not(feature = "faults"))]
fn noted(_: &str, _: &str, _: bool) -> String {
    String::new()
}

/// What has a word noted in the statement that holds it ([`super::dialect::one_at_a_time`]).
#[cfg(feature = "faults")]
pub(in crate::store) fn word_noted(waits: bool) -> String {
    watch::word_noted(waits)
}

#[cfg(not(feature = "faults"))]
pub(in crate::store) fn word_noted(_: bool) -> String {
    String::new()
}
