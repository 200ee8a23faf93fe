//! A SQLite database as a file: the files beside it, what it is before it is used, and whether it is sound.
//!
//! Looking writes nothing: it does not even move the log of a database that was not closed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::store::engine::schema::{Applied, State, judge};
use crate::store::engine::{dialect, migrations};
use crate::store::{Error, Result};

/// What every SQLite database begins with.
const HEADER: &[u8; 16] = b"SQLite format 3\0";
/// The most complaints of one check that are told.
const MOST: i64 = 10;

/// A SQLite database's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFile(PathBuf);

impl DatabaseFile {
    /// The file that `url` names, if it names one.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        if !url.starts_with("sqlite:") {
            return None;
        }
        SqliteConnectOptions::from_str(url).ok().map(|options| DatabaseFile(options.get_filename().to_owned()))
    }

    /// The file at `path`.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        DatabaseFile(path.to_owned())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The file beside it whose name ends in `suffix`, such as `-wal`.
    #[must_use]
    pub fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(&self.0);
        name.push(suffix);
        name.into()
    }

    /// Where a restored database grows before it takes its place. While it stands there the restore is not finished.
    #[must_use]
    pub fn restoring(&self) -> PathBuf {
        self.beside(".restoring")
    }

    /// Whether its last user did not close it: its log holds what is not yet in the file itself.
    #[must_use]
    pub fn was_left_open(&self) -> bool {
        fs::metadata(self.beside("-wal")).is_ok_and(|log| log.len() > 0)
    }

    /// What it is.
    ///
    /// # Errors
    /// [`Error::Refused`] if it cannot be read, or a restore was cut off; says what, where and the remedy.
    pub async fn state(&self) -> Result<State> {
        if let Some(unfinished) = self.unfinished() {
            return Err(Error::Refused(unfinished));
        }
        if let Some(state) = self.without_sqlite()? {
            return Ok(state);
        }
        let mut connection = self.read_only().await?;
        let state = schema(&mut connection).await.map_err(|error| self.trouble(error));
        // Nothing was written, so there is nothing that closing could fail to keep.
        let _ = connection.close().await;
        state
    }

    /// What a restore that was cut off leaves to do, if there was one.
    fn unfinished(&self) -> Option<String> {
        let growing = self.restoring();
        growing.exists().then(|| {
            format!(
                "a restore of {} was cut off ({} is there): run `switchboard restore FILE` again; it begins anew",
                self.0.display(),
                growing.display()
            )
        })
    }

    /// What can be said without opening it as a database.
    fn without_sqlite(&self) -> Result<Option<State>> {
        let mut head = [0; 16];
        let read = File::open(&self.0).and_then(|mut file| {
            if file.metadata()?.is_dir() {
                return Err(ErrorKind::IsADirectory.into());
            }
            let mut length = 0;
            while length < head.len() {
                match file.read(&mut head[length..])? {
                    0 => break,
                    more => length += more,
                }
            }
            Ok(length)
        });
        match read {
            Ok(0) => Ok(Some(State::Empty)),
            Ok(length) if head[..length] == HEADER[..] => Ok(None),
            Ok(_) => Ok(Some(State::Foreign("it is no SQLite database (or it is encrypted or damaged)".to_owned()))),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.folder()?;
                Ok(Some(State::Missing))
            }
            Err(error) => Err(Error::Refused(self.unreadable(&error))),
        }
    }

    fn folder(&self) -> Result<()> {
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        match folder {
            Some(folder) if !folder.is_dir() => Err(Error::Refused(format!(
                "the folder {} of DATABASE_URL does not exist: make it, or mend DATABASE_URL",
                folder.display()
            ))),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// [`Error::Refused`] if the file is found by other names (hard links), too: each has a log of its own beside it, and who
    /// opens it by one does not see what stands in another's.
    #[cfg(unix)]
    pub(in crate::store) fn has_one_name(&self) -> Result<()> {
        use std::os::unix::fs::MetadataExt;
        let names = fs::metadata(&self.0).map_or(1, |found| if found.is_file() { found.nlink() } else { 1 });
        if names <= 1 {
            return Ok(());
        }
        let path = self.0.display();
        Err(Error::Refused(format!(
            "{path} is a file with {names} names (hard links), and whoever opens it by another one damages it: stop whoever uses \
             it, keep the name beside which a file with -wal at its end stands, and remove the others"
        )))
    }

    #[cfg(not(unix))]
    pub(in crate::store) fn has_one_name(&self) -> Result<()> {
        Ok(())
    }

    fn unreadable(&self, error: &std::io::Error) -> String {
        let path = self.0.display();
        match error.kind() {
            ErrorKind::IsADirectory => {
                format!(
                    "{path} is a folder and no database: let DATABASE_URL name a file, such as sqlite:{path}/support.db"
                )
            }
            _ => format!("{path} cannot be read ({error}): see whether this user may read and write it and its folder"),
        }
    }

    async fn read_only(&self) -> Result<SqliteConnection> {
        let options = SqliteConnectOptions::new()
            .filename(&self.0)
            .read_only(true)
            .busy_timeout(Duration::from_secs(10))
            .disable_statement_logging();
        options.connect().await.map_err(|error| self.trouble(error))
    }

    /// What is wrong with its pages and indexes, at most ten complaints; none if it is sound. Reads all of it.
    ///
    /// # Errors
    /// [`Error::Refused`] if it cannot be read at all.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let mut connection = self.read_only().await?;
        let found: sqlx::Result<Vec<String>> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("PRAGMA quick_check({MOST})")))
                .fetch_all(&mut connection)
                .await;
        let _ = connection.close().await;
        match found {
            Ok(found) => Ok(found.into_iter().filter(|told| told != "ok").collect()),
            Err(error) => match dialect::primary_code(&error) {
                // Damage that keeps it from being read to the end is what was asked about.
                Some(11 | 26) => Ok(vec![dialect::said(&error)]),
                _ => Err(self.trouble(error)),
            },
        }
    }

    /// The same failure to open it, in words.
    pub(in crate::store) fn trouble(&self, error: sqlx::Error) -> Error {
        let path = self.0.display();
        let said = dialect::said(&error);
        Error::Refused(match dialect::primary_code(&error) {
            Some(5 | 6) => format!("{path} is held by another program ({said}): end that one, and start again"),
            Some(8) => {
                format!("{path} may not be written ({said}): give this user the right to write it and its folder")
            }
            Some(11) => {
                format!("{path} is damaged ({said}): stop `serve` and put a backup back by `switchboard restore FILE`")
            }
            Some(13) => format!("there is no room for {path} ({said}): make room on its disk"),
            Some(14) => {
                format!("{path} cannot be opened ({said}): see whether this user may read and write it and its folder")
            }
            Some(26) => {
                return Error::Refused(
                    State::Foreign("it is no SQLite database (or it is encrypted or damaged)".to_owned())
                        .never(&path.to_string())
                        .unwrap_or(said),
                );
            }
            Some(_) => format!("{path} cannot be used: {said}"),
            None => return error.into(),
        })
    }
}

