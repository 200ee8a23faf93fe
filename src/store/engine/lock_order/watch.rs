//! Makes a PostgreSQL database report waits for rows out of order. Only in tests.

use sqlx::postgres::PgPool;

/// What has a locking read note each row that it holds.
pub(super) fn noted(table: &str, alias: &str, waits: bool) -> String {
    format!(", lock_order.hold('{table}', to_jsonb({alias}), {waits})")
}

/// The same for a word that is held ([`super::super::dialect::one_at_a_time`]), which is the first parameter.
pub(super) fn word_noted(waits: bool) -> String {
    format!(", lock_order.hold('words', jsonb_build_object('word', $1::TEXT), {waits})")
}

/// The same for lanes that are held, each of which is `k`.
pub(super) fn lane_noted(waits: bool) -> String {
    format!(", lock_order.hold('lanes', jsonb_build_object('id', k), {waits})")
}

/// Takes the watch away, before a migration changes rows in whatever order it finds them.
pub(in crate::store) async fn lift(pool: &PgPool) {
    // A user who may not do this may not change the schema either, and is told so next.
    let _ = sqlx::raw_sql("DROP SCHEMA IF EXISTS lock_order CASCADE").execute(pool).await;
}

/// Has every change of a row, and every locking read, looked at.
pub(in crate::store) async fn set(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::raw_sql(include_str!("watch.sql")).execute(pool).await.map(drop)
}
