//! `restore FILE`: puts a copy in the place of the database while nobody serves it, and keeps the old database beside
//! it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::backup::told;
use super::serve::lock;
use super::{Failed, Here, Outcome, out};
use crate::desk::commands;
use crate::store::copies::restore;
use crate::store::engine::sqlite::file::DatabaseFile;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// A copy that `switchboard backup` has made
    file: PathBuf,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let file = options.file.display();
    let Some(database) = DatabaseFile::of(&here.settings.database_url) else {
        return Err(Failed::new(format!(
            "the database is {}, into which PostgreSQL's own programs put a copy: stop every `serve`, make an empty database \
             (`createdb NEW`), run `pg_restore --exit-on-error --no-owner --dbname=NEW {file}`, and let DATABASE_URL name it. \
             Nothing was changed. docs/OPERATIONS.md, \"Backups\", has the whole recipe",
            here.database()
        )));
    };
    // Held until the new database has its name: nobody can begin to serve the old one meanwhile.
    let lock = lock::take(&here.settings.database_url)?;
    let now = here.clock.now();
    let stamp = now.utc().map(|now| now.format("%Y%m%dT%H%M%SZ").to_string()).unwrap_or_default();
    let restored = restore::restore(&database, &options.file, &stamp, (commands::ids().next(now), now)).await;
    drop(lock);
    let restored = restored?;
    out::line(format_args!("{} is {file} now: {}", here.database(), told(&restored.held)));
    if let Some(kept) = &restored.kept {
        out::line(format_args!("What stood there is kept as {}, with its log if it had one.", kept.display()));
    }
    out::line(
        "Next: whoever was disabled since the copy may come in again, so disable them first (`switchboard apply FILE` with \
         disabled = true). Then start `switchboard serve`. It asks the carrier what came and what was sent since the copy: \
         missed texts are taken in, and whatever waits is looked up before it is sent again.",
    );
    if !restored.told {
        out::remark(
            "The copy is of a version that wrote down nothing of what commands do: its audit does not tell of this restore.",
        );
    }
    if restored.older {
        out::line("The copy is older than this program; `serve` brings it up to date.");
    }
    Ok(ExitCode::SUCCESS)
}
