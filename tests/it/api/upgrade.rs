//! What there was before programs were apart: each token becomes an app of its own, and everything follows its token.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};

use crate::databases;

/// The migration that sets programs apart.
const APPS: &str = "0022_apps.sql";

/// What stands before it in the folder, in order, and itself.
fn migrations(database: &str) -> (Vec<String>, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| name.as_str() < APPS).collect();
    names.sort_unstable();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    (names.iter().map(|name| read(name)).collect(), read(APPS))
}

/// Two programs of one name and a third, each with a pair, a reference, a key and an endpoint; an admin's endpoint.
const BEFORE: &str = "
    INSERT INTO people (id, email, name, role, duty, created_at) VALUES (7, 'ada', 'Ada', 'admin', 'on', 1);
    INSERT INTO api_tokens (id, name, token_hash, scopes, created_by, created_at, revoked_at) VALUES
        (1, 'crm', 'a', 'pairs:read', NULL, 10, 99), (2, 'crm', 'b', 'pairs:read', 7, 11, NULL),
        (3, 'bait', 'c', 'pairs:write', NULL, 12, NULL);
    INSERT INTO conversations (kind, opened_at, last_at, preview) VALUES
        ('pair', 1, 1, ''), ('pair', 1, 1, ''), ('pair', 1, 1, ''), ('pair', 1, 1, '');
    INSERT INTO pairs (conversation_id, expiry, ends_at, hard_end_at, extensions, redact, token_id)
        SELECT id, 'fixed', 5, 5, 0, 0, NULLIF(id - (SELECT MIN(id) FROM conversations) + 1, 4) FROM conversations;
    INSERT INTO pair_references (id, conversation_id, reference, body_hash)
        SELECT conversation_id, conversation_id, 'order-' || CAST(COALESCE(token_id, 4) AS TEXT), 'x' FROM pairs;
    INSERT INTO idempotency_keys (token_id, key, body_hash, status, answer, created_at) VALUES (2, 'k', 'h', 201, '{}', 9);
    INSERT INTO endpoints (id, url, events, secret, token_id, created_by, created_at) VALUES
        (21, 'https://a', '*', 's', 2, NULL, 1), (22, 'https://b', '*', 's', NULL, 7, 1);
";

const AFTER: [(&str, &[&str]); 6] = [
    (
        "SELECT CAST(id AS TEXT) || ' ' || name || ' ' || CAST(COALESCE(created_by, 0) AS TEXT) FROM apps ORDER BY id",
        &["1 crm 0", "2 crm (2) 7", "3 bait 0"],
    ),
    ("SELECT CAST(id AS TEXT) || ' ' || CAST(app_id AS TEXT) FROM api_tokens ORDER BY id", &["1 1", "2 2", "3 3"]),
    ("SELECT CAST(app_id AS TEXT) FROM pairs ORDER BY conversation_id", &["1", "2", "3", "0"]),
    (
        "SELECT reference || ' ' || CAST(app_id AS TEXT) FROM pair_references ORDER BY id",
        &["order-1 1", "order-2 2", "order-3 3", "order-4 0"],
    ),
    ("SELECT CAST(app_id AS TEXT) || ' ' || key || ' ' || answer FROM idempotency_keys", &["2 k {}"]),
    (
        "SELECT CAST(id AS TEXT) || ' ' || CAST(COALESCE(app_id, 0) AS TEXT) FROM endpoints ORDER BY id",
        &["21 2", "22 0"],
    ),
];

macro_rules! becomes_apart {
    ($database:literal, $connection:expr) => {{
        let mut connection = $connection;
        let (before, apps) = migrations($database);
        assert!(before.len() >= 15, "{}", before.len());
        for sql in before.into_iter().chain([BEFORE.to_owned(), apps]) {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        for (sql, wanted) in AFTER {
            let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
            let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            assert_eq!(found, wanted, "{}: {sql}", $database);
        }
        connection.close().await.unwrap();
    }};
}

#[tokio::test]
async fn each_token_of_before_becomes_an_app_with_all_that_was_its() {
    let (sqlite, postgres) = (databases::sqlite(), databases::postgres().await);
    let options: SqliteConnectOptions = sqlite.url.parse().unwrap();
    becomes_apart!("sqlite", options.create_if_missing(true).connect().await.unwrap());
    becomes_apart!("postgres", PgConnection::connect(&postgres.url).await.unwrap());
}
