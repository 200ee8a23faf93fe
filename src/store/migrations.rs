//! The schema, inside the binary: brought up to date by every command before it does anything else.

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

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

pub(super) fn sqlite() -> Migrator {
    migrator(|sqlite, _| sqlite)
}

pub(super) fn postgres() -> Migrator {
    migrator(|_, postgres| postgres)
}