/// What the schema behind `connection` is.
async fn schema(connection: &mut SqliteConnection) -> sqlx::Result<State> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'").fetch_all(&mut *connection).await?;
    let (lists, others): (Vec<&String>, Vec<&String>) = tables.iter().partition(|name| *name == "_sqlx_migrations");
    if lists.is_empty() {
        return Ok(judge(None, !others.is_empty(), &migrations::sqlite()));
    }
    let rows: Vec<(i64, Vec<u8>, bool)> =
        sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations").fetch_all(&mut *connection).await?;
    let applied = rows.into_iter().map(|(version, checksum, success)| Applied { version, checksum, success });
    Ok(judge(Some(applied.collect()), !others.is_empty(), &migrations::sqlite()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_database_has_its_name() {
        let file = DatabaseFile::of("sqlite:data/support.db").unwrap();
        assert_eq!(file.beside("-wal"), Path::new("data/support.db-wal"));
        assert_eq!(file.restoring(), Path::new("data/support.db.restoring"));
        assert_eq!(
            DatabaseFile::of("sqlite:///var/lib/support.db?mode=rwc").unwrap().path(),
            Path::new("/var/lib/support.db")
        );
        assert_eq!(DatabaseFile::of("postgres://localhost/support"), None);
    }

    #[tokio::test]
    async fn what_is_no_database_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| DatabaseFile::at(&folder.path().join(name));
        assert_eq!(at("missing.db").state().await.unwrap(), State::Missing);
        std::fs::write(at("empty.db").path(), b"").unwrap();
        assert_eq!(at("empty.db").state().await.unwrap(), State::Empty);
        std::fs::write(at("letter.txt").path(), b"Dear Sir or Madam").unwrap();
        assert!(matches!(at("letter.txt").state().await.unwrap(), State::Foreign(what) if what.contains("no SQLite")));
        let said = DatabaseFile::at(folder.path()).state().await.unwrap_err().to_string();
        assert!(said.contains("is a folder and no database"), "{said}");
        let said = at("nowhere/support.db").state().await.unwrap_err().to_string();
        assert!(said.contains("nowhere of DATABASE_URL does not exist"), "{said}");
        std::fs::write(at("cut.db").restoring(), b"half").unwrap();
        let said = at("cut.db").state().await.unwrap_err().to_string();
        assert!(said.contains("was cut off"), "{said}");
    }
}
