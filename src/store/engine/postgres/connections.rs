//! Connections to PostgreSQL: the settings of every session, and how long a caller waits for one.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;

use super::timeline::Found;

/// The longest that the program waits for a connection: the carrier waits 4 s, and our answer says that nothing was kept.
pub(in crate::store) const ANSWERING: Duration = Duration::from_millis(2500);
/// The same where nobody waits for an answer.
pub(in crate::store) const ALONE: Duration = Duration::from_secs(30);
/// What is set in every session.
///
/// A process that stands still, or whose machine is gone, must not hold for long what others wait for: it loses its session
/// after 3 s in the middle of a transaction, and its connection after about 15 s without a sign of life. A write that waits for a
/// lock gives up in time to answer a carrier. No server's setting that changes while the program runs lets an answer leave
/// before the text is on disk. And compiling a plan costs more than any statement here: it made pages of 5 ms take 400 when
/// statistics were old.
const SESSION: &str = "SET jit = off; \
    SET idle_in_transaction_session_timeout = '3s'; \
    SET lock_timeout = '2500ms'; \
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3; \
    SET tcp_user_timeout = '15s'; \
    SELECT set_config('synchronous_commit', \
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)";

/// A pool of at most so many connections.
pub(in crate::store) fn pool_of(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(ALONE).after_connect(|connection, _| {
        Box::pin(async move { sqlx::raw_sql(SESSION).execute(connection).await.map(drop) })
    })
}

/// As `pool`, and every connection is compared with those before it ahead of its first use.
pub(in crate::store) fn watched(pool: PgPoolOptions, found: &Arc<Found>) -> PgPoolOptions {
    let found = Arc::clone(found);
    pool.after_connect(move |connection, _| {
        let found = Arc::clone(&found);
        Box::pin(async move {
            sqlx::raw_sql(SESSION).execute(&mut *connection).await?;
            found.compare(connection).await
        })
    })
}
