//! Rows are held in one order. In tests every database on PostgreSQL watches that (`src/store/engine/lock_order/watch.sql`), and
//! `databases::Fresh` fails a test in which somebody waited out of turn; here the watch itself is watched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{ConnectOptions, Connection, PgConnection};
use switchboard::domain::ids::{AttemptId, NumberId};
use switchboard::store::engine::lock_order::hold_rows;
use switchboard::store::outbox::{self, fitness};
use switchboard::store::sql::{Batch, query};
use switchboard::store::{Job, Result, Store, Tx};
use tokio::sync::Notify;

use crate::databases::{self, Fresh};

const AT: switchboard::clock::At = switchboard::clock::At(1_000_000);

/// A database with conversations 1 to 3 and numbers 1 to 5; they were written from the last to the first, so that whoever
/// reads all finds them in that order.
async fn filled() -> (Fresh, Store) {
    let database = databases::postgres().await;
    let store = Store::open(&database.url).await.unwrap();
    let mut connection = connect(&database).await;
    for id in (1..=5).rev() {
        run(
            &mut connection,
            &format!(
                "INSERT INTO numbers (id, number, role, state, in_service_at) \
                 VALUES ({id}, '+1800555100{id}', 'mask', 'active', 0)"
            ),
        )
        .await;
    }
    for id in (1..=3).rev() {
        let insert = "INSERT INTO conversations (id, kind, opened_at, last_at, preview) VALUES";
        run(&mut connection, &format!("{insert} ({id}, 'support', 0, 0, '')")).await;
    }
    connection.close().await.unwrap();
    (database, store)
}

async fn connect(database: &Fresh) -> PgConnection {
    let options: sqlx::postgres::PgConnectOptions = database.url.parse().unwrap();
    options.connect().await.unwrap()
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// Whether somebody waited out of turn; asking forgets it.
async fn out_of_turn(database: &Fresh) -> bool {
    let mut connection = connect(database).await;
    let broken =
        sqlx::query_scalar("SELECT is_called FROM lock_order.broken").fetch_one(&mut connection).await.unwrap();
    run(&mut connection, "SELECT setval('lock_order.broken', 1, FALSE)").await;
    connection.close().await.unwrap();
    broken
}

/// Statements of one transaction.
struct Says(&'static [&'static str]);

impl Job for Says {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        for sql in self.0 {
            query(*sql).execute(tx).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn whoever_waits_out_of_turn_fails_and_is_counted() {
    let (database, store) = filled().await;
    let number = "UPDATE numbers SET suspect = 0 WHERE id = 2";
    let talk = "UPDATE conversations SET last_at = 1 WHERE id = 2";
    for wrong in [
        &[number, talk][..],
        &[number, "UPDATE numbers SET suspect = 0 WHERE id = 1"],
        &["UPDATE numbers SET suspect = 0"],
    ] {
        let said = store.write(Says(Box::leak(wrong.to_vec().into_boxed_slice()))).await.unwrap_err().to_string();
        assert!(said.contains("out of turn"), "{wrong:?}: {said}");
        assert!(out_of_turn(&database).await, "{wrong:?}");
    }
    for right in [
        &[talk, number, "UPDATE numbers SET suspect = 0 WHERE id = 3", talk, number][..],
        // What it made itself nobody else can have.
        &[
            number,
            "INSERT INTO conversations (id, kind, opened_at, last_at, preview) VALUES (9, 'support', 0, 0, '')",
            "UPDATE conversations SET last_at = 1 WHERE id = 9",
        ],
    ] {
        store.write(Says(Box::leak(right.to_vec().into_boxed_slice()))).await.unwrap();
    }
    assert!(!out_of_turn(&database).await);
    store.close().await;
}

/// What is changed by one statement is held in order first.
#[tokio::test]
async fn an_update_of_many_rows_holds_them_in_the_order_of_their_ids() {
    struct All;
    impl Job for All {
        type Out = ();

        async fn run(&self, tx: &mut Tx) -> Result<()> {
            let ids: Vec<NumberId> = (1..=5).map(NumberId).collect();
            fitness::pause_account(tx, "the account is closed", AT, AT).await?;
            fitness::try_now(tx, AT).await?;
            fitness::resume_account(tx).await?;
            switchboard::store::receiving::backfill::compared(tx, &ids, AT).await?;
            switchboard::store::upkeep::clock_jumps::paces(tx, -1, AT).await?;
            let mut batch = Batch::of(tx);
            outbox::paces::set(&mut batch, &[(NumberId(3), AT)]);
            batch.execute(tx).await?;
            fitness::forget(tx, AT).await
        }
    }
    let (database, store) = filled().await;
    let mut connection = connect(&database).await;
    run(&mut connection, "UPDATE numbers SET suspect = 1; INSERT INTO paces SELECT id, 1, 2000000 FROM numbers").await;
    connection.close().await.unwrap();
    // Each of them in a transaction of its own, too: what the first holds the next need not.
    for part in 0..5 {
        store.write(Part(part)).await.unwrap();
    }
    store.write(All).await.unwrap();
    assert!(!out_of_turn(&database).await);
    store.close().await;
}

struct Part(u8);

impl Job for Part {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        match self.0 {
            0 => fitness::pause_account(tx, "the account is closed", AT, AT).await.map(drop),
            1 => fitness::resume_account(tx).await.map(drop),
            2 => fitness::forget(tx, AT).await,
            3 => switchboard::store::upkeep::clock_jumps::paces(tx, -1, AT).await,
            _ => {
                fitness::pause(tx, NumberId(4), "refused", AT, AT).await?;
                fitness::try_now(tx, AT).await
            }
        }
    }
}

/// Holds a number and then, too late, a conversation.
struct Late {
    runs: Arc<AtomicUsize>,
    began: Arc<Notify>,
}

impl Job for Late {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        hold_rows(tx, "numbers", &[2]).await?;
        self.began.notify_one();
        hold_rows(tx, "conversations", &[1, 3]).await
    }
}

