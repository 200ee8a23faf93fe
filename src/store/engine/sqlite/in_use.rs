//! Notices that the files of an open SQLite database are deleted or replaced: what is written after that is lost, and
//! the program must not acknowledge it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::file::DatabaseFile;
use crate::store::{Error, Result};

/// Where what is written goes.
#[derive(Debug)]
pub(in crate::store) struct Place {
    held: InUse,
    /// The process ends with it.
    vital: Arc<AtomicBool>,
}

impl Place {
    /// That of `file`, which has just been opened. `vital`: the process ends with it.
    pub(in crate::store) fn of(file: &DatabaseFile, vital: Arc<AtomicBool>) -> Self {
        Place { held: InUse::of(file), vital }
    }

    /// Whether what was written is where the next process looks for it.
    pub(in crate::store) fn check(&mut self) -> Result<()> {
        let Some(path) = self.held.lost() else { return Ok(()) };
        let path = path.display();
        if self.vital.load(Ordering::Relaxed) {
            tracing::error!("{path} was taken away or replaced while it was open: nothing more can be kept; stopping");
            std::process::exit(70);
        }
        Err(Error::Refused(format!("{path} was taken away or replaced while it was open: open the database again")))
    }
}

/// The files that a database was opened by. While they are open, somebody may take them away and put others in their place:
/// what is written then is written where nobody will find it.
#[derive(Debug)]
struct InUse {
    files: [PathBuf; 3],
    /// Which file of its name, once it is there: SQLite makes the log and its index when it first needs them.
    known: [Option<Inode>; 3],
}

/// What the system knows a file by: its device, and its number there.
type Inode = (u64, u64);

impl InUse {
    /// Those of `file`, which has just been opened.
    fn of(file: &DatabaseFile) -> Self {
        let mut held = InUse { files: ["", "-wal", "-shm"].map(|suffix| file.beside(suffix)), known: [None; 3] };
        // Those that are there are known from now on.
        let _ = held.lost();
        held
    }

    /// The first of them that is not the file that was opened; none if all are.
    fn lost(&mut self) -> Option<&Path> {
        for (path, known) in self.files.iter().zip(&mut self.known) {
            let found = inode(path);
            match known {
                None => *known = found,
                Some(_) if *known != found => return Some(path),
                Some(_) => {}
            }
        }
        None
    }
}

#[cfg(unix)]
fn inode(path: &Path) -> Option<Inode> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Elsewhere a file that is open can be neither deleted nor replaced.
#[cfg(not(unix))]
fn inode(_: &Path) -> Option<Inode> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_taken_away_or_replaced_is_missed_and_one_that_comes_later_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = DatabaseFile::at(&folder.path().join("support.db"));
        std::fs::write(file.path(), b"one").unwrap();
        let mut held = InUse::of(&file);
        assert_eq!(held.lost(), None);
        let log = file.beside("-wal");
        std::fs::write(&log, b"log").unwrap();
        assert_eq!(held.lost(), None, "it is made when it is needed");
        assert!(file.was_left_open());
        std::fs::remove_file(&log).unwrap();
        assert_eq!(held.lost(), Some(&*log));
        std::fs::write(&log, b"").unwrap();
        let mut held = InUse::of(&file);
        std::fs::write(file.beside(".other"), b"two").unwrap();
        std::fs::rename(file.beside(".other"), file.path()).unwrap();
        assert_eq!(held.lost(), Some(file.path()));
        let mut held = InUse::of(&file);
        std::fs::remove_file(file.path()).unwrap();
        assert_eq!(held.lost(), Some(file.path()));
        assert!(!file.was_left_open());
    }
}
