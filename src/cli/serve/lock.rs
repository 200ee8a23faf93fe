//! Lets one process serve a SQLite database: two would send everything twice.
//!
//! The lock belongs to the system and ends with the process, however the process ends. The file beside the database
//! stays and means nothing by itself.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use crate::cli::Failed;
use crate::store::engine::sqlite::file::DatabaseFile;
use crate::store::engine::sqlite::private;

/// Keeps other `serve`s away for as long as it lives.
#[derive(Debug)]
#[must_use = "it keeps others away only for as long as it lives"]
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not read")] Option<File>);

/// Takes the lock of a SQLite database; other databases arrange this among their nodes.
pub(crate) fn take(database_url: &str) -> Result<Lock, Failed> {
    let Some(path) = path(database_url) else { return Ok(Lock(None)) };
    let named = path.display();
    let file = private::open(&path).map_err(|error| {
        Failed::new(format!(
            "{named} cannot be opened ({error}): see whether the folder of DATABASE_URL exists and may be written"
        ))
    })?;
    match file.try_lock() {
        Ok(()) => {
            // Those of before may be anybody's to read.
            for (path, error) in private::database_file(database_url).iter().flat_map(|file| private::tighten(file)) {
                tracing::warn!("{} can be read by others and cannot be taken from them: {error}", path.display());
            }
            Ok(Lock(Some(file)))
        }
        Err(TryLockError::WouldBlock) => Err(Failed::new(format!(
            "another `switchboard serve` is using this database (it holds {named}): stop it first, or set DATABASE_URL \
             to another file. For more than one process use PostgreSQL"
        ))),
        Err(TryLockError::Error(error)) => Err(Failed::new(format!("{named} cannot be locked: {error}"))),
    }
}

/// The lock file of `sqlite:PATH`: PATH and `.lock`, where the file itself stands, by whatever links it is named.
fn path(database_url: &str) -> Option<PathBuf> {
    let named = private::database_file(database_url)?;
    // One that is not there yet has no other name.
    let file = named.canonicalize().unwrap_or(named);
    Some(DatabaseFile::at(&file).beside(".lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_stands_beside_the_database() {
        assert_eq!(path("sqlite:data/support.db"), Some("data/support.db.lock".into()));
        assert_eq!(path("sqlite:///var/lib/support.db?mode=rwc"), Some("/var/lib/support.db.lock".into()));
        // However the address writes the name, it is the same file and so the same lock.
        assert_eq!(path("sqlite:my%20support.db"), Some("my support.db.lock".into()));
        assert_eq!(path("sqlite:my support.db"), Some("my support.db.lock".into()));
        assert_eq!(path("postgres://localhost/support"), None);
    }

    #[test]
    fn a_second_one_is_refused_until_the_first_has_ended() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("support.db").display());
        let first = take(&url).unwrap();
        let refused = take(&url).unwrap_err();
        assert!(refused.message.contains("support.db.lock") && refused.message.contains("DATABASE_URL"));
        let link = dir.path().join("elsewhere");
        std::fs::write(dir.path().join("support.db"), b"").unwrap();
        std::os::unix::fs::symlink(dir.path().join("support.db"), &link).unwrap();
        let by_link = format!("sqlite:{}", link.display());
        assert!(take(&by_link).unwrap_err().message.contains("support.db.lock"), "a link is another name for it");
        drop(first);
        drop(take(&by_link).unwrap());
    }
}