/// The other way round than [`Late`], and slow about it.
async fn beside(database: &Fresh) -> PgConnection {
    let mut other = connect(database).await;
    run(&mut other, "BEGIN; SELECT id FROM conversations WHERE id = 3 FOR NO KEY UPDATE").await;
    other
}

#[tokio::test]
async fn what_others_hold_and_is_wanted_too_late_is_held_first_the_next_time() {
    let (database, store) = filled().await;
    let (runs, began) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let mut other = beside(&database).await;
    let (job, writer) = (Late { runs: Arc::clone(&runs), began: Arc::clone(&began) }, store.clone());
    let late = tokio::spawn(async move { writer.write(job).await });
    began.notified().await;
    // It does not wait for the conversation with the number in hand: whoever has that one gets this one.
    run(&mut other, "SELECT id FROM numbers WHERE id = 2 FOR NO KEY UPDATE").await;
    run(&mut other, "COMMIT").await;
    late.await.unwrap().unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2, "it began anew once");
    // Nobody in its way: nothing is begun anew.
    store.write(Late { runs: Arc::clone(&runs), began }).await.unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 3);
    assert!(!out_of_turn(&database).await);
    other.close().await.unwrap();
    store.close().await;
}

/// Holds a number, as a write does that has begun anew, and then settles what became of a request.
struct Anew {
    runs: Arc<AtomicUsize>,
    began: Arc<Notify>,
}

impl Job for Anew {
    type Out = usize;

    async fn run(&self, tx: &mut Tx) -> Result<usize> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        hold_rows(tx, "numbers", &[2]).await?;
        self.began.notify_one();
        Ok(outbox::attempts::known(tx, &[AttemptId(1), AttemptId(9)]).await?.len())
    }
}

#[tokio::test]
async fn a_write_that_holds_numbers_already_does_not_wait_for_deliveries_with_them_in_hand() {
    let (database, store) = filled().await;
    let (runs, began) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let mut other = connect(&database).await;
    run(
        &mut other,
        "INSERT INTO deliveries (id, part, kind, number_id, to_phone, body, segments, state, carrier_rank, accepted_at, \
         valid_until, updated_at, fence, tries) VALUES (7, 0, 'to_rep', 2, '+15055550131', '', 1, 'sending', -1, 0, 0, 0, 1, 1); \
         INSERT INTO attempts (id, delivery_id, secret, fence, node, started_at, lease_until, looks) \
         VALUES (1, 7, '', 1, 0, 0, 0, 0)",
    )
    .await;
    run(&mut other, "BEGIN; SELECT id FROM deliveries WHERE id = 7 FOR NO KEY UPDATE").await;
    let (job, writer) = (Anew { runs: Arc::clone(&runs), began: Arc::clone(&began) }, store.clone());
    let late = tokio::spawn(async move { writer.write(job).await });
    began.notified().await;
    // Whoever settles the delivery gets the number.
    run(&mut other, "SELECT id FROM numbers WHERE id = 2 FOR NO KEY UPDATE").await;
    run(&mut other, "COMMIT").await;
    assert_eq!(late.await.unwrap().unwrap(), 1);
    assert_eq!(runs.load(Ordering::Relaxed), 2, "it began anew once");
    assert!(!out_of_turn(&database).await);
    other.close().await.unwrap();
    store.close().await;
}

