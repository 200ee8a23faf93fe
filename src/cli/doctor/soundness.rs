//! Whether the database is there, belongs to this program, is sound, up to date, and writable. Nothing is written
//! before it is known to be sound.

use super::report::Report;
use crate::cli::Here;
use crate::desk::upkeep::identity;
use crate::store::engine::sqlite::file::DatabaseFile;
use crate::store::upkeep::checkup;
use crate::store::{Error, State, Store};

/// What to do about everything that says its remedy itself.
const AGAIN: &str = "mend it and run doctor again for the rest";

/// Examines it; the database, if the rest can be examined.
pub(super) async fn examine(here: &Here, report: &mut Report) -> Option<Store> {
    let url = &here.settings.database_url;
    match Store::state(url).await {
        Ok(State::Current) => {}
        Ok(state) => {
            report.missing("database", &state.trouble(&here.database()).unwrap_or_default(), AGAIN);
            return None;
        }
        Err(error) => return tell(report, &error),
    }
    if let Some(file) = DatabaseFile::of(url)
        && !is_sound(&file, report).await
    {
        return None;
    }
    let store = match here.opened_as_it_is().await {
        Ok(store) => store,
        Err(error) => return tell(report, &error),
    };
    if let Err(error) = identity::try_to_write(&store, "doctor", here.clock.now(), true).await {
        let fix = "see whether there is room on its disk, and whether this user may write there";
        report.missing("database", &format!("it can be read, and not written ({error})"), fix);
    } else {
        report.good(
            "database",
            "it answers, is sound, can be written, its settings are safe and its schema is up to date",
        );
    }
    if let Err(error) = server(&store, report).await {
        report.unseen("database server", &error.to_string(), AGAIN);
    }
    Some(store)
}

fn tell(report: &mut Report, error: &Error) -> Option<Store> {
    if let Error::Unreachable(why) = error {
        report.unseen("database", why, AGAIN);
    } else {
        report.missing("database", &error.to_string(), AGAIN);
    }
    None
}

async fn is_sound(file: &DatabaseFile, report: &mut Report) -> bool {
    let complaints = match file.complaints().await {
        Ok(complaints) => complaints,
        Err(error) => vec![error.to_string()],
    };
    let Some(first) = complaints.first() else { return true };
    let found = format!("{} is damaged: {first}", file.path().display());
    report.missing(
        "database",
        &found,
        "stop `switchboard serve`, and put a backup back by `switchboard restore FILE`; it keeps what is there",
    );
    false
}

async fn server(store: &Store, report: &mut Report) -> Result<(), Error> {
    let Some(server) = checkup::server(&mut store.read().await?).await? else { return Ok(()) };
    let found = format!("PostgreSQL {}; {} of {} connections are free", server.version, server.free, server.most);
    if server.free < checkup::CONNECTIONS {
        let found = format!("{found}, and one `serve` takes {}; raise max_connections", checkup::CONNECTIONS);
        report.note("database server", &found);
    } else {
        report.good("database server", &found);
    }
    Ok(())
}
