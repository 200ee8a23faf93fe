//! `doctor`: says what is missing, in the order in which it is best mended, each with the fix.
//! Looks at everything and mends one thing: numbers whose sending was paused send again once the carrier is content. It makes
//! no database and changes no schema.
//!
//! It ends with 0 if nothing is missing, with 1 if something is, and with 2 if nothing was found and something could not be
//! looked at.

use std::process::ExitCode;

use super::{Failed, Here, Outcome, out};
use crate::store::Store;

mod carrier;
mod database;
mod outbox;
mod public;
mod report;
mod soundness;

use report::Report;

pub(super) async fn run(here: &Here) -> Outcome {
    let mut report = Report::default();
    let store = soundness::examine(here, &mut report).await;
    if let Err(failed) = examine(here, store.as_ref(), &mut report).await {
        report.unseen("the rest", &failed.to_string(), "mend that and run doctor again");
    }
    if let Some(store) = store {
        store.close().await;
    }
    out::line(report.verdict());
    Ok(ExitCode::from(report.code()))
}

async fn examine(here: &Here, store: Option<&Store>, report: &mut Report) -> Result<(), Failed> {
    let numbers = match store {
        Some(store) => database::examine(here, store, report).await?,
        None => Vec::new(),
    };
    public::examine(here, store, report).await;
    let content = carrier::examine(here, store, &numbers, report).await?;
    match store {
        Some(store) => outbox::examine(here, store, &numbers, content, report).await,
        None => Ok(()),
    }
}
