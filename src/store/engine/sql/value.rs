//! Values for both databases.

use std::borrow::Cow;

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

/// Values as a driver's arguments.
///
/// # Errors
/// What cannot be encoded.
pub(super) fn arguments<A: Arguments>(values: Vec<Value>) -> sqlx::Result<A>
where
    Option<i64>: Encode<'static, A::Database> + Type<A::Database>,
    Option<bool>: Encode<'static, A::Database> + Type<A::Database>,
    Option<f64>: Encode<'static, A::Database> + Type<A::Database>,
    Option<String>: Encode<'static, A::Database> + Type<A::Database>,
    Option<Vec<u8>>: Encode<'static, A::Database> + Type<A::Database>,
{
    let mut arguments = A::default();
    arguments.reserve(values.len(), 8 * values.len());
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
    Ok(arguments)
}
