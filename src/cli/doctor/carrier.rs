//! What the carrier says: credentials, our numbers there, and where it posts their texts.

use super::report::Report;
use crate::app::INBOUND_HOOK;
use crate::carrier::{Carrier, OwnedNumber, Unanswered};
use crate::cli::serve::carrier::twilio;
use crate::cli::{Failed, Here};
use crate::config::CarrierSettings;
use crate::desk::identity;
use crate::store::Store;
use crate::store::numbers::Number;
use crate::wire::twilio::webhook::{TRY_AGAIN, lacks, split};

/// Examines it; whether numbers that were paused may send again.
pub(super) async fn examine(
    here: &Here,
    store: Option<&Store>,
    numbers: &[Number],
    report: &mut Report,
) -> Result<bool, Failed> {
    let CarrierSettings::Twilio(settings) = &here.settings.carrier else {
        report.good("carrier", "the simulator, inside `serve`; no text leaves this machine");
        return Ok(true);
    };
    let hook = hook(here, report);
    let claimed = match store {
        Some(store) => identity::claimed(store).await?,
        None => None,
    };
    if claimed.is_some_and(|account| account != settings.account) {
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
            report.unseen("carrier", &format!("it cannot be asked ({why})"), &fix);
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
fn hook(here: &Here, report: &mut Report) -> String {
    let hook = format!("{}{INBOUND_HOOK}", here.settings.public_url_at(here.settings.port));
    let found =
        format!("set on every number, by HTTP POST, as the webhook and as its fallback, exactly {hook}{TRY_AGAIN}");
    report.good("webhook", &found);
    hook
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
    examine_webhook(&what, there, hook, report);
    examine_fallback(&what, there, hook, report);
    true
}

/// Whether the carrier asks by GET, which nothing here answers: a text is in the body of a POST.
fn is_get(method: &str) -> bool {
    !method.is_empty() && !method.eq_ignore_ascii_case("POST")
}

fn examine_webhook(what: &str, there: &OwnedNumber, hook: &str, report: &mut Report) {
    let (posted, settings) = split(&there.inbound_url);
    if posted != hook {
        let found = match posted {
            "" => "it posts inbound texts nowhere".to_owned(),
            other => format!("it posts inbound texts to {other}"),
        };
        let fix = format!("set \"A message comes in\" to a webhook by HTTP POST, exactly {hook}{TRY_AGAIN}");
        return report.missing(what, &found, &fix);
    }
    if is_get(&there.inbound_method) {
        let method = there.inbound_method.to_uppercase();
        let found = format!("its webhook is asked by HTTP {method}, which is refused, so that no text comes in by it");
        return report.missing(
            what,
            &found,
            &format!("set the method of \"A message comes in\" to HTTP POST; {hook} is right"),
        );
    }
    let lacks = lacks(settings);
    if settings.is_empty() {
        let found = format!("its webhook is right, but tried only once; {hook}{TRY_AGAIN} bridges a restart");
        report.note(what, &found);
    } else if lacks.is_empty() {
        report.good(what, "rented, and its webhook leads here");
    } else {
        let found = format!("its webhook is right, but {}; set it to {hook}{TRY_AGAIN}", lacks.join("; "));
        report.note(what, &found);
    }
}

/// The same address is the best fallback: a second post of a text that is known changes nothing.
fn examine_fallback(what: &str, there: &OwnedNumber, hook: &str, report: &mut Report) {
    let what = format!("{what}, fallback");
    match split(&there.fallback_url) {
        (posted, _) if posted == hook && is_get(&there.fallback_method) => {
            let found = format!("it is asked by HTTP {}, which is refused", there.fallback_method.to_uppercase());
            report.missing(&what, &found, "set the method of the fallback to HTTP POST");
        }
        ("", _) => {
            let found =
                format!("it has none; with {hook}{TRY_AGAIN} a text gets a second chance, and none comes twice");
            report.note(&what, &found);
        }
        (posted, settings) if posted == hook => {
            let lacks = lacks(settings);
            if lacks.is_empty() {
                report.good(&what, "leads here");
            } else {
                report.note(&what, &format!("it is right, but {}; set it to {hook}{TRY_AGAIN}", lacks.join("; ")));
            }
        }
        (other, _) => {
            let found =
                format!("it leads to {other}: texts posted there come in here only when the carrier's list is read");
            report.note(&what, &format!("{found}; set it to {hook}{TRY_AGAIN}"));
        }
    }
}
