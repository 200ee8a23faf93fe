//! What `/health/ready` says of a database that refuses writes.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::error::{DatabaseError, ErrorKind};
use switchboard::store::sql::query_scalar;
use switchboard::store::{Error, Job, Result, Tx};

use super::super::looking::get;
use crate::both_stores;
use crate::house::House;

/// What SQLite says of a full disk.
#[derive(Debug)]
struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("database or disk is full")
    }
}

impl std::error::Error for Full {}

impl DatabaseError for Full {
    fn message(&self) -> &'static str {
        "database or disk is full"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some("13".into())
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }
}

/// A write that finds no room.
struct Refused;

impl Job for Refused {
    type Out = ();

    async fn run(&self, _: &mut Tx) -> Result<()> {
        Err(Error::Storage(Arc::new(sqlx::Error::Database(Box::new(Full)))))
    }
}

/// How long the longest value is by which was looked whether the database can be written.
async fn longest(house: &House) -> i64 {
    let mut tx = house.desk.store.read().await.unwrap();
    let lengths = "SELECT CAST(MAX(LENGTH(value)) AS BIGINT) FROM settings WHERE name LIKE 'written_at.%'";
    query_scalar(lengths).fetch_one(&mut tx).await.unwrap()
}

both_stores! {
    async fn a_write_that_found_no_room_is_believed_and_what_was_written_to_look_is_short(house) {
        let ready = format!("{}/health/ready", house.address);
        // What was found is told again for a second; on a machine that is too busy for that it is found anew.
        loop {
            let begun = Instant::now();
            assert_eq!(get(&ready).await, (200, "ready\n".to_owned()));
            let short = longest(house).await;
            assert!((1..30).contains(&short), "{short} characters are left of what was written to look");
            house.desk.store.write(Refused).await.unwrap_err();
            let told = get(&ready).await;
            if begun.elapsed() < Duration::from_millis(900) {
                assert_eq!(told, (503, "the database does not write\n".to_owned()));
                break;
            }
        }
    }
}
