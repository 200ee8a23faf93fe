//! `backup FILE`: copies the database while it is served, checks the copy, and lets only its owner read it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failed, Here, Outcome, out};
use crate::desk::upkeep::copies;
use crate::store;
use crate::store::copies::backup;
use crate::store::engine::sqlite::file::DatabaseFile;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Where the copy is written
    file: PathBuf,
    /// Replace FILE if it exists, once the copy is complete
    #[arg(long)]
    overwrite: bool,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let file = options.file.display();
    let Some(database) = DatabaseFile::of(&here.settings.database_url) else {
        return Err(Failed::new(format!(
            "the database is {}, which PostgreSQL's own programs copy: `pg_dump --format=custom --file={file} \
             \"$DATABASE_URL\"` takes a copy while it is served, and `pg_restore --list {file}` shows that it can be read. \
             Nothing was copied. docs/OPERATIONS.md, \"Backups\", has the whole recipe",
            here.database()
        )));
    };
    let held = backup::backup(&database, &options.file, options.overwrite).await?;
    out::line(format_args!("{file}: {}", told(&held)));
    // A copy is worth more than its trace: on a full disk, or before an upgrade, it is there all the same.
    if let Err(why) = write_down(here, &held).await {
        out::remark(format_args!("The audit does not tell of this copy: {why}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Has the audit of the database tell that a copy of it was taken.
async fn write_down(here: &Here, held: &backup::Held) -> store::Result<()> {
    let store = here.opened_as_it_is().await?;
    let written = copies::taken(&store, held, here.clock.now()).await;
    store.close().await;
    written
}

/// What a copy holds, in words.
pub(super) fn told(held: &backup::Held) -> String {
    let newest = held.newest.map(|at| format!(", the newest of {at}")).unwrap_or_default();
    let whose = held.account.as_deref().map(|account| format!(", of {}", super::serve::carrier::name(account)));
    format!("sound; {} messages{newest}{}", held.messages, whose.unwrap_or_default())
}
