//! What can happen to a server beside kill -9: stopped and woken, told to end under load, its database locked, full or
//! gone for a moment, a second one on the same database. Nothing is lost, nothing is sent twice, order holds.

use std::net::TcpListener;
use std::str::FromStr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use switchboard::simulator::{Fault, Kind};

use crate::databases::{self, Fresh};
use crate::operators::looking;
use crate::processes::traffic::{Side, Traffic};
use crate::processes::{World, until};

/// Longer than the lease and both looks that prove a text unsent.
const LONGER_THAN_ANY_LEASE: Duration = Duration::from_secs(5);

async fn passes(time: Duration) {
    let end = Instant::now() + time;
    until("time passes", async || (Instant::now() >= end).then_some(())).await;
}

#[tokio::test]
async fn a_second_server_on_the_same_sqlite_file_is_refused() {
    let mut world = World::open(databases::sqlite()).await;
    let sides = world.acquaint(1).await;
    let mut second = world.start(&["serve"], 0, &[]);
    assert!(!second.ends().await.success());
    assert!(world.logged().contains("another `switchboard serve` is using this database"));
    let said = Traffic::of(&world.witness, sides, 2).ends().await;
    world.proves(&said).await;
}

#[tokio::test]
async fn a_server_whose_pattern_of_contacts_cannot_be_read_ends_before_it_listens() {
    let mut world = World::new(databases::sqlite()).await;
    // A server that came so far as to ask for its port would say instead that it is taken.
    let taken = TcpListener::bind(("127.0.0.1", world.port)).unwrap();
    world.server = Some(world.start(&["serve"], world.port, &[("FAULT_SPOIL", "link")]));
    assert_eq!(world.ends().await.code(), Some(1));
    let logged = world.logged();
    assert!(logged.contains("a pattern of contacts cannot be read"), "{logged}");
    drop(taken);
    world.serves(&[]).await;
}

async fn stopped_in_the_middle_of_sending(database: Fresh) {
    let mut world = World::open(database).await;
    let sides = world.acquaint(4).await;
    // Patience of the carrier with webhooks: shorter than the stop.
    let webhook = format!("http://127.0.0.1:{}/hooks/twilio/messages#tt=1000", world.port);
    world.witness.calls_at(&webhook).await;
    world.witness.fault(Fault::new(Kind::Slow).millis(200)).await;
    let traffic = Traffic::flows(&world.witness, sides);
    until("requests are under way", async || {
        (world.number("SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL").await > 2).then_some(())
    })
    .await;
    world.server.as_ref().unwrap().signal("STOP");
    passes(LONGER_THAN_ANY_LEASE).await;
    world.server.as_ref().unwrap().signal("CONT");
    world.witness.mends().await;
    let said = traffic.stops().await;
    world.proves(&said).await;
}

async fn told_to_end_under_load(database: Fresh) {
    let mut world = World::open(database).await;
    let sides = world.acquaint(6).await;
    world.witness.fault(Fault::new(Kind::Slow).millis(100)).await;
    let traffic = Traffic::flows(&world.witness, sides);
    until("requests are under way", async || {
        (world.number("SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL").await > 2).then_some(())
    })
    .await;
    world.server.as_ref().unwrap().signal("TERM");
    assert!(world.ends().await.success(), "it did not end well");
    let unfinished = world.number("SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL").await;
    assert_eq!(unfinished, 0, "requests that were under way have no result");
    world.serves(&[]).await;
    let said = traffic.stops().await;
    world.proves(&said).await;
}

macro_rules! both {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test]
            async fn on_sqlite() {
                super::$name(super::databases::sqlite()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                super::$name(super::databases::postgres().await).await;
            }
        }
    )*};
}

both!(stopped_in_the_middle_of_sending, told_to_end_under_load);

