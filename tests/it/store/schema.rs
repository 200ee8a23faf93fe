//! The two schemas are one: pairs of migrations make the same tables, columns, keys, checks and indexes.
//!
//! Every statement of the program is written once for both databases, so a difference here is a fault there.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, SqliteConnection};
use switchboard::store::Store;

use crate::databases;

/// What only one of the databases has, on purpose.
const MEANT: [&str; 1] = [
    // On PostgreSQL ids are handed out before the commit: readers stay behind the oldest running transaction.
    "changes.transaction_id",
];

#[test]
fn migrations_stand_in_pairs_of_equal_names() {
    let names = |database: &str| -> BTreeSet<_> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

/// What stands in the folder is what a database has once it was opened.
#[tokio::test]
async fn every_migration_of_the_folder_is_in_the_database_and_no_other() {
    for (name, database) in [("sqlite", databases::sqlite()), ("postgres", databases::postgres().await)] {
        Store::open(&database.url).await.unwrap().close().await;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name);
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let wanted: BTreeSet<(i64, String)> = files
            .map(|file| file.strip_suffix(".sql").unwrap().to_owned())
            .map(|file| (file.split('_').next().unwrap().parse().unwrap(), file))
            .collect();
        assert!(wanted.len() >= 15 && wanted.contains(&(15, "0015_masks".to_owned())), "{name}: {wanted:?}");
        let asked = "SELECT version, description FROM _sqlx_migrations WHERE success";
        let found: Vec<(i64, String)> = if name == "sqlite" {
            let options: sqlx::sqlite::SqliteConnectOptions = database.url.parse().unwrap();
            sqlx::query_as(asked).fetch_all(&mut options.connect().await.unwrap()).await.unwrap()
        } else {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            let found = sqlx::query_as(asked).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        };
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted, "{name}");
    }
}

#[tokio::test]
async fn both_databases_end_up_with_the_same_schema() {
    let (sqlite, postgres) = (databases::sqlite(), databases::postgres().await);
    for url in [&sqlite.url, &postgres.url] {
        Store::open(url).await.unwrap().close().await;
    }
    let options: sqlx::sqlite::SqliteConnectOptions = sqlite.url.parse().unwrap();
    let sqlite = facts_of_sqlite(&mut options.connect().await.unwrap()).await;
    let mut connection = PgConnection::connect(&postgres.url).await.unwrap();
    let postgres = facts_of_postgres(&mut connection).await;
    connection.close().await.unwrap();

    assert!(sqlite.len() > 100, "only {} facts: were the questions asked right?", sqlite.len());
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
        let meant = |fact: &String| MEANT.iter().any(|meant| fact.contains(meant));
        one.difference(other).filter(|fact| !meant(fact)).cloned().collect()
    };
    let (there, here) = (only(&sqlite, &postgres), only(&postgres, &sqlite));
    assert!(there.is_empty() && here.is_empty(), "only on SQLite: {there:#?}\nonly on PostgreSQL: {here:#?}");
}

#[tokio::test]
async fn the_ledgers_cannot_be_rewritten() {
    let (sqlite, postgres) = (databases::sqlite(), databases::postgres().await);
    let inserts = [
        "INSERT INTO consents (id, phone, scope, given, at, origin) VALUES (1, '+15055550100', 'x', 0, 1, 'x')",
        "INSERT INTO people (id, email, name, role, duty, created_at) VALUES (1, 'x', 'x', 'admin', 'on', 1)",
        "INSERT INTO audit (id, at, actor_id, kind, data) VALUES (1, 1, 1, 'x', '{}')",
        "INSERT INTO sign_ins (id, at, person_id, kind, how, origin, device) VALUES (1, 1, 1, 'signed_out', '', '', '')",
        "INSERT INTO acts (id, at, origin, kind, data) VALUES (1, 1, 'command', 'x', '{}')",
    ];
    let forgeries = [
        "UPDATE consents SET given = 1",
        "DELETE FROM consents",
        "UPDATE audit SET actor_id = 2",
        "DELETE FROM audit",
        "UPDATE sign_ins SET person_id = 2",
        "DELETE FROM sign_ins",
        "UPDATE acts SET at = 2",
        "DELETE FROM acts",
    ];
    for url in [&sqlite.url, &postgres.url] {
        Store::open(url).await.unwrap().close().await;
    }

    let options: sqlx::sqlite::SqliteConnectOptions = sqlite.url.parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    for insert in inserts {
        sqlx::query(insert).execute(&mut connection).await.unwrap();
    }
    for forgery in forgeries {
        assert!(sqlx::query(forgery).execute(&mut connection).await.is_err(), "SQLite took: {forgery}");
    }

    let mut connection = PgConnection::connect(&postgres.url).await.unwrap();
    for insert in inserts {
        sqlx::query(insert).execute(&mut connection).await.unwrap();
    }
    for forgery in forgeries {
        assert!(sqlx::query(forgery).execute(&mut connection).await.is_err(), "PostgreSQL took: {forgery}");
    }
    connection.close().await.unwrap();
}

