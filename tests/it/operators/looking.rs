//! Commands that look make no database and change no schema, and whoever serves can show it.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use switchboard::clock::At;
use switchboard::desk::upkeep::identity;
use switchboard::store::{Opening, State, Store};

use super::doctor::SETUP;
use super::program::Desk;
use crate::{both_stores, databases};

/// Runs a statement on either database.
pub async fn run(url: &str, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    if url.starts_with("sqlite:") {
        let options: sqlx::sqlite::SqliteConnectOptions = url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// The body and status that a GET brings.
pub async fn get(url: &str) -> (u16, String) {
    // Another test may have chosen it already; all choose the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let answer = client.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[test]
fn a_command_that_looks_or_changes_a_row_makes_no_database() {
    let desk = Desk::new().with("SWITCHBOARD_PUBLIC_URL", "http://127.0.0.1:9");
    desk.file("setup.toml", SETUP);
    for (command, code) in [
        (&["link", "ana@example.com"][..], 2),
        (&["person", "password", "ana@example.com"], 2),
        (&["token", "crm", "--scopes", "pairs:read"], 2),
        (&["pool", "plan"], 2),
        (&["pool", "grow", "1", "--country", "US", "--dry-run"], 2),
        (&["pool", "shrink", "1"], 2),
        (&["backup", "copy.db"], 2),
        (&["doctor"], 1),
    ] {
        let said = desk.runs_with(command, "a tide table for ana\n");
        let told = format!("{}{}", said.out, said.err);
        assert!(
            said.code == Some(code) && told.contains("there is no database at switchboard.db"),
            "{command:?}: {said:?}"
        );
        assert_eq!(desk.files(), ["setup.toml"], "{command:?}");
    }
    let rehearsed = desk.runs(&["apply", "setup.toml", "--dry-run"]);
    assert!(rehearsed.code == Some(0) && rehearsed.out.contains("nothing was written"), "{rehearsed:?}");
    assert_eq!(desk.files(), ["setup.toml"]);

    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    assert_eq!(desk.runs(&["link", "ana@example.com"]).code, Some(0));
    assert_eq!(desk.files(), ["setup.toml", "switchboard.db"], "a log is left beside it");
}

async fn refused(url: &str, opening: Opening) -> String {
    Store::open_as(url, opening).await.map(drop).unwrap_err().to_string()
}

async fn older_and_newer(url: &str) {
    let said = refused(url, Opening::AsItIs).await;
    assert!(said.contains("there is no database") || said.contains("is empty"), "{said}");
    assert!(matches!(Store::state(url).await.unwrap(), State::Missing | State::Empty), "looking made something");

    Store::open_as(url, Opening::IfNew).await.unwrap().close().await;
    assert_eq!(Store::state(url).await.unwrap(), State::Current);
    Store::open_as(url, Opening::AsItIs).await.unwrap().close().await;

    run(url, OLDER).await;
    for opening in [Opening::AsItIs, Opening::IfNew] {
        let said = refused(url, opening).await;
        assert!(said.contains("is older than this program") && said.contains("switchboard migrate"), "{said}");
        assert!(matches!(Store::state(url).await.unwrap(), State::Older(..)), "{opening:?} brought it up to date");
    }
    Store::open(url).await.unwrap().close().await;
    assert_eq!(Store::state(url).await.unwrap(), State::Current);

    run(
        url,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 999901, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    )
    .await;
    for opening in [Opening::AsItIs, Opening::IfNew, Opening::Make] {
        let said = refused(url, opening).await;
        assert!(said.contains("is newer than this program") && said.contains("use the newer program"), "{said}");
    }
}

/// As an older program left it.
pub const OLDER: &str = "DROP TABLE pool_refusals; DELETE FROM _sqlx_migrations WHERE version = 20";

#[tokio::test]
async fn a_schema_is_not_changed_while_nodes_serve_that_know_only_the_one_before() {
    let database = databases::postgres().await;
    let nodes = [Store::open(&database.url).await.unwrap(), Store::open(&database.url).await.unwrap()];
    run(&database.url, OLDER).await;
    for (count, node) in nodes.iter().enumerate() {
        node.join(At(1)).await.unwrap();
        for opening in [Opening::Upgrade, Opening::Make] {
            let said = refused(&database.url, opening).await;
            let wanted = ["1 node of the program before serves", "2 nodes of the program before serve"][count];
            assert!(said.contains(wanted) && said.contains("Nothing was changed"), "{said}");
        }
        assert!(matches!(Store::state(&database.url).await.unwrap(), State::Older(..)));
    }
    for node in nodes {
        node.close().await;
    }
    Store::open(&database.url).await.unwrap().close().await;
    assert_eq!(Store::state(&database.url).await.unwrap(), State::Current);

    // The nodes of this program may come one after the other.
    let node = Store::open(&database.url).await.unwrap();
    node.join(At(2)).await.unwrap();
    Store::open(&database.url).await.unwrap().close().await;
    node.close().await;
}

#[tokio::test]
async fn a_file_is_not_changed_under_the_serve_of_an_older_program() {
    let desk = Desk::new();
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let url = format!("sqlite:{}", desk.path("switchboard.db").display());
    // What is up to date may be asked to be so while it is served.
    let lock = std::fs::OpenOptions::new().create(true).append(true).open(desk.path("switchboard.db.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    run(&url, OLDER).await;
    let said = desk.runs(&["migrate"]);
    assert!(
        said.code == Some(1) && said.err.contains("another `switchboard serve` is using this database"),
        "{said:?}"
    );
    assert!(matches!(Store::state(&url).await.unwrap(), State::Older(..)));
    drop(lock);
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert_eq!(Store::state(&url).await.unwrap(), State::Current);
}

#[tokio::test]
async fn an_older_schema_stays_and_a_newer_one_is_refused_in_words_on_sqlite() {
    older_and_newer(&databases::sqlite().url).await;
}

#[tokio::test]
async fn an_older_schema_stays_and_a_newer_one_is_refused_in_words_on_postgres() {
    older_and_newer(&databases::postgres().await.url).await;
}

both_stores! {
    async fn whoever_serves_a_database_can_show_it_and_tells_nothing_else(house) {
        let live = |nonce: &str| format!("{}/health/live{nonce}", house.address);
        let nonce = "a-question_of-18-letters";
        assert_eq!(get(&live("")).await, (200, "live\n".to_owned()));
        assert_eq!(get(&live(&format!("?nonce={nonce}"))).await.1, "live\n", "nobody has named this database yet");
        identity::name(&house.desk.store, &house.desk.chance).await.unwrap();
        let answer = identity::answer(&house.desk.store, nonce).await.unwrap().unwrap();
        assert_eq!(get(&live(&format!("?nonce={nonce}"))).await.1, format!("live {answer}\n"));
        assert_eq!(get(&live("")).await.1, "live\n");

        // A second naming changes nothing, other questions get other answers, and what is no question gets none.
        identity::name(&house.desk.store, &house.desk.chance).await.unwrap();
        assert_eq!(identity::answer(&house.desk.store, nonce).await.unwrap(), Some(answer.clone()));
        let mut answers = BTreeSet::from([answer]);
        for n in 0..8 {
            answers.insert(get(&live(&format!("?nonce={nonce}{n}"))).await.1);
        }
        assert_eq!(answers.len(), 9);
        for odd in ["?nonce=", "?nonce=short", "?nonce=%3Cscript%3Ealert(1)%3C/script%3E", "?other=1"] {
            assert_eq!(get(&live(odd)).await, (200, "live\n".to_owned()), "{odd}");
        }
        let key = house.words("SELECT value FROM settings WHERE name = 'server_key'").await.remove(0);
        assert!(answers.iter().all(|answer| !answer.contains(&key)));
    }
}
