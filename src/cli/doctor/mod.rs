//! `doctor`: says what is missing, in the order in which it is best mended, each with the fix.
//! Looks at everything and mends one thing: numbers whose sending was paused send again once the carrier is content.

use std::process::ExitCode;

use super::{Failed, Here, Outcome, out};
use crate::config::CarrierSettings;
use crate::store::Store;

mod carrier;
mod database;
mod outbox;
mod report;

use report::Report;

pub(super) async fn run(here: &Here) -> Outcome {
    let mut report = Report::default();
    match here.store().await {
        Ok(store) => {
            report.good("database", "it answers, its settings are safe and its schema is up to date");
            let examined = examine(here, &store, &mut report).await;
            store.close().await;
            examined?;
        }
        Err(failed) => report.missing("database", &failed.to_string(), "mend it and run doctor again for the rest"),
    }
    out::line(report.verdict());
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(here: &Here, store: &Store, report: &mut Report) -> Result<(), Failed> {
    proxies(here, report);
    if let CarrierSettings::Twilio(twilio) = &here.settings.carrier {
        twilio.oddities().iter().for_each(|odd| report.note("credentials", odd));
    }
    let numbers = database::examine(here, store, report).await?;
    let content = carrier::examine(here, store, &numbers, report).await?;
    outbox::examine(here, store, &numbers, content, report).await
}

/// Requests cannot be seen from here, so this is judged by the settings.
fn proxies(here: &Here, report: &mut Report) {
    match here.settings.missing_proxies() {
        Some((found, fix)) => report.missing("proxies", &found, &fix),
        None if here.settings.policies.proxies.is_empty() => {}
        None => report.good("proxies", &format!("X-Forwarded-For counts from {}", here.settings.policies.proxies)),
    }
}
