//! `migrate`: brings the schema up to date and ends. The user of the database who runs it may change the schema; the
//! user who serves need not.

use std::process::ExitCode;

use super::database::New;
use super::serve::lock;
use super::{Here, Outcome, out};

pub(super) async fn run(here: &Here, new: New) -> Outcome {
    // A `serve` of the program before would go on with a schema that it does not know. On PostgreSQL the store sees to that.
    let _lock = if here.has_older_file().await? { Some(lock::take(&here.settings.database_url)?) } else { None };
    let store = here.store_brought_up_to_date(new).await?;
    store.close().await;
    out::line("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
