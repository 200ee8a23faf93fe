//! `migrate`: brings the schema up to date and ends; for whoever may change it, where those who serve may not.

use std::process::ExitCode;

use super::database::New;
use super::{Here, Outcome, out};

pub(super) async fn run(here: &Here, new: New) -> Outcome {
    let store = here.store_brought_up_to_date(new).await?;
    store.close().await;
    out::line("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
