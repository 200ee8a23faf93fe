//! What the database says: the clock, the carrier account, people, lines and masks.

use super::report::Report;
use crate::cli::serve::carrier::{SIMULATED, name};
use crate::cli::{Failed, Here};
use crate::clock::seconds;
use crate::config::CarrierSettings;
use crate::desk::upkeep::identity;
use crate::domain::ids::MessageId;
use crate::domain::people::person::Role;
use crate::domain::pool::life;
use crate::store::engine::sqlite::private;
use crate::store::people::{self, Person};
use crate::store::routing::numbers::{self, Number};
use crate::store::upkeep::checkup;
use crate::store::{Store, Tx, lines};

/// Examines it and returns the numbers that are ours.
pub(super) async fn examine(here: &Here, store: &Store, report: &mut Report) -> Result<Vec<Number>, Failed> {
    files(here, report);
    clock(here, store, report).await?;
    account(here, store, report).await?;
    let mut tx = store.read().await?;
    let people: Vec<Person> = people::all(&mut tx).await?.into_iter().filter(|person| !person.disabled).collect();
    let numbers: Vec<Number> =
        numbers::all(&mut tx).await?.into_iter().filter(|number| number.state != life::State::Released).collect();
    let (lines, members) = (lines::all(&mut tx).await?, lines::members(&mut tx).await?);
    let unreadable = checkup::unreadable(&mut tx).await?;
    let unknown = checkup::unknown_words(&mut tx).await?;
    let (texts, newest) = unreadable_texts(&mut tx).await?;
    drop(tx);

    for (what, why) in &unreadable {
        report.missing(
            what,
            &format!("it cannot be read: {why}"),
            "set it again in a set-up file and run `switchboard apply FILE`",
        );
    }
    for (what, why) in &unknown {
        report.missing(
            what,
            why,
            "run the version that wrote it, or make it anew on the web: the token under Tokens, the endpoint under Endpoints",
        );
    }
    if let Some(newest) = newest {
        report.missing(
            "files of texts",
            &format!("what came with {texts} cannot be read, the newest with the text {newest}; staff are told so"),
            "look them up at the carrier, and write `media` in `messages` anew, or NULL if nothing came with the text",
        );
    }
    examine_people(&people, report);
    if lines.is_empty() {
        report.missing("lines", "there is none", "add a [[line]] to a set-up file and run `switchboard apply FILE`");
    }
    for line in &lines {
        let count = members.iter().filter(|(id, _)| *id == line.id).count();
        let what = format!("line {} {}", line.number, line.name);
        match count {
            0 => report.missing(&what, "nobody answers it", "add members to its [[line]] and apply the file"),
            1 => report.good(&what, "1 member"),
            n => report.good(&what, &format!("{n} members")),
        }
    }
    let phones = people.iter().filter(|person| person.phone.is_some()).count();
    let masks = numbers.iter().filter(|number| !number.is_line && number.state == life::State::Active).count();
    match (masks, phones) {
        (0, 0) => report.note("masks", "there is none; nobody has a phone, so everybody works on the web"),
        (0, _) => report.missing(
            "masks",
            "there is none, so phones get no texts and everybody works on the web",
            "rent numbers at the carrier, add each as a [[mask]] and apply the file",
        ),
        (n, _) => report
            .good("masks", &format!("{n} active, which is the most conversations that one phone can have at once")),
    }
    Ok(numbers)
}

/// Of how many texts it cannot be read what came with them, and which is the newest of them.
async fn unreadable_texts(tx: &mut Tx) -> Result<(usize, Option<MessageId>), Failed> {
    let (mut count, mut newest, mut before) = (0, None, Some(MessageId(i64::MAX)));
    while let Some(here) = before {
        let (texts, next) = checkup::unreadable_files(tx, here).await?;
        newest = newest.or(texts.first().copied());
        count += texts.len();
        before = next;
    }
    Ok((count, newest))
}

fn examine_people(people: &[Person], report: &mut Report) {
    if people.is_empty() {
        let fix = "add a [[person]] with role = \"admin\" to a set-up file and run `switchboard apply FILE`";
        return report.missing("people", "there is nobody", fix);
    }
    match people.iter().find(|person| person.role == Role::Admin) {
        None => {
            let fix = "give somebody role = \"admin\" in the set-up file and apply it";
            report.missing("people", "there is no admin", fix);
        }
        Some(admin) if people.iter().all(|person| !person.has_password) => {
            let fix = format!("run `switchboard person password {0}` or `switchboard link {0}`", admin.email);
            report.note("people", &format!("nobody has a password yet; {fix}"));
        }
        Some(_) => report.good("people", &format!("{}, an admin among them", people.len())),
    }
}

fn files(here: &Here, report: &mut Report) {
    let Some(database) = private::database_file(&here.settings.database_url) else { return };
    let wide = private::wide(&database);
    if wide.is_empty() {
        return report.good("files", "the database is its owner's alone");
    }
    let names: Vec<String> = wide.iter().map(|(path, _)| path.display().to_string()).collect();
    let modes: Vec<String> = wide.iter().map(|(path, mode)| format!("{} ({mode:04o})", path.display())).collect();
    let found = format!("others on this machine may open what holds all texts and secrets: {}", modes.join(", "));
    report.missing("files", &found, &format!("chmod 600 {}", names.join(" ")));
}

async fn account(here: &Here, store: &Store, report: &mut Report) -> Result<(), Failed> {
    let ours = match &here.settings.carrier {
        CarrierSettings::Simulator => SIMULATED,
        CarrierSettings::Twilio(twilio) => &twilio.account,
    };
    match identity::claimed(store).await? {
        Some(theirs) if theirs != ours => report.missing(
            "account",
            &format!("this database belongs to {}, and the settings name {}", name(&theirs), name(ours)),
            "set DATABASE_URL to a new database, or SWITCHBOARD_CARRIER and TWILIO_ACCOUNT_SID to what it belongs to",
        ),
        Some(_) => report.good("account", &format!("the database belongs to {}", name(ours))),
        None => report.note("account", &format!("the first `serve` gives the database to {}", name(ours))),
    }
    Ok(())
}

async fn clock(here: &Here, store: &Store, report: &mut Report) -> Result<(), Failed> {
    let now = here.clock.now();
    let fix = "have the machines' clocks set by the network (NTP)";
    if let Some(there) = store.now().await? {
        let apart = now.since(there).max(there.since(now));
        if apart > seconds(5) {
            let found = format!("it differs from the database's by {} s", apart.as_secs());
            report.missing("clock", &found, fix);
            return Ok(());
        }
    }
    let newest = checkup::newest(&mut store.read().await?).await?;
    match newest {
        Some(newest) if newest > now + seconds(60) => {
            report.missing("clock", &format!("it shows {now}, which is before the newest text ({newest})"), fix);
        }
        _ => report.good("clock", &format!("it shows {now}")),
    }
    Ok(())
}