async fn facts_of_sqlite(connection: &mut SqliteConnection) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    let tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
    for table in sqlx::query(tables).fetch_all(&mut *connection).await.unwrap() {
        let (name, sql): (String, String) = (table.get(0), table.get(1));
        facts.extend(checks(&sql).into_iter().map(|check| format!("{name} checks {check}")));
        let columns = "SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)";
        for column in sqlx::query(columns).bind(&name).fetch_all(&mut *connection).await.unwrap() {
            let (column, kind, not_null, key): (String, String, bool, i64) =
                (column.get(0), column.get(1), column.get(2), column.get(3));
            facts.insert(column_fact(&name, &column, &kind, not_null || key > 0));
        }
        let keys = "SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list($1)";
        for key in sqlx::query(keys).bind(&name).fetch_all(&mut *connection).await.unwrap() {
            let (from, other, to): (String, String, String) = (key.get(0), key.get(1), key.get(2));
            facts.insert(format!("{name}.{from} refers to {other}.{to}"));
        }
        let indexes = "SELECT list.name, list.\"unique\", (SELECT sql FROM sqlite_master WHERE name = list.name), \
                       (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(list.name) ORDER BY seqno)) \
                       FROM pragma_index_list($1) AS list";
        for index in sqlx::query(indexes).bind(&name).fetch_all(&mut *connection).await.unwrap() {
            let (unique, sql, columns): (bool, Option<String>, String) = (index.get(1), index.get(2), index.get(3));
            let predicate = sql.as_deref().and_then(|sql| sql.split_once(" WHERE ")).map(|(_, predicate)| predicate);
            facts.insert(index_fact(&name, unique, &columns, predicate));
        }
        // The key that is the row's own number has no index of its own here, but has one on PostgreSQL.
        let key = "SELECT name FROM pragma_table_info($1) WHERE pk = 1 AND type = 'INTEGER' \
                   AND (SELECT COUNT(*) FROM pragma_table_info($1) WHERE pk > 0) = 1";
        if let Some(key) = sqlx::query(key).bind(&name).fetch_optional(&mut *connection).await.unwrap() {
            facts.insert(index_fact(&name, true, key.get(0), None));
        }
    }
    facts
}

async fn facts_of_postgres(connection: &mut PgConnection) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    let mut ask = async |statement: &str| -> Vec<Vec<Option<String>>> {
        let rows = sqlx::query(AssertSqlSafe(statement)).fetch_all(&mut *connection).await.unwrap();
        rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
    };
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();

    let columns = "SELECT table_name::TEXT, column_name::TEXT, data_type::TEXT, is_nullable::TEXT \
                   FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    for row in ask(columns).await {
        facts.insert(column_fact(&text(&row[0]), &text(&row[1]), &text(&row[2]), text(&row[3]) == "NO"));
    }
    let constraints = "SELECT conrelid::regclass::TEXT, contype::TEXT, pg_get_constraintdef(oid), \
                       (SELECT attname::TEXT FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]), \
                       confrelid::regclass::TEXT, \
                       (SELECT attname::TEXT FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1]) \
                       FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')";
    for row in ask(constraints).await {
        let table = text(&row[0]);
        if text(&row[1]) == "f" {
            facts.insert(format!("{table}.{} refers to {}.{}", text(&row[3]), text(&row[4]), text(&row[5])));
        } else {
            facts.extend(checks(&text(&row[2])).into_iter().map(|check| format!("{table} checks {check}")));
        }
    }
    let indexes = "SELECT indrelid::regclass::TEXT, indisunique::TEXT, \
                   (SELECT string_agg(attname::TEXT, ', ' ORDER BY place) FROM unnest(indkey::INT2[]) WITH ORDINALITY AS k (num, place) \
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = num), \
                   pg_get_expr(indpred, indrelid) \
                   FROM pg_index JOIN pg_class ON pg_class.oid = indrelid \
                   WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_sqlx%'";
    for row in ask(indexes).await {
        facts.insert(index_fact(&text(&row[0]), text(&row[1]) == "true", &text(&row[2]), row[3].as_deref()));
    }
    facts
}

fn column_fact(table: &str, column: &str, kind: &str, not_null: bool) -> String {
    let kind = match kind.to_lowercase().as_str() {
        "integer" | "bigint" => "whole number".to_owned(),
        "blob" | "bytea" => "bytes".to_owned(),
        other => other.to_owned(),
    };
    format!("{table}.{column} is {kind}{}", if not_null { ", never empty" } else { "" })
}

fn index_fact(table: &str, unique: bool, columns: &str, predicate: Option<&str>) -> String {
    let unique = if unique { "unique " } else { "" };
    let predicate = predicate.map(|predicate| format!(" where {}", plain(predicate))).unwrap_or_default();
    format!("{table} has a {unique}index on ({columns}){predicate}")
}

/// Every condition after CHECK in a definition, in one spelling.
fn checks(definition: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in definition.match_indices("CHECK (") {
        let text = &definition[at + "CHECK ".len()..];
        let mut depth = 0;
        let end = text.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        found.push(plain(&text[..end.unwrap_or(text.len())]));
    }
    found
}

/// A condition in one spelling, whichever database wrote it down.
fn plain(condition: &str) -> String {
    let bare: String = condition.to_lowercase().chars().filter(|c| !c.is_whitespace() && !"()".contains(*c)).collect();
    bare.replace("::text", "").replace("=anyarray[", "in").replace(']', "")
}
