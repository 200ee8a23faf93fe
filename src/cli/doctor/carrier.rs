//! What the carrier says: credentials, our numbers there, and where it posts their texts.

use super::report::Report;
use crate::app::INBOUND_HOOK;
use crate::carrier::{Carrier, OwnedNumber, Unanswered};
use crate::cli::serve::carrier::twilio;
use crate::cli::{Failed, Here};
use crate::config::address::WebAddress;
use crate::config::{CarrierSettings, TwilioSettings};
use crate::desk::identity;
use crate::store::Store;
use crate::store::numbers::Number;

/// Have the carrier try again for 15 seconds, whatever went wrong: by itself it tries once.
const TRY_AGAIN: &str = "#rc=3&rp=all&rt=4000";

/// Examines it; whether numbers that were paused may send again.
pub(super) async fn examine(
    here: &Here,
    store: &Store,
    numbers: &[Number],
    report: &mut Report,
) -> Result<bool, Failed> {
    let CarrierSettings::Twilio(settings) = &here.settings.carrier else {
        report.good("carrier", "the simulator, inside `serve`; no text leaves this machine");
        return Ok(true);
    };
    let hook = hook(here, settings, report);
    if identity::claimed(store).await?.is_some_and(|account| account != settings.account) {
        report.note("carrier", "not asked, because the database belongs to another account");
        return Ok(false);
    }
    let timeout = here.settings.policies.delivery.request_timeout;
    let owned = match twilio(settings, timeout)?.numbers().await {
        Ok(owned) => owned,
        Err(Unanswered::Credentials(why)) => {
            let fix = "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as the console shows them";
            report.missing("carrier", &format!("it refuses the credentials ({why})"), fix);
            return Ok(false);
        }
        Err(Unanswered::Unavailable(why)) => {
            let fix = format!("see whether this machine reaches {}", settings.api_base);
            report.missing("carrier", &format!("it cannot be asked ({why})"), &fix);
            return Ok(false);
        }
    };
    report.good("carrier", &format!("it takes the credentials and rents {} numbers to this account", owned.len()));
    let mut content = true;
    for number in numbers {
        content &= examine_number(number, owned.iter().find(|there| there.number == number.number), &hook, report);
    }
    for stranger in owned.iter().filter(|there| numbers.iter().all(|ours| ours.number != there.number)) {
        let found = "rented, but neither line nor mask here; add it to the set-up file, or leave it be";
        report.note(&format!("number {}", stranger.number), found);
    }
    Ok(content)
}

/// Where inbound texts must be posted.
fn hook(here: &Here, settings: &TwilioSettings, report: &mut Report) -> String {
    let base = here.settings.public_url_at(here.settings.port);
    let local = here.settings.public_url.as_ref().is_none_or(WebAddress::is_local);
    if local && !settings.api_base.is_local() {
        let fix = "set SWITCHBOARD_PUBLIC_URL to the https address that leads here, such as https://texts.example.com";
        report.missing("public address", &format!("{base} leads to this machine only; no carrier reaches it"), fix);
    } else {
        report.good("public address", &base);
    }
    format!("{base}{INBOUND_HOOK}")
}

fn examine_number(ours: &Number, there: Option<&OwnedNumber>, hook: &str, report: &mut Report) -> bool {
    let what = format!("{} {}", if ours.is_line { "line" } else { "mask" }, ours.number);
    let Some(there) = there else {
        report.missing(&what, "the account does not rent it", "rent it at the carrier, or take it out of service");
        return false;
    };
    if !there.texts {
        report.missing(&what, "it cannot text", "rent a number that can, and use that one");
        return false;
    }
    if let Some(application) = &there.overridden_by {
        let fix = format!("take the application off the number; then set its webhook to {hook}{TRY_AGAIN}");
        report.missing(&what, &format!("the application {application} overrides its webhook"), &fix);
        return true;
    }
    let (posted, settings) = there.inbound_url.split_once('#').unwrap_or((&there.inbound_url, ""));
    if posted != hook {
        let found = match posted {
            "" => "it posts inbound texts nowhere".to_owned(),
            other => format!("it posts inbound texts to {other}"),
        };
        let fix = format!("set \"A message comes in\" to a webhook by HTTP POST, exactly {hook}{TRY_AGAIN}");
        report.missing(&what, &found, &fix);
    } else if settings.is_empty() {
        let found = format!("its webhook is right, but tried only once; {hook}{TRY_AGAIN} bridges a restart");
        report.note(&what, &found);
    } else {
        report.good(&what, "rented, and its webhook leads here");
    }
    true
}
