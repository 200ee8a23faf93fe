//! Recognises a pooler that lends a server's session for one transaction only. A session's lock holds a node's number,
//! and statements stay prepared in a session, so the program cannot work behind such a pooler.

use sqlx::postgres::PgPool;

use crate::store::{Error, Result};

/// Who asks, of two connections that are open at once. Uneven, so that a pooler that deals its sessions out in turn gives
/// one of them two.
const ASKED: [usize; 8] = [0, 1, 1, 0, 0, 0, 1, 0];

/// Refuses a pooler whose sessions change under a connection.
///
/// # Errors
/// [`Error::Refused`] with the remedy; else what the database said.
pub(in crate::store) async fn refuse(pool: &PgPool) -> Result<()> {
    let mut connections = [pool.acquire().await?, pool.acquire().await?];
    let mut seen = Vec::with_capacity(ASKED.len());
    for who in ASKED {
        // By the simple protocol: a prepared statement may collide with another connection's behind such a pooler.
        let row = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(&mut *connections[who]).await?;
        seen.push((who, sqlx::Row::get::<i32, _>(&row, 0)));
    }
    if shared(&seen) {
        return Err(Error::Refused(
            "DATABASE_URL leads to a pooler that lends its sessions by the transaction (as pgbouncer does with pool_mode = \
             transaction), and locks and prepared statements of this program hold by the session: set pool_mode = session, or \
             let DATABASE_URL lead to PostgreSQL itself"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Whether (connection, server process) pairs show that a process served two connections, or a connection two processes.
fn shared(seen: &[(usize, i32)]) -> bool {
    seen.iter().any(|(who, process)| seen.iter().any(|(other, served)| (who == other) != (process == served)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt(sessions: &[i32], deal: impl Fn(usize, usize) -> usize) -> bool {
        let seen: Vec<_> = ASKED.iter().enumerate().map(|(at, who)| (*who, sessions[deal(at, *who)])).collect();
        shared(&seen)
    }

    #[test]
    fn sessions_that_stay_are_told_from_sessions_that_are_lent() {
        assert!(!dealt(&[11, 12], |_, who| who), "each connection has a session of its own");
        assert!(dealt(&[11], |_, _| 0), "one session serves both");
        for sessions in 2..6 {
            let all: Vec<i32> = (0..sessions).collect();
            let count = all.len();
            assert!(dealt(&all, |at, _| at % count), "{sessions} sessions are dealt out in turn");
        }
        assert!(dealt(&[11, 12], |at, who| if at < 7 { who } else { 1 - who }), "others came between at last");
    }
}
