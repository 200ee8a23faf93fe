//! What waits: paused numbers, texts in doubt, and rejected webhooks.

use super::report::Report;
use crate::cli::{Failed, Here};
use crate::desk::upkeep::identity;
use crate::desk::upkeep::tallies::{MISSED_TEXTS, STRANGE_TEXTS, WEBHOOK_REJECTED};
use crate::domain::ids::NumberId;
use crate::domain::numbers::phone::masked;
use crate::domain::outbox::delivery::State;
use crate::domain::outbox::fitness::next_probe;
use crate::store::Store;
use crate::store::outbox::fitness;
use crate::store::routing::numbers::Number;
use crate::store::upkeep::checkup::{self, Open};
use crate::store::upkeep::tallies;

/// The most texts in doubt that are listed.
const MOST: i64 = 50;

/// Examines it; lets those paused numbers send again that the carrier says are `fit`, if it says anything.
pub(super) async fn examine(
    here: &Here,
    store: &Store,
    numbers: &[Number],
    fit: Option<&[NumberId]>,
    report: &mut Report,
) -> Result<(), Failed> {
    paused(here, store, numbers, fit, report).await?;
    let mut tx = store.read().await?;
    let open = checkup::open(&mut tx, MOST).await?;
    let rejected = tallies::get(&mut tx, WEBHOOK_REJECTED).await?;
    let missed = tallies::get(&mut tx, MISSED_TEXTS).await?;
    let strange = tallies::get(&mut tx, STRANGE_TEXTS).await?;
    drop(tx);
    if open.is_empty() {
        report.good("outbox", "no text is in doubt");
    }
    for delivery in &open {
        report.note(&format!("delivery {}", delivery.id), &doubt(delivery, here));
    }
    if let Some(rejected) = rejected {
        let found = format!(
            "{} turned away for want of a valid signature, the last at {}; if these were the carrier's, compare \
             TWILIO_AUTH_TOKEN, TWILIO_SHARED_KEYS, TWILIO_SIGNATURES and SWITCHBOARD_PUBLIC_URL with its console",
            rejected.total, rejected.last_at
        );
        report.note("webhooks", &found);
    }
    if let Some(missed) = missed {
        let found = format!(
            "{} came by no webhook and were taken in from the carrier's list, the last at {}; after an outage that is \
             as it should be, otherwise the webhooks above are wrong",
            missed.total, missed.last_at
        );
        report.note("missed texts", &found);
    }
    if let Some(strange) = strange {
        let found = format!(
            "the carrier has sent {} that this database does not know, found at {}: it was restored from a backup, or \
             something else sends from these numbers",
            strange.total, strange.last_at
        );
        report.note("strange texts", &found);
    }
    Ok(())
}

/// Judges each number by itself: one that nobody rents does not hold up the others.
async fn paused(
    here: &Here,
    store: &Store,
    numbers: &[Number],
    fit: Option<&[NumberId]>,
    report: &mut Report,
) -> Result<(), Failed> {
    let paused: Vec<&Number> = numbers.iter().filter(|number| number.paused_at.is_some()).collect();
    if paused.is_empty() {
        return Ok(());
    }
    let now = here.clock.now();
    let account = fitness::account(&mut store.read().await?).await?;
    let probe_at = next_probe(0, &here.chance, now);
    if let Some(fit) = fit {
        identity::resume_fit(store, fit, probe_at, now).await?;
    }
    for number in paused {
        let why = number.paused_why.as_deref().unwrap_or("for an unknown reason");
        let since = number.paused_at.map_or_else(String::new, |at| format!(" since {at}"));
        let what = format!("sending from {}", number.number);
        if fit.is_some_and(|fit| fit.contains(&number.id)) {
            report.good(&what, &format!("was paused{since} ({why}) and goes on from now"));
            continue;
        }
        let at = match (fit, &account) {
            (None, Some((.., at))) if number.probe_at.is_none() => Some(*at),
            (Some(_), _) if number.probe_at.is_none() => Some(probe_at),
            _ => number.probe_at,
        };
        let next = at.map_or_else(String::new, |at| {
            let when = if at > now { format!("at {at}") } else { "with the next text".to_owned() };
            format!("; it is tried {when} and goes on by itself once a text is taken")
        });
        let found = format!("is paused{since}: {why}{next}");
        report.missing(&what, &found, "mend what is missing above; doctor lets it go on at once");
    }
    Ok(())
}

fn doubt(delivery: &Open, here: &Here) -> String {
    let place = delivery.conversation.map(|id| format!(" in #{id}")).unwrap_or_default();
    let asked = delivery.requested_at.map_or_else(
        || "never requested".to_owned(),
        |at| format!("requested {} s ago", here.clock.now().since(at).as_secs()),
    );
    let next = if delivery.state == State::Parked {
        "nobody can say whether it was sent, and looking has not settled it; a receipt still may"
    } else {
        "being looked up at the carrier"
    };
    let why = delivery.why.as_deref().unwrap_or("no reason was written");
    format!(
        "{}{place}, from {} to {}, {asked}, {} looks at the list: {next} ({why})",
        delivery.state,
        delivery.from,
        masked(&delivery.to),
        delivery.looks
    )
}
