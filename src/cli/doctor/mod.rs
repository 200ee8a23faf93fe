//! `doctor`: says what is missing, in the order in which to fix it, each with the fix.
//!
//! It changes one thing only: it ends the pause of a number with which the carrier finds nothing wrong. It makes no
//! database and changes no schema.
//!
//! It exits with 0 if nothing is missing, with 1 if something is, and with 2 if it found nothing but could not look at
//! something.

use std::process::ExitCode;

use super::{Failed, Here, Outcome, out};
use crate::config::{CarrierSettings, TwilioSettings};
use crate::store::Store;
use crate::wire::twilio::signing_keys::Allowed;

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
    proxies(here, report);
    if let CarrierSettings::Twilio(twilio) = &here.settings.carrier {
        twilio.oddities().iter().for_each(|odd| report.note("credentials", odd));
        signatures(twilio, report);
    }
    let numbers = match store {
        Some(store) => database::examine(here, store, report).await?,
        None => Vec::new(),
    };
    public::examine(here, store, report).await;
    let fit = carrier::examine(here, store, &numbers, report).await?;
    match store {
        Some(store) => outbox::examine(here, store, &numbers, fit.as_deref(), report).await,
        None => Ok(()),
    }
}

/// Which webhooks are accepted, where the operator has shared keys.
fn signatures(twilio: &TwilioSettings, report: &mut Report) {
    let ids: Vec<&str> = twilio.shared_keys.iter().map(|key| key.id.as_str()).collect();
    let ids = ids.join(", ");
    match twilio.signatures {
        Allowed::Any if ids.is_empty() => {}
        Allowed::Any => {
            let found = format!(
                "webhooks are accepted with a shared key ({ids}), and still with the auth token and SHA-1: set \
                 TWILIO_SIGNATURES=sha256 once the carrier signs all of them with the shared key and SHA-256"
            );
            report.note("signatures", &found);
        }
        Allowed::SharedKey => {
            report.good("signatures", &format!("webhooks are accepted with a shared key only ({ids})"));
        }
        Allowed::Sha256 => {
            report.good("signatures", &format!("webhooks are accepted with a shared key and SHA-256 only ({ids})"));
        }
    }
}

/// Requests cannot be seen from here, so this is judged by the settings.
fn proxies(here: &Here, report: &mut Report) {
    match here.settings.missing_proxies() {
        Some((found, fix)) => report.missing("proxies", &found, &fix),
        None if here.settings.policies.proxies.is_empty() => {}
        None => report.good("proxies", &format!("X-Forwarded-For counts from {}", here.settings.policies.proxies)),
    }
}
