//! Statements, written once for both databases: a text with `$1…$n` and its values.
//!
//! The code that talks to a driver is compiled once, here, and not once for each statement and database.

use std::fmt::Write;
use std::ops::Range;

use futures_util::future::BoxFuture;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, SqlSafeStr, SqlStr};

use crate::store::Tx;

mod batch;
mod builder;
mod row;
mod types;
mod value;

pub use batch::Batch;
pub use builder::{QueryBuilder, Separated};
pub use row::{Column, FromRow, Index, Row};
pub use sqlx::AssertSqlSafe;
pub use value::Value;

pub(in crate::store) use row::from_row;
pub(in crate::store) use types::{stored_words, values};

/// A statement and its values.
#[derive(Debug)]
#[must_use = "a statement does nothing before it is executed"]
pub struct Query {
    text: Text,
    values: Vec<Value>,
}

/// The text of a statement.
#[derive(Debug)]
enum Text {
    /// As it is sent, with `$1…$n`.
    Whole(SqlStr),
    /// One that was put together.
    Cut(Cut),
}

/// A text that was put together: values belong at these places, in bytes, in their order.
#[derive(Debug, Default)]
struct Cut {
    sql: String,
    cuts: Vec<usize>,
    rows: Vec<Rows>,
}

/// Rows of values in a statement: where they stand in its text, in bytes, and which of its values they are, row by row.
#[derive(Debug)]
struct Rows {
    span: Range<usize>,
    first: usize,
    columns: usize,
    count: usize,
}

impl Text {
    /// As SQLite takes it. It finds `?` by counting, and each `$n` by its name.
    fn for_sqlite(self, values: Vec<Value>) -> sqlx::Result<(SqlStr, SqliteArguments)> {
        let mut arguments = SqliteArguments::default();
        arguments.reserve(values.len(), 8 * values.len());
        value::add(&mut arguments, values)?;
        let text = match self {
            Text::Whole(sql) => sql,
            Text::Cut(cut) => cut.for_sqlite(),
        };
        Ok((text, arguments))
    }

    fn for_postgres(self, values: Vec<Value>) -> sqlx::Result<(SqlStr, PgArguments)> {
        let mut arguments = PgArguments::default();
        arguments.reserve(values.len(), 8 * values.len());
        let text = match self {
            Text::Whole(sql) => {
                value::add(&mut arguments, values)?;
                sql
            }
            Text::Cut(cut) => cut.for_postgres(values, &mut arguments)?,
        };
        Ok((text, arguments))
    }
}

impl Cut {
    fn for_sqlite(self) -> SqlStr {
        let Cut { sql, cuts, .. } = self;
        let mut text = String::with_capacity(sql.len() + cuts.len());
        let mut from = 0;
        for cut in cuts {
            text.push_str(&sql[from..cut]);
            text.push('?');
            from = cut;
        }
        text.push_str(&sql[from..]);
        AssertSqlSafe(text).into_sql_str()
    }

    /// As PostgreSQL takes it: rows come as an array a column, so that a statement is the same for any number of them, and stays
    /// prepared.
    fn for_postgres(self, values: Vec<Value>, arguments: &mut PgArguments) -> sqlx::Result<SqlStr> {
        let Cut { sql, cuts, rows } = self;
        let mut text = String::with_capacity(sql.len() + 5 * cuts.len());
        let (mut values, mut rows) = (values.into_iter(), rows.into_iter().peekable());
        let (mut from, mut at) = (0, 0);
        while at < cuts.len() {
            if let Some(Rows { span, columns, count, .. }) = rows.next_if(|rows| rows.first == at) {
                text.push_str(&sql[from..span.start]);
                text.push_str("SELECT * FROM UNNEST(");
                let all = value::columns(values.by_ref().take(columns * count), columns);
                for (place, column) in all.into_iter().enumerate() {
                    text.push_str(if place == 0 { "" } else { ", " });
                    column.add(arguments)?;
                    write!(text, "${}", arguments.len()).expect("a text can always grow");
                }
                text.push(')');
                (from, at) = (span.end, at + columns * count);
            } else {
                text.push_str(&sql[from..cuts[at]]);
                value::add(arguments, values.next())?;
                write!(text, "${}", arguments.len()).expect("a text can always grow");
                (from, at) = (cuts[at], at + 1);
            }
        }
        text.push_str(&sql[from..]);
        Ok(AssertSqlSafe(text).into_sql_str())
    }

    /// Adds another text behind this one, whose values come behind `values` others.
    fn append(&mut self, other: Cut, values: usize) {
        let begin = self.sql.len();
        self.sql.push_str(&other.sql);
        self.cuts.extend(other.cuts.into_iter().map(|cut| begin + cut));
        self.rows.extend(other.rows.into_iter().map(|rows| Rows {
            span: begin + rows.span.start..begin + rows.span.end,
            first: values + rows.first,
            ..rows
        }));
    }
}

/// A statement each row of which is read by a function.
#[derive(Debug)]
#[must_use = "a statement does nothing before it is executed"]
pub struct Mapped<F>(Query, F);

/// A statement whose rows are read as `T`s.
pub type QueryAs<T> = Mapped<fn(Row) -> sqlx::Result<T>>;

/// What became of a statement that has no rows.
#[derive(Clone, Copy, Debug)]
pub struct Done(u64);

