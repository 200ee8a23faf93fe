//! Only their owner may read the files of a SQLite database: they contain everybody's texts and numbers, and the
//! secrets of endpoints. SQLite gives `-wal` and `-shm` the mode of the database, so the program makes the database
//! file before SQLite does.

use std::fs::{self, OpenOptions};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::file::DatabaseFile;

/// Read and written by the owner.
const OWNER_ONLY: u32 = 0o600;

/// The file of `sqlite:PATH`, as the driver reads it; none of another database, or of one in memory.
#[must_use]
pub fn database_file(url: &str) -> Option<PathBuf> {
    let file = DatabaseFile::of(url).filter(|_| !url.contains(":memory:"))?;
    Some(file.path().to_owned()).filter(|path| !path.as_os_str().is_empty())
}

/// Opens a file to write, and makes it for its owner alone if there is none, whatever the umask.
///
/// # Errors
/// What the system said.
pub fn open(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    options.mode(OWNER_ONLY);
    options.open(path)
}

/// Makes an empty file for its owner alone, unless there is one.
///
/// # Errors
/// What the system said.
pub fn create(path: &Path) -> io::Result<()> {
    if path.exists() { Ok(()) } else { open(path).map(drop) }
}

/// The files of a database that others may read or write, each with its mode: it, its log, its index and its lock.
#[must_use]
pub fn wide(database: &Path) -> Vec<(PathBuf, u32)> {
    let database = DatabaseFile::at(database);
    let files = ["", "-wal", "-shm", "-journal", ".lock"].map(|ending| database.beside(ending));
    files.into_iter().filter_map(|path| mode(&path).filter(|mode| mode & 0o077 != 0).map(|mode| (path, mode))).collect()
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|found| found.permissions().mode() & 0o777)
}

/// Who may read a file is told otherwise elsewhere.
#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}

/// Takes the files of a database away from everybody but their owner; returns those that could not be.
#[must_use]
pub fn tighten(database: &Path) -> Vec<(PathBuf, io::Error)> {
    let narrow = |path: &Path| -> io::Result<()> {
        #[cfg(unix)]
        fs::set_permissions(path, fs::Permissions::from_mode(OWNER_ONLY))?;
        #[cfg(not(unix))]
        let _ = path;
        Ok(())
    };
    wide(database).into_iter().filter_map(|(path, _)| narrow(&path).err().map(|error| (path, error))).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_an_address_is_found() {
        assert_eq!(database_file("sqlite:data/support.db"), Some("data/support.db".into()));
        assert_eq!(database_file("sqlite:///var/lib/support.db?mode=rwc"), Some("/var/lib/support.db".into()));
        assert_eq!(database_file("sqlite:my%20support.db"), Some("my support.db".into()));
        assert_eq!(database_file("sqlite:my support.db"), Some("my support.db".into()));
        assert_eq!(database_file("sqlite::memory:"), None);
        assert_eq!(database_file("sqlite:"), None);
        assert_eq!(database_file("postgres://localhost/support"), None);
    }

    #[test]
    fn what_others_may_read_is_named_and_taken_from_them() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("support.db");
        create(&database).unwrap();
        assert_eq!(mode(&database), Some(0o600));
        assert!(wide(&database).is_empty());
        let log = dir.path().join("support.db-wal");
        fs::write(&log, "x").unwrap();
        for (path, wider) in [(&database, 0o644), (&log, 0o640)] {
            fs::set_permissions(path, fs::Permissions::from_mode(wider)).unwrap();
        }
        assert_eq!(wide(&database), [(database.clone(), 0o644), (log.clone(), 0o640)]);
        assert!(tighten(&database).is_empty());
        assert_eq!((mode(&database), mode(&log)), (Some(0o600), Some(0o600)));
        create(&database).unwrap();
        assert_eq!(fs::read(&log).unwrap(), b"x");
    }
}
