//! The schema, inside the binary: `serve` and `migrate` bring it up to date, and `apply` makes it where there is none.

use sqlx::SqlStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::dialect;
use crate::store::Error;

/// (version, name, SQLite text, PostgreSQL text): what stands in `migrations/`, listed by `build.rs`.
const ALL: &[(i64, &str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

fn migrator(pick: impl Fn(&'static str, &'static str) -> &'static str) -> Migrator {
    Migrator::with_migrations(
        ALL.iter()
            .map(|(version, name, sqlite, postgres)| {
                let sql = SqlStr::from_static(pick(sqlite, postgres));
                Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
            })
            .collect(),
    )
}

pub(in crate::store) fn sqlite() -> Migrator {
    migrator(|sqlite, _| sqlite)
}

pub(in crate::store) fn postgres() -> Migrator {
    migrator(|_, postgres| postgres)
}

/// Why the schema of the database called `named` could not be brought up to date, and the remedy.
pub(in crate::store) fn trouble(named: &str, error: &MigrateError) -> Error {
    let (said, denied) = match error {
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => {
            let code = inner.as_database_error().and_then(|database| database.code().map(|code| code == "42501"));
            (dialect::said(inner), code.unwrap_or(false))
        }
        other => (other.to_string(), false),
    };
    Error::Refused(if denied {
        format!(
            "the schema of {named} must be brought up to date, and this user may not change it ({said}): run `switchboard \
             migrate` as the user who owns it, then start again"
        )
    } else {
        format!("the schema of {named} could not be brought up to date: {said}")
    })
}
