//! Rocket.toml before Rocket reads it: which file it is, whether it can be read, and which of its keys nothing would
//! read.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::keys;
use super::names::{self, ROCKETS, Said};

/// The tables at the top that everybody's Rocket reads: the profiles.
const PROFILES: [&str; 4] = ["default", "global", "debug", "release"];

/// The file of settings, if there is one: what `ROCKET_CONFIG` names, else Rocket.toml here or in a folder above.
///
/// # Errors
/// What is wrong and the remedy: a file that was named must be there.
pub(super) fn find(named: Option<&OsStr>) -> Result<Option<PathBuf>, String> {
    let name = Path::new(named.unwrap_or(OsStr::new("Rocket.toml")));
    let mut found = Vec::new();
    if name.is_absolute() {
        found.push(name.to_owned());
    } else if let Ok(here) = std::env::current_dir() {
        found.extend(here.ancestors().map(|folder| folder.join(name)));
    }
    match found.into_iter().find(|path| path.is_file()) {
        None if named.is_some() => {
            Err(format!("ROCKET_CONFIG is {}, and there is no such file: mend it, or leave it out", name.display()))
        }
        found => Ok(found),
    }
}

/// What is to be said of the file called `file` that holds `text`, read with `profile`. An error is what keeps it from being
/// read at all.
///
/// # Errors
/// Where the text is no TOML, or keys stand where nobody looks for them.
pub(super) fn check(file: &str, text: &str, profile: &str) -> Result<Vec<Said>, Vec<String>> {
    let table: Table = toml::from_str(text).map_err(|error| vec![unreadable(file, text, &error)])?;
    let (mut astray, mut said) = (Vec::new(), Vec::new());
    let tops = tops();
    for (name, value) in &table {
        let Value::Table(inner) = value else {
            astray
                .push(format!("{file}: {name} stands in no profile, where nobody reads it: write it below [default]"));
            continue;
        };
        if PROFILES.contains(&name.as_str()) || name == profile {
            said.extend(inner.keys().filter_map(|key| top(file, key, &tops)));
        } else if tops.contains(name) {
            astray
                .push(format!("{file}: [{name}] stands in no profile, where nobody reads it: write [default.{name}]"));
        } else if let Some(near) = near_profile(name) {
            astray.push(format!("{file}: [{name}] is no profile: did you mean [{near}]?"));
        }
    }
    if astray.is_empty() { Ok(said) } else { Err(astray) }
}

fn unreadable(file: &str, text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let told: Vec<&str> = error.message().lines().map(str::trim).collect();
    format!("{file}, line {line}, column {column}: {}: mend this line", told.join("; "))
}

/// What may stand in a profile.
fn tops() -> Vec<String> {
    let ours = keys::ALL.iter().map(|key| key.path()).filter(|path| !path.contains('.'));
    ROCKETS.into_iter().map(str::to_owned).chain(keys::tables()).chain(ours).collect()
}

fn top(file: &str, key: &str, tops: &[String]) -> Option<Said> {
    if tops.iter().any(|known| known == key) {
        return None;
    }
    let inside = keys::ALL.iter().map(|key| key.path()).find(|path| path.rsplit('.').next() == Some(key));
    let near = inside.as_deref().or_else(|| names::nearest(key, tops));
    Some(match near {
        Some(near) => Said::Refuse(format!("{file}: {}", names::refusal(key, Some(near)))),
        None => Said::Warn(format!("{file}: {} Nobody reads it", names::refusal(key, names::alike(key, tops)))),
    })
}

fn near_profile(name: &str) -> Option<&'static str> {
    PROFILES.into_iter().find(|profile| names::distance(&name.to_lowercase(), profile) <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<Vec<Said>, Vec<String>> {
        check("Rocket.toml", text, "staging")
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let said = checked("[default]\nport = 8000\naddress = 127.0.0.1\n").unwrap_err();
        assert!(said[0].starts_with("Rocket.toml, line 3, column "), "{said:?}");
        let said = checked("[default\nport = 8000").unwrap_err();
        assert!(said[0].starts_with("Rocket.toml, line 1, column "), "{said:?}");
    }

    #[test]
    fn keys_and_tables_outside_a_profile_are_told_where_they_belong() {
        let said = checked("port = 8001\n[support]\nidle_close = \"1h\"\n[defualt]\nport = 1").unwrap_err();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].contains("[defualt] is no profile: did you mean [default]?"), "{said:?}");
        assert!(said[1].contains("port stands in no profile") && said[1].contains("below [default]"), "{said:?}");
        assert!(said[2].contains("write [default.support]"), "{said:?}");
    }

    #[test]
    fn a_slip_is_refused_and_what_may_be_anothers_is_warned_of() {
        for (text, meant) in [
            ("[default]\npulbic_url = \"x\"", "public_url"),
            ("[default.suport]\nidle_close = \"1h\"", "support"),
            ("[default]\nquarantine = \"1h\"", "pool.quarantine"),
            ("[staging]\nprot = 1", "port"),
            ("[global]\ndatabase_ur = \"x\"", "database_url"),
        ] {
            match &checked(text).unwrap()[..] {
                [Said::Refuse(told)] => assert!(told.contains(&format!("did you mean {meant}?")), "{text}: {told}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let others = "[default]\ntemplate_dir = \"x\"\n[default.databases.main]\nurl = \"x\"\n[nightly]\nanything = 1";
        assert!(matches!(&checked(others).unwrap()[..], [Said::Warn(_), Said::Warn(_)]), "{:?}", checked(others));
        let usual =
            "[default]\nport = 1\nlimits = { form = 1 }\n[default.pool]\nspares = 2\n[release]\npublic_url = \"x\"";
        assert_eq!(checked(usual).unwrap(), []);
        assert_eq!(checked("").unwrap(), []);
        assert_eq!(checked(include_str!("../../Rocket.toml")).unwrap(), []);
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let said = find(Some(OsStr::new("/nowhere/Rocket.toml"))).unwrap_err();
        assert!(said.contains("ROCKET_CONFIG is /nowhere/Rocket.toml"), "{said}");
    }
}
