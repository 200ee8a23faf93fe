//! A copy of a SQLite database at one instant, made while the database is used, checked, and on disk before it gets its
//! name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::clock::At;
use crate::store::engine::dialect;
use crate::store::engine::sqlite::file::DatabaseFile;
use crate::store::{Error, Result, State};

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Texts and notes.
    pub messages: i64,
    /// When the newest of them was accepted.
    pub newest: Option<At>,
    /// The account at the carrier that it belongs to, if it has been served.
    pub account: Option<String>,
}

impl Held {
    /// As it stands in the audit.
    #[must_use]
    pub fn told(&self) -> Value {
        json!({ "messages": self.messages, "newest": self.newest.map(|at| at.to_string()) })
    }
}

/// Copies `database` to `to`, a new file that nobody but its owner may read. With `overwrite` a file that is there is
/// replaced once the copy is whole.
///
/// # Errors
/// [`Error::Refused`] if nothing was copied; says why and the remedy. A file that was there is still there then.
pub async fn backup(database: &DatabaseFile, to: &Path, overwrite: bool) -> Result<Held> {
    let named = database.path().display().to_string();
    match database.state().await? {
        // A program that is about to be upgraded, or was taken back, may still take its copy.
        State::Current | State::Older(..) | State::Newer(..) => {}
        other => return Err(refused(other.trouble(&named).unwrap_or(named))),
    }
    if same(database.path(), to) {
        return Err(refused(format!("{named} is the database itself: name another file")));
    }
    if to.is_dir() {
        return Err(refused(format!("{} is a folder: name a file in it", to.display())));
    }
    if !overwrite && to.exists() {
        return Err(refused(format!("{} is there already: name another file, or say --overwrite", to.display())));
    }
    let growing = beside(to, ".part");
    let made = grow(database, &growing).await;
    if made.is_err() {
        // The reason was told; what is left of the copy is worth nothing.
        let _ = fs::remove_file(&growing);
    }
    let held = made?;
    let placed = if overwrite { fs::rename(&growing, to) } else { place(&growing, to) };
    placed.and_then(|()| sync_folder(to)).map_err(|error| {
        let _ = fs::remove_file(&growing);
        refused(format!("the copy cannot be put at {}: {error}", to.display()))
    })?;
    Ok(held)
}

/// Gives the copy its name, unless something has got that name meanwhile.
fn place(growing: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(growing, to) {
        Ok(()) => fs::remove_file(growing),
        Err(error) if error.kind() == ErrorKind::AlreadyExists || to.exists() => Err(error),
        // Not every disk gives a file two names.
        Err(_) => fs::rename(growing, to),
    }
}

async fn grow(database: &DatabaseFile, growing: &Path) -> Result<Held> {
    let shown = growing.display();
    let cannot = |error: &io::Error| {
        refused(format!("{shown} cannot be written ({error}): name a file in a folder that may be"))
    };
    if let Err(error) = fs::remove_file(growing)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(cannot(&error));
    }
    // SQLite fills an empty file that is there, and leaves its rights as they are.
    private(growing).map_err(|error| cannot(&error))?;
    let options = SqliteConnectOptions::new()
        .filename(database.path())
        // Its log is the server's to move, and nobody's if the server died.
        .read_only(true)
        .busy_timeout(Duration::from_secs(10))
        .disable_statement_logging();
    let mut source = options.connect().await.map_err(|error| database.trouble(error))?;
    let target = std::path::absolute(growing).map_err(|error| cannot(&error))?;
    let target = target.to_str().ok_or_else(|| refused(format!("{shown}: write its name in UTF-8")))?;
    let copied = sqlx::query("VACUUM INTO $1").bind(target).execute(&mut source).await;
    // It was only read.
    let _ = source.close().await;
    copied.map_err(|error| {
        let said = dialect::said(&error);
        refused(match dialect::primary_code(&error) {
            Some(13) => format!("there is no room for {shown} ({said}): make room, or name a file on another disk"),
            Some(11) => format!(
                "{} is damaged ({said}), so there is nothing sound to copy: put an older backup back",
                database.path().display()
            ),
            _ => format!("{} could not be copied to {shown}: {said}", database.path().display()),
        })
    })?;
    File::open(growing).and_then(|file| file.sync_all()).map_err(|error| cannot(&error))?;
    examined(&DatabaseFile::at(growing)).await
}

/// What a copy holds, if it is sound from end to end.
///
/// # Errors
/// [`Error::Refused`] says what is wrong with it.
pub(in crate::store) async fn examined(copy: &DatabaseFile) -> Result<Held> {
    let shown = copy.path().display();
    if let Some(complaint) = copy.complaints().await?.first() {
        return Err(refused(format!("{shown} is damaged: {complaint}")));
    }
    let options =
        SqliteConnectOptions::new().filename(copy.path()).create_if_missing(false).disable_statement_logging();
    let mut connection = options.connect().await.map_err(|error| copy.trouble(error))?;
    let read = async {
        let strays: Vec<(String,)> =
            sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1").fetch_all(&mut connection).await?;
        let messages: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM messages").fetch_one(&mut connection).await?;
        let newest: Option<i64> =
            sqlx::query_scalar("SELECT MAX(accepted_at) FROM messages").fetch_one(&mut connection).await?;
        let account: Option<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT value FROM settings WHERE name = '{}'",
            crate::store::upkeep::settings::CARRIER_ACCOUNT
        )))
        .fetch_optional(&mut connection)
        .await?;
        Ok::<_, sqlx::Error>((strays, Held { messages, newest: newest.map(At), account }))
    };
    let found = read.await;
    let closed = connection.close().await;
    let (strays, held) = found.and_then(|found| closed.map(|()| found)).map_err(|error| copy.trouble(error))?;
    match strays.first() {
        Some((table,)) => Err(refused(format!("{shown} is damaged: rows of {table} name others that are not there"))),
        None => Ok(held),
    }
}

/// A new file that only its owner may read and write.
pub(in crate::store) fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes a change of names in the folder of `path` last.
pub(in crate::store) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Whether both are one file.
pub(in crate::store) fn same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    id(one).is_some_and(|found| id(other) == Some(found))
}

pub(in crate::store) fn beside(path: &Path, suffix: &str) -> PathBuf {
    DatabaseFile::at(path).beside(suffix)
}

pub(in crate::store) fn refused(why: impl Into<String>) -> Error {
    Error::Refused(why.into())
}
