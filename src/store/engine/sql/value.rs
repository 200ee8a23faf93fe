//! Values for both databases.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Encode, Type};

/// A value of a statement, or that there is none, of a type that the database is told.
#[derive(Clone, Debug)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// BOOLEAN.
    Bool(Option<bool>),
    /// DOUBLE PRECISION.
    Real(Option<f64>),
    /// TEXT.
    Text(Option<String>),
    /// BYTEA.
    Bytes(Option<Vec<u8>>),
}

/// From a type and from an option of it.
macro_rules! from {
    ($($kind:ident: $type:ty, |$value:ident| $into:expr;)+) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                Value::$kind(Some($into))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Value::$kind(value.map(|$value| $into))
            }
        }
    )+};
}
from! {
    Int: i64, |value| value;
    Bool: bool, |value| value;
    Real: f64, |value| value;
    Text: String, |value| value;
    Text: &str, |value| value.to_owned();
    Text: &String, |value| value.clone();
    Text: Cow<'_, str>, |value| value.into_owned();
    Bytes: Vec<u8>, |value| value;
    Bytes: &[u8], |value| value.to_vec();
    Bytes: &Vec<u8>, |value| value.clone();
}

/// Adds values to a driver's arguments.
///
/// # Errors
/// What cannot be encoded.
pub(super) fn add<A: Arguments>(arguments: &mut A, values: impl IntoIterator<Item = Value>) -> sqlx::Result<()>
where
    Option<i64>: Encode<'static, A::Database> + Type<A::Database>,
    Option<bool>: Encode<'static, A::Database> + Type<A::Database>,
    Option<f64>: Encode<'static, A::Database> + Type<A::Database>,
    Option<String>: Encode<'static, A::Database> + Type<A::Database>,
    Option<Vec<u8>>: Encode<'static, A::Database> + Type<A::Database>,
{
    for value in values {
        match value {
            Value::Int(value) => arguments.add(value),
            Value::Bool(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(())
}

/// One column of rows, as PostgreSQL takes it.
pub(super) struct Values(Vec<Value>);

/// The columns of rows whose values come row by row.
pub(super) fn columns(values: impl Iterator<Item = Value>, columns: usize) -> Vec<Values> {
    let mut all: Vec<Values> = (0..columns).map(|_| Values(Vec::new())).collect();
    for (place, value) in values.enumerate() {
        all[place % columns].0.push(value);
    }
    all
}

impl Values {
    /// Adds it as an array, whose type is that of its first value.
    ///
    /// # Errors
    /// When a value is of another type.
    pub(super) fn add(self, arguments: &mut PgArguments) -> sqlx::Result<()> {
        macro_rules! array {
            ($kind:ident) => {{
                let all: Option<Vec<_>> = self
                    .0
                    .into_iter()
                    .map(|value| if let Value::$kind(value) = value { Some(value) } else { None })
                    .collect();
                arguments.add(all.ok_or_else(|| sqlx::Error::Encode("a column has values of two types".into()))?)
            }};
        }
        match self.0.first() {
            Some(Value::Int(_)) | None => array!(Int),
            Some(Value::Bool(_)) => array!(Bool),
            Some(Value::Real(_)) => array!(Real),
            Some(Value::Text(_)) => array!(Text),
            Some(Value::Bytes(_)) => array!(Bytes),
        }
        .map_err(sqlx::Error::Encode)
    }
}
