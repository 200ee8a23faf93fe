//! The schema, inside the binary: brought up to date by every command before it does anything else.

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

macro_rules! twins {
    ($($version:literal $name:literal),* $(,)?) => {
        /// (version, name, SQLite text, PostgreSQL text)
        const ALL: &[(i64, &str, &str, &str)] = &[$((
            $version,
            $name,
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        )),*];
    };
}

twins!(
    1 "0001_house",
    2 "0002_audit",
    3 "0003_attention",
    4 "0004_writing",
    5 "0005_contacts",
    6 "0006_search",
    7 "0007_people",
    8 "0008_pairs",
    9 "0009_api",
    10 "0010_pool",
    11 "0011_loads",
    12 "0012_told",
    13 "0013_spending",
    14 "0014_mine",
);

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
