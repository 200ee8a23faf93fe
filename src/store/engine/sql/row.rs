//! Rows of both databases.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, Decode, Postgres, Row as _, Sqlite, Type};

/// A row.
#[derive(Debug)]
pub enum Row {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// A column by its place, from 0, or by its name.
    ///
    /// # Errors
    /// When it is not there, or of another type.
    pub fn try_get<T: Column, I: Index>(&self, index: I) -> sqlx::Result<T> {
        T::read(self, index.place(self)?)
    }

    /// How many columns it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Row::Sqlite(row) => row.len(),
            Row::Postgres(row) => row.len(),
        }
    }

    /// Whether it has no column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The error of a column whose word means nothing to the program.
    pub(in crate::store) fn unknown(column: impl Into<String>, word: &str) -> sqlx::Error {
        sqlx::Error::ColumnDecode {
            index: column.into(),
            source: format!("`{word}` means nothing to this version").into(),
        }
    }

    /// The name of the column at `place`.
    pub(in crate::store) fn name(&self, place: usize) -> &str {
        match self {
            Row::Sqlite(row) => row.columns().get(place).map_or("", |column| column.name()),
            Row::Postgres(row) => row.columns().get(place).map_or("", |column| column.name()),
        }
    }

    fn place(&self, name: &str) -> sqlx::Result<usize> {
        Ok(match self {
            Row::Sqlite(row) => row.try_column(name)?.ordinal(),
            Row::Postgres(row) => row.try_column(name)?.ordinal(),
        })
    }
}

/// What names a column.
pub trait Index {
    /// Its place in the row, from 0.
    ///
    /// # Errors
    /// When the row has no column of the name.
    fn place(self, row: &Row) -> sqlx::Result<usize>;
}

impl Index for usize {
    fn place(self, _: &Row) -> sqlx::Result<usize> {
        Ok(self)
    }
}

impl Index for &str {
    fn place(self, row: &Row) -> sqlx::Result<usize> {
        row.place(self)
    }
}

/// A type that columns are read as.
pub trait Column: Sized {
    /// The column at `place`, from 0.
    ///
    /// # Errors
    /// When it is not there, or of another type.
    fn read(row: &Row, place: usize) -> sqlx::Result<Self>;
}

fn native<T>(row: &Row, place: usize) -> sqlx::Result<T>
where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
{
    match row {
        Row::Sqlite(row) => row.try_get(place),
        Row::Postgres(row) => row.try_get(place),
    }
}

macro_rules! native {
    ($($type:ty),+) => {$(
        impl Column for $type {
            fn read(row: &Row, place: usize) -> sqlx::Result<Self> {
                native(row, place)
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row, place: usize) -> sqlx::Result<Self> {
                native(row, place)
            }
        }
    )+};
}
native!(i64, i32, bool, f64, String, Vec<u8>);

/// What a row is read as.
pub trait FromRow: Sized {
    /// Reads a row.
    ///
    /// # Errors
    /// When a column is not there, or of another type.
    fn from_row(row: &Row) -> sqlx::Result<Self>;
}

macro_rules! tuples {
    ($($($part:ident $place:tt),+;)+) => {$(
        impl<$($part: Column),+> FromRow for ($($part,)+) {
            fn from_row(row: &Row) -> sqlx::Result<Self> {
                Ok(($(row.try_get::<$part, _>($place)?,)+))
            }
        }
    )+};
}
tuples! {
    A 0;
    A 0, B 1;
}

/// Reads a struct from the columns of its fields' names; a struct that is written here is one that only this serves.
macro_rules! from_row {
    ($(#[$meta:meta])* struct $name:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        struct $name {
            $($field: $type),+
        }

        $crate::store::sql::from_row!($name { $($field),+ });
    };
    ($type:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::store::sql::FromRow for $type {
            fn from_row(row: &$crate::store::sql::Row) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
    };
}
pub(in crate::store) use from_row;
