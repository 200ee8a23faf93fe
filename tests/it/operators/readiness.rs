//! What `/health/ready` says of a database that refuses writes.

use std::sync::Arc;

use switchboard::store::{Error, Job, Result, Tx};

use super::looking::get;
use crate::both_stores;
use crate::house::House;

/// A write that finds no room.
struct Refused;

impl Job for Refused {
    type Out = ();

    async fn run(&self, _: &mut Tx) -> Result<()> {
        Err(Error::Storage(Arc::new(sqlx::Error::Protocol("the disk is full".to_owned()))))
    }
}

/// How long the longest value is by which was looked whether the database can be written.
async fn longest(house: &House) -> i64 {
    let mut tx = house.desk.store.read().await.unwrap();
    let lengths = "SELECT CAST(MAX(LENGTH(value)) AS BIGINT) FROM settings WHERE name LIKE 'written_at.%'";
    switchboard::on!(&mut tx, c => sqlx::query_scalar(lengths).fetch_one(&mut *c).await).unwrap()
}

both_stores! {
    async fn a_refused_write_is_believed_at_once_and_what_was_written_to_look_is_short(house) {
        let ready = format!("{}/health/ready", house.address);
        assert_eq!(get(&ready).await, (200, "ready\n".to_owned()));
        let short = longest(house).await;
        assert!((1..30).contains(&short), "{short} characters are left of what was written to look");
        house.desk.store.write(Refused).await.unwrap_err();
        assert_eq!(get(&ready).await, (503, "the database does not write\n".to_owned()));
    }
}