impl Done {
    /// How many rows it wrote or took away.
    #[must_use]
    pub fn rows_affected(self) -> u64 {
        self.0
    }
}

/// A statement.
pub fn query(sql: impl SqlSafeStr) -> Query {
    Query { text: Text::Whole(sql.into_sql_str()), values: Vec::new() }
}

/// A statement whose rows are read as `T`s.
pub fn query_as<T: FromRow>(sql: impl SqlSafeStr) -> QueryAs<T> {
    query(sql).rows_as()
}

/// A statement whose rows' first columns are read as `T`s.
pub fn query_scalar<T: Column>(sql: impl SqlSafeStr) -> QueryAs<T> {
    query(sql).scalars()
}

/// Runs texts of several statements without values or rows.
///
/// # Errors
/// What the database said of the first that it did not do.
pub async fn raw(tx: &mut Tx, sql: impl SqlSafeStr) -> sqlx::Result<()> {
    let sql = sql.into_sql_str();
    crate::metrics::statement();
    match tx {
        Tx::Sqlite(connection) => sqlx::raw_sql(sql).execute(&mut **connection).await.map(drop),
        Tx::Postgres(session) => sqlx::raw_sql(sql).execute(&mut **session).await.map(drop),
    }
}

/// Sends a statement to whichever database `$tx` talks to: `$query` by its driver on `$connection`, whose rows `$row` makes ours.
macro_rules! sent {
    ($statement:ident, $tx:ident, |$query:ident, $connection:ident, $row:ident| $body:expr) => {{
        crate::metrics::statement();
        Box::pin(async move {
            let Query { text, values } = $statement;
            match $tx {
                Tx::Sqlite(inner) => {
                    let (sql, arguments) = text.for_sqlite(values)?;
                    let $query = sqlx::query_with(sql, arguments);
                    let ($connection, $row) = (&mut **inner, Row::Sqlite);
                    $body
                }
                Tx::Postgres(inner) => {
                    let (sql, arguments) = text.for_postgres(values)?;
                    let $query = sqlx::query_with(sql, arguments);
                    let ($connection, $row) = (&mut **inner, Row::Postgres);
                    $body
                }
            }
        })
    }};
}

impl Query {
    /// Puts a value in the place of the next `$n`.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Reads each row by `read`.
    pub fn try_map<T, F: FnMut(Row) -> sqlx::Result<T>>(self, read: F) -> Mapped<F> {
        Mapped(self, read)
    }

    fn rows_as<T: FromRow>(self) -> QueryAs<T> {
        Mapped(self, |row| T::from_row(&row))
    }

    fn scalars<T: Column>(self) -> QueryAs<T> {
        Mapped(self, |row| row.try_get(0))
    }

    /// Runs the statement.
    ///
    /// # Errors
    /// What the database said.
    pub fn execute(self, tx: &mut Tx) -> BoxFuture<'_, sqlx::Result<Done>> {
        sent!(self, tx, |query, connection, _row| Ok(Done(query.execute(connection).await?.rows_affected())))
    }

    /// Its rows.
    ///
    /// # Errors
    /// What the database said.
    pub fn fetch_all(self, tx: &mut Tx) -> BoxFuture<'_, sqlx::Result<Vec<Row>>> {
        sent!(self, tx, |query, connection, row| Ok(query.fetch_all(connection).await?.into_iter().map(row).collect()))
    }

    /// Its first row.
    ///
    /// # Errors
    /// What the database said.
    pub fn fetch_optional(self, tx: &mut Tx) -> BoxFuture<'_, sqlx::Result<Option<Row>>> {
        sent!(self, tx, |query, connection, row| Ok(query.fetch_optional(connection).await?.map(row)))
    }

    /// Its one row.
    ///
    /// # Errors
    /// What the database said, and [`sqlx::Error::RowNotFound`].
    pub async fn fetch_one(self, tx: &mut Tx) -> sqlx::Result<Row> {
        self.fetch_optional(tx).await?.ok_or(sqlx::Error::RowNotFound)
    }
}

impl<T, F: FnMut(Row) -> sqlx::Result<T>> Mapped<F> {
    /// Puts a value in the place of the next `$n`.
    pub fn bind(self, value: impl Into<Value>) -> Self {
        Mapped(self.0.bind(value), self.1)
    }

    /// All rows.
    ///
    /// # Errors
    /// What the database said, and what the function said of a row.
    pub async fn fetch_all(self, tx: &mut Tx) -> sqlx::Result<Vec<T>> {
        let rows = self.0.fetch_all(tx).await?;
        rows.into_iter().map(self.1).collect()
    }

    /// The first row.
    ///
    /// # Errors
    /// As of [`Mapped::fetch_all`].
    pub async fn fetch_optional(self, tx: &mut Tx) -> sqlx::Result<Option<T>> {
        let row = self.0.fetch_optional(tx).await?;
        row.map(self.1).transpose()
    }

    /// The one row.
    ///
    /// # Errors
    /// As of [`Mapped::fetch_all`], and [`sqlx::Error::RowNotFound`].
    pub async fn fetch_one(self, tx: &mut Tx) -> sqlx::Result<T> {
        self.fetch_optional(tx).await?.ok_or(sqlx::Error::RowNotFound)
    }
}
