//! What the carrier says: credentials, our numbers there, and where it posts their texts.

use super::report::Report;
use crate::app::INBOUND_HOOK;
use crate::carrier::{Carrier, OwnedNumber, Unanswered};
use crate::cli::serve::carrier::twilio;
use crate::cli::{Failed, Here};
use crate::config::CarrierSettings;
use crate::desk::upkeep::identity;
use crate::domain::ids::NumberId;
use crate::domain::time::offset;
use crate::store::Store;
use crate::store::routing::numbers::Number;
use crate::wire::twilio::webhook::{TRY_AGAIN, lacks, split};

/// Examines it; which numbers may send as far as the carrier says, or `None` where it does not say.
pub(super) async fn examine(
    here: &Here,
    store: Option<&Store>,
    numbers: &[Number],
    report: &mut Report,
) -> Result<Option<Vec<NumberId>>, Failed> {
    let CarrierSettings::Twilio(settings) = &here.settings.carrier else {
        report.good("carrier", "the simulator, inside `serve`; no text leaves this machine");
        return Ok(Some(numbers.iter().map(|number| number.id).collect()));
    };
    let hook = hook(here, report);
    let claimed = match store {
        Some(store) => identity::claimed(store).await?,
        None => None,
    };
    if claimed.is_some_and(|account| account != settings.account) {
        report.note("carrier", "not asked, because the database belongs to another account");
        return Ok(None);
    }
    let timeout = here.settings.policies.delivery.request_timeout;
    let carrier = twilio(settings, timeout, &here.clock)?;
    let owned = match carrier.numbers().await {
        Ok(owned) => owned,
        Err(Unanswered::Credentials(why)) => {
            let fix = "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as the console shows them";
            report.missing("carrier", &format!("it refuses the credentials ({why})"), fix);
            return Ok(None);
        }
        Err(Unanswered::Unavailable(why)) => {
            let fix = format!("see whether this machine reaches {}", settings.api_base);
            report.unseen("carrier", &format!("it cannot be asked ({why})"), &fix);
            return Ok(None);
        }
    };
    clocks(carrier.ahead(), report);
    report.good("carrier", &format!("it takes the credentials and rents {} numbers to this account", owned.len()));
    let mut fit = Vec::new();
    for number in numbers {
        let there = owned.iter().find(|there| there.number == number.number);
        if examine_number(number, there, &hook, report) {
            fit.push(number.id);
        }
    }
    for stranger in owned.iter().filter(|there| numbers.iter().all(|ours| ours.number != there.number)) {
        let found = "rented, but neither line nor mask here; add it to the set-up file, or leave it be";
        report.note(&format!("number {}", stranger.number), found);
    }
    Ok(Some(fit))
}

/// How far this machine's clock is from the carrier's, which is `ahead` by so many microseconds.
fn clocks(ahead: Option<i64>, report: &mut Report) {
    match ahead {
        None => {
            let found = "its answers have no date, so nobody knows how far the clocks are apart: a text in doubt is sent again \
                         only if nothing like it is listed";
            report.note("carrier's clock", found);
        }
        Some(ahead) if offset::is_told(ahead) => {
            let fix =
                "have the machine's clock set by the network (NTP); until then instants are compared by the difference";
            report.missing("carrier's clock", &format!("ours is {} it", offset::worded(ahead)), fix);
        }
        Some(_) => report.good("carrier's clock", "ours agrees with it"),
    }
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
