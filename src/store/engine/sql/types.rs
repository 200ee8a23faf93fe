//! The program's own types in rows and statements: ids, instants, amounts, and the words that the database stores.

use super::{Column, Row};
use crate::clock::At;
use crate::domain::change::Changed;
use crate::domain::conversations::kind;
use crate::domain::customers::consent::Source;
use crate::domain::ids::{
    AppId, AttemptId, CannedReplyId, ConversationId, CustomerId, DeliveryId, EndpointId, EventId, LabelId, LegId,
    MessageId, NumberId, PersonId, PlannedReplyId, PoolOrderId, SavedSearchId, TokenId,
};
use crate::domain::money::Cents;
use crate::domain::numbers::role;
use crate::domain::outbox::delivery;
use crate::domain::outbox::settlement::Outcome;
use crate::domain::pairs::expiry::{Ending, ExpiryKind};
use crate::domain::people::audit;
use crate::domain::people::person::{Duty, Role};
use crate::domain::policy::PickPolicy;
use crate::domain::pool::life;
use crate::domain::pool::order;
use crate::domain::programs::event;
use crate::domain::programs::post;
use crate::domain::words::keyword::Keyword;
use crate::domain::{leg, message};

/// Into values: from a type, from an option of it, and from references to it.
macro_rules! values {
    ($kind:ident: $type:ty, |$value:ident| $into:expr) => {
        impl From<$type> for $crate::store::sql::Value {
            fn from($value: $type) -> Self {
                $crate::store::sql::Value::$kind(Some($into))
            }
        }

        impl From<&$type> for $crate::store::sql::Value {
            fn from(value: &$type) -> Self {
                $crate::store::sql::Value::from(*value)
            }
        }

        impl From<Option<$type>> for $crate::store::sql::Value {
            fn from(value: Option<$type>) -> Self {
                $crate::store::sql::Value::$kind(value.map(|$value| $into))
            }
        }
    };
}

pub(in crate::store) use values;

/// Types around a whole number.
macro_rules! wholes {
    ($($type:ident),+ $(,)?) => {$(
        values!(Int: $type, |value| value.0);

        impl Column for $type {
            fn read(row: &Row, place: usize) -> sqlx::Result<Self> {
                i64::read(row, place).map($type)
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row, place: usize) -> sqlx::Result<Self> {
                Ok(Option::<i64>::read(row, place)?.map($type))
            }
        }
    )+};
}
wholes! {
    AppId, AttemptId, CannedReplyId, ConversationId, CustomerId, DeliveryId, EndpointId, EventId, LabelId, LegId,
    MessageId, NumberId, PersonId, PlannedReplyId, PoolOrderId, SavedSearchId, TokenId, At, Cents,
}

/// Types that are kept as words; of a word that means nothing, the row cannot be read, unless it is read as a `MaybeKnown`.
macro_rules! stored_words {
    ($type:ty) => {
        $crate::store::sql::stored_words!($type, <$type>::read, <$type>::word);
    };
    ($type:ty, $read:expr, $word:expr) => {
        $crate::store::sql::values!(Text: $type, |value| $word(value).to_owned());

        impl $crate::store::sql::Column for $type {
            fn read(row: &$crate::store::sql::Row, place: usize) -> sqlx::Result<Self> {
                let word = <String as $crate::store::sql::Column>::read(row, place)?;
                $read(&word).ok_or_else(|| $crate::store::sql::Row::unknown(row.name(place), &word))
            }
        }

        impl $crate::store::sql::Column for Option<$type> {
            fn read(row: &$crate::store::sql::Row, place: usize) -> sqlx::Result<Self> {
                let word = <Option<String> as $crate::store::sql::Column>::read(row, place)?;
                let read = |word: String| {
                    $read(&word).ok_or_else(|| $crate::store::sql::Row::unknown(row.name(place), &word))
                };
                word.map(read).transpose()
            }
        }

        impl $crate::store::sql::Column for $crate::domain::vocabulary::MaybeKnown<$type> {
            fn read(row: &$crate::store::sql::Row, place: usize) -> sqlx::Result<Self> {
                let word = <String as $crate::store::sql::Column>::read(row, place)?;
                Ok($crate::domain::vocabulary::MaybeKnown::of(word, $read))
            }
        }

        impl $crate::store::sql::Column for Option<$crate::domain::vocabulary::MaybeKnown<$type>> {
            fn read(row: &$crate::store::sql::Row, place: usize) -> sqlx::Result<Self> {
                let word = <Option<String> as $crate::store::sql::Column>::read(row, place)?;
                Ok(word.map(|word| $crate::domain::vocabulary::MaybeKnown::of(word, $read)))
            }
        }
    };
}
pub(in crate::store) use stored_words;

stored_words!(delivery::State);
stored_words!(life::State);
stored_words!(Changed);
stored_words!(role::Role);
stored_words!(kind::Kind);
stored_words!(order::State);
stored_words!(order::Origin);
stored_words!(Source);
stored_words!(Outcome);
stored_words!(post::State);
stored_words!(delivery::Kind);
stored_words!(Duty);
stored_words!(PickPolicy);
stored_words!(Keyword);
stored_words!(leg::Role);
values!(Text: leg::Ended, |why| why.word().to_owned());
stored_words!(message::Author);
stored_words!(message::Channel);
stored_words!(message::Kind);
stored_words!(message::Outcome);
stored_words!(event::Kind);
stored_words!(Ending);
stored_words!(ExpiryKind);
stored_words!(audit::Action);
stored_words!(audit::Origin);
stored_words!(audit::Refused);
stored_words!(Role, |word: &str| word.parse().ok(), Role::as_str);