#[tokio::test]
async fn a_database_locked_by_another_process_delays_answers_and_loses_nothing() {
    let mut world = World::open(databases::sqlite()).await;
    let sides = world.acquaint(3).await;
    let options = sqlx::sqlite::SqliteConnectOptions::from_str(&world.database.url).unwrap();
    let mut other = options.busy_timeout(Duration::from_secs(10)).connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let stored = "SELECT COUNT(*) FROM messages";
    let before = world.number(stored).await;
    let mut traffic = tokio::spawn(Traffic::of(&world.witness, sides, 1).ends());
    let early = tokio::time::timeout(Duration::from_secs(2), &mut traffic).await;
    assert!(early.is_err(), "answered while nothing could be stored");
    assert_eq!(world.number(stored).await, before);
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    let said = traffic.await.unwrap();
    world.proves(&said).await;
}

#[tokio::test]
async fn a_full_disk_refuses_texts_and_loses_none_that_were_accepted() {
    let mut world = World::new(databases::sqlite()).await;
    // In units of 512 bytes; a write beyond fails as on a full disk, because nobody heeds the signal.
    world.serves_after("trap '' XFSZ; ulimit -f 4096").await;
    let traffic = Traffic::flows(&world.witness, (1..=6).map(Side::customer).collect());
    let refused = traffic.refused.clone();
    until("texts are refused", async || (refused.load(Ordering::SeqCst) > 5).then_some(())).await;
    let url = format!("http://127.0.0.1:{}/health/ready", world.port);
    until("it is not ready", async || (!world.witness.says_ok(&url).await).then_some(())).await;
    world.dies();
    world.serves(&[]).await;
    let said = traffic.stops().await;
    world.proves(&said).await;
}

