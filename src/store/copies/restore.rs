//! Puts a copy of a SQLite database in its place. The old database stays beside it, together with its log: SQLite would
//! move a log that is left beside another database into that one, and damage it. The restore deletes only what SQLite
//! makes again.
//!
//! The new database grows as `NAME.restoring`, and while that file exists every command refuses the database. So every
//! command sees a restore that was interrupted at any moment, and the restore starts again from the beginning.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::backup::{Held, beside, examined, private, refused, same, sync_folder};
use crate::clock::At;
use crate::domain::people::audit::{self, Action};
use crate::store::engine::sqlite::file::DatabaseFile;
use crate::store::people::acts;
use crate::store::{Result, State};

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the database holds now.
    pub held: Held,
    /// Where the database is kept that stood there before.
    pub kept: Option<PathBuf>,
    /// Its schema must still be brought up to date.
    pub older: bool,
    /// Its audit tells of the restore. (Versions that wrote down nothing of what commands do have no place for it.)
    pub told: bool,
}

/// Puts the copy `from` in the place of `database`, which nobody may be using. What stood there gets a name that ends in
/// `stamp`. The audit of what stands there then tells of it, by the row `act` and its time.
///
/// # Errors
/// [`crate::store::Error::Refused`] says why nothing was changed, or that the restore was cut off and must be done again.
pub async fn restore(database: &DatabaseFile, from: &Path, stamp: &str, act: (i64, At)) -> Result<Restored> {
    // A link leads to the file that is to be replaced; the link stays.
    let real = fs::canonicalize(database.path()).unwrap_or_else(|_| database.path().to_owned());
    let database = DatabaseFile::at(&real);
    let shown = from.display();
    let found = fs::metadata(from).map_err(|error| refused(format!("{shown} cannot be read: {error}")))?;
    if !found.is_file() {
        return Err(refused(format!("{shown} is no file: name a backup that `switchboard backup FILE` has made")));
    }
    if same(database.path(), from) {
        return Err(refused(format!("{shown} is the database itself: name a backup of it")));
    }
    for log in ["-wal", "-journal"] {
        if fs::metadata(beside(from, log)).is_ok_and(|log| log.len() > 0) {
            return Err(refused(format!(
                "{shown} has a log beside it ({shown}{log}), so it is no finished copy: name one that `switchboard backup FILE` \
                 has made. (If it is a database that nothing uses, and that log is its own, `sqlite3 {shown} 'PRAGMA \
                 wal_checkpoint(TRUNCATE)'` finishes it)"
            )));
        }
    }
    let growing = database.restoring();
    let ready = copy(from, &growing, database.path(), act).await;
    let (held, older, told) = ready.inspect_err(|_| {
        // Nothing was moved yet: without the copy everything is as it was.
        let _ = fs::remove_file(&growing);
        let _ = sync_folder(&growing);
    })?;
    let kept = swap(&database, &growing, stamp).map_err(|error| {
        refused(format!(
            "the restore was cut off ({error}): what stood there is kept beside {}; run `switchboard restore` again",
            database.path().display()
        ))
    })?;
    Ok(Restored { held, kept, older, told })
}

/// Copies `from` to `growing`, examines the copy (opening `from` itself could write beside it) and writes `act` into it.
async fn copy(from: &Path, growing: &Path, database: &Path, act: (i64, At)) -> Result<(Held, bool, bool)> {
    let shown = from.display();
    let cannot = |error: &io::Error| refused(format!("{shown} cannot be copied to {}: {error}", growing.display()));
    // Of a restore that was cut off: its journal would be taken for the new one's.
    for old in [growing.to_owned(), beside(growing, "-wal"), beside(growing, "-shm"), beside(growing, "-journal")] {
        match fs::remove_file(&old) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(cannot(&error)),
            _ => {}
        }
    }
    let owner = fs::metadata(database).ok();
    let copied = || -> io::Result<()> {
        let (mut source, mut target) = (File::open(from)?, private(growing)?);
        io::copy(&mut source, &mut target)?;
        if let Some(owner) = &owner
            && (owner.uid(), owner.gid()) != (target.metadata()?.uid(), target.metadata()?.gid())
        {
            // The user who serves the database must still be able to open it.
            chown(growing, Some(owner.uid()), Some(owner.gid()))?;
        }
        target.sync_all()
    };
    copied().map_err(|error| cannot(&error))?;
    let copy = DatabaseFile::at(growing);
    let state = copy.state().await?;
    match &state {
        State::Current | State::Older(..) => {}
        State::Missing | State::Empty => return Err(refused(format!("{shown} is empty: name a backup"))),
        other => return Err(refused(other.never(&shown.to_string()).unwrap_or_default())),
    }
    let held = examined(&copy)
        .await
        .map_err(|error| refused(error.to_string().replace(&growing.display().to_string(), &shown.to_string())))?;
    let told = write_down(&copy, act, &held).await.map_err(|error| copy.trouble(error))?;
    File::open(growing).and_then(|file| file.sync_all()).map_err(|error| cannot(&error))?;
    Ok((held, state != State::Current, told))
}

/// Writes into the audit of `copy` that it was put back; `false` if it has no place for that.
async fn write_down(copy: &DatabaseFile, (id, at): (i64, At), held: &Held) -> sqlx::Result<bool> {
    let options =
        SqliteConnectOptions::new().filename(copy.path()).create_if_missing(false).disable_statement_logging();
    let mut connection = options.connect().await?;
    let place: Option<i64> = sqlx::query_scalar("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'acts'")
        .fetch_optional(&mut connection)
        .await?;
    if place.is_some() {
        let nobody = None::<i64>;
        sqlx::query(acts::INSERT)
            .bind(id)
            .bind(at.0)
            .bind(audit::Origin::Command.word())
            .bind(nobody)
            .bind(nobody)
            .bind(Action::Restored.word())
            .bind(nobody)
            .bind(nobody)
            .bind(held.told().to_string())
            .execute(&mut connection)
            .await?;
    }
    connection.close().await?;
    Ok(place.is_some())
}

/// Names what is there anew, and gives the new one its name; where the old one is kept, if there was one.
fn swap(database: &DatabaseFile, growing: &Path, stamp: &str) -> io::Result<Option<PathBuf>> {
    let old = |suffix: &str| database.beside(&format!(".before-restore-{stamp}{suffix}"));
    // A second name first: cut off anywhere, the old one is whole under this or under its own name, its log beside it.
    let kept = match fs::hard_link(database.path(), old("")) {
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(_) => there(fs::rename(database.path(), old("")))?,
        Ok(()) => true,
    };
    for log in ["-wal", "-journal"] {
        if fs::metadata(database.beside(log)).is_ok_and(|log| log.len() > 0) {
            fs::rename(database.beside(log), old(log))?;
        } else {
            there(fs::remove_file(database.beside(log)))?;
        }
    }
    there(fs::remove_file(database.beside("-shm")))?;
    // On disk before the new one has the name: whatever happens now, no log stands beside it.
    sync_folder(database.path())?;
    fs::rename(growing, database.path())?;
    sync_folder(database.path())?;
    Ok(kept.then(|| old("")))
}

/// Whether there was something to do it to.
fn there(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