/// Holds lanes from `number` to these phones, and stands still until it is let go.
struct Holds {
    number: i64,
    phones: std::ops::Range<u32>,
    held: Arc<Notify>,
    goes_on: Arc<Notify>,
}

impl Job for Holds {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        outbox::hold_lanes(tx, &lanes(self.number, self.phones.clone())).await?;
        self.held.notify_one();
        self.goes_on.notified().await;
        Ok(())
    }
}

fn lanes(number: i64, phones: std::ops::Range<u32>) -> Vec<(NumberId, String)> {
    phones.map(|n| (NumberId(number), format!("+1505555{n:04}"))).collect()
}

/// Who waits for locks on this database.
async fn waiting(connection: &mut PgConnection) -> i64 {
    let asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sqlx::query_scalar(asked).fetch_one(connection).await.unwrap()
}

/// Two transactions, each of which holds lanes of its own: whether the second waited for the first.
async fn waits(
    store: &Store,
    connection: &mut PgConnection,
    first: std::ops::Range<u32>,
    second: std::ops::Range<u32>,
) -> bool {
    let [held, goes_on, then, go] = [(); 4].map(|()| Arc::new(Notify::new()));
    let one = Holds { number: 2, phones: first, held: Arc::clone(&held), goes_on: Arc::clone(&goes_on) };
    let two = Holds { number: 2, phones: second, held: Arc::clone(&then), goes_on: Arc::clone(&go) };
    let (a, b) = (store.clone(), store.clone());
    let one = tokio::spawn(async move { a.write(one).await });
    held.notified().await;
    let two = tokio::spawn(async move { b.write(two).await });
    let waited = loop {
        tokio::select! {
            () = then.notified() => break false,
            count = waiting(connection) => if count > 0 { break true },
        }
    };
    goes_on.notify_one();
    go.notify_one();
    one.await.unwrap().unwrap();
    two.await.unwrap().unwrap();
    waited
}

#[tokio::test]
async fn whoever_writes_to_one_phone_waits_for_nobody_who_writes_to_another_from_the_same_number() {
    let (database, store) = filled().await;
    let mut connection = connect(&database).await;
    assert!(!waits(&store, &mut connection, 0..40, 40..80).await);
    assert!(waits(&store, &mut connection, 0..40, 39..80).await, "of one lane only one decides at a time");
    // Very many are held as one, which everybody shares who holds a few.
    assert!(waits(&store, &mut connection, 0..2_000, 3_000..3_001).await);
    assert!(waits(&store, &mut connection, 3_000..3_001, 0..2_000).await);
    let locks = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(sqlx::query_scalar::<_, i64>(locks).fetch_one(&mut connection).await.unwrap(), 0);
    assert!(!out_of_turn(&database).await);
    connection.close().await.unwrap();
    store.close().await;
}

/// Holds a few lanes and then, too late, very many.
struct More(Arc<AtomicUsize>);

impl Job for More {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        outbox::hold_lanes(tx, &lanes(1, 0..3)).await?;
        outbox::hold_lanes(tx, &lanes(1, 0..1_000)).await?;
        outbox::hold_lanes(tx, &lanes(1, 5_000..6_000)).await?;
        hold_rows(tx, "endpoints", &[]).await
    }
}

#[tokio::test]
async fn whoever_finds_out_late_that_all_lanes_are_wanted_waits_for_nobody_who_shares_them() {
    let (database, store) = filled().await;
    let runs = Arc::new(AtomicUsize::new(0));
    store.write(More(Arc::clone(&runs))).await.unwrap();
    assert_eq!(runs.swap(0, Ordering::Relaxed), 1, "nobody was in its way");
    let [held, goes_on] = [(); 2].map(|()| Arc::new(Notify::new()));
    let one = Holds { number: 2, phones: 0..1, held: Arc::clone(&held), goes_on: Arc::clone(&goes_on) };
    let (a, b) = (store.clone(), store.clone());
    let one = tokio::spawn(async move { a.write(one).await });
    held.notified().await;
    let (job, mut connection) = (More(Arc::clone(&runs)), connect(&database).await);
    let more = tokio::spawn(async move { b.write(job).await });
    while waiting(&mut connection).await == 0 {}
    goes_on.notify_one();
    one.await.unwrap().unwrap();
    more.await.unwrap().unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2, "it began anew once, and held all of them first");
    assert!(!out_of_turn(&database).await);
    connection.close().await.unwrap();
    store.close().await;
}