/// Runs a statement on the database's own server.
async fn on_postgres(world: &World, sql: &str) {
    let options = sqlx::postgres::PgConnectOptions::from_str(&world.database.url).unwrap();
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn every_postgres_backend_terminated_again_and_again_under_load() {
    let mut world = World::open(databases::postgres().await).await;
    let sides = world.acquaint(6).await;
    let traffic = Traffic::flows(&world.witness, sides);
    for _ in 0..6 {
        let before = world.number("SELECT COUNT(*) FROM messages").await;
        until("texts are stored", async || {
            (world.number("SELECT COUNT(*) FROM messages").await > before + 5).then_some(())
        })
        .await;
        let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                         WHERE datname = current_database() AND pid <> pg_backend_pid()";
        on_postgres(&world, terminate).await;
    }
    let said = traffic.stops().await;
    world.proves(&said).await;
    until("the node counts as living again", async || {
        let locks = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 21335 \
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        (world.number(locks).await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_of_two_postgres_nodes_is_killed_and_the_other_takes_over() {
    let mut world = World::open(databases::postgres().await).await;
    let sides = world.acquaint(6).await;
    let (_other, webhook) = world.another(&[]).await;
    world.witness.fault(Fault::new(Kind::Slow).millis(300)).await;
    let traffic = Traffic::flows(&world.witness, sides);
    until("requests are under way", async || {
        (world.number("SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL AND node = 0").await > 3).then_some(())
    })
    .await;
    world.dies();
    world.witness.calls_at(&webhook).await;
    world.witness.mends().await;
    let said = traffic.stops().await;
    world.proves(&said).await;
}

#[tokio::test]
async fn a_node_that_stood_still_before_a_request_does_not_make_it_once_another_has() {
    let mut world = World::new(databases::postgres().await).await;
    world.serves(&[("FAULT_HOLD_AT", "before_request:400")]).await;
    let (_other, _) = world.another(&[]).await;
    let first = Side::customer(1);
    Traffic::of(&world.witness, vec![first.clone()], 1).ends().await;
    // The text is stored and claimed, and its request is about to be made.
    world.server.as_ref().unwrap().signal("STOP");
    let taken = async || world.witness.count().await.is_some_and(|count| count["outbound"] == 1);
    until("the other node has sent it", async || taken().await.then_some(())).await;
    world.server.as_ref().unwrap().signal("CONT");
    let said = Traffic::of(&world.witness, vec![first.after_the_first()], 2).ends().await;
    until("the first node notices", async || world.logged().contains("stood still").then_some(())).await;
    world.proves(&said).await;
}

/// Longer than any test waits: a process that stands still so long is as good as gone.
const FOR_EVER: &str = "after_open:600000";

#[tokio::test]
async fn a_node_that_stands_still_in_a_transaction_does_not_stop_the_others() {
    let mut world = World::open(databases::postgres().await).await;
    let (mut still, there) = world.another(&[("FAULT_HOLD_AT", FOR_EVER)]).await;
    let here = format!("http://127.0.0.1:{}/hooks/twilio/messages", world.port);
    // Somebody new texts the other node, which stands still while it holds the line and its people.
    world.witness.calls_at(&format!("{there}#tt=1000&rc=1")).await;
    let (first, second) = (Side::customer(1), Side::customer(2));
    world.witness.texted(&first.phone, &first.to, &first.body(1), &first.sid(1)).await;
    let held = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    until("it holds the line", async || (world.number(held).await > 0).then_some(())).await;
    world.witness.calls_at(&here).await;
    let said = Traffic::of(&world.witness, vec![first, second], 2).ends().await;
    assert!(still.ended().is_none(), "it still stands");
    let url = format!("http://127.0.0.1:{}/health/ready", world.port);
    assert!(world.witness.says_ok(&url).await, "the other can write all the while");
    still.dies();
    world.proves(&said).await;
}

#[tokio::test]
async fn a_server_whose_file_is_taken_away_or_replaced_ends_and_answers_nothing_that_is_lost() {
    for how in ["deleted", "replaced", "its log deleted"] {
        let mut world = World::open(databases::sqlite()).await;
        let file = std::path::PathBuf::from(world.database.url.trim_start_matches("sqlite:"));
        let log = file.with_file_name(format!("{}-wal", file.file_name().unwrap().to_str().unwrap()));
        match how {
            "deleted" => std::fs::remove_file(&file).unwrap(),
            "replaced" => {
                let copy = file.with_extension("copy");
                std::fs::copy(&file, &copy).unwrap();
                std::fs::rename(&copy, &file).unwrap();
            }
            _ => std::fs::remove_file(&log).unwrap(),
        }
        let side = Side::customer(1);
        let answers = world.witness.texted(&side.phone, &side.to, "hello", &side.sid(1)).await.unwrap();
        assert!(!answers.contains(&Some(200)), "{how}: {answers:?}");
        assert_eq!(world.ends().await.code(), Some(70), "{how}");
        assert!(world.logged().contains("was taken away or replaced"), "{how}");
    }
}

#[tokio::test]
async fn ready_says_whether_the_database_can_be_written() {
    let world = World::open(databases::postgres().await).await;
    let url = format!("http://127.0.0.1:{}/health/ready", world.port);
    let name = world.database.url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid()";
    on_postgres(&world, &format!("ALTER DATABASE {name} SET default_transaction_read_only = on; {ends}")).await;
    until("it is not ready", async || (!world.witness.says_ok(&url).await).then_some(())).await;
    let undone = format!("SET transaction_read_only = off; ALTER DATABASE {name} RESET default_transaction_read_only");
    on_postgres(&world, &format!("{undone}; {ends}")).await;
    until("it is ready again", async || world.witness.says_ok(&url).await.then_some(())).await;
}

/// Somebody has changed the schema by hand, or by a race: a program that does not know it must not go on writing.
#[tokio::test]
async fn a_node_under_which_a_newer_program_changes_the_schema_says_so_and_ends() {
    let mut world = World::open(databases::postgres().await).await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 999901, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    looking::run(&world.database.url, later).await;
    assert_eq!(world.ends().await.code(), Some(70));
    let said = world.logged();
    assert!(
        said.contains("a newer program has changed the schema") && said.contains("start the newer program"),
        "{said}"
    );
}
