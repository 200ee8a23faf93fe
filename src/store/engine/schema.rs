//! What a database is before it is used: ours and up to date, older, newer, empty, or something else. A command that
//! only reads must neither make a database nor change its schema under running nodes.

use std::collections::BTreeMap;

use sqlx::migrate::Migrator;

use crate::store::{Error, Result};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no such file.
    Missing,
    /// There is a database, and nothing of ours in it.
    Empty,
    /// It is as this program knows it.
    Current,
    /// It lacks what this program needs; the newest change that it has, and the newest that there is.
    Older(i64, i64),
    /// A newer program made it what it is; the newest change that it has, and the newest that this program knows.
    Newer(i64, i64),
    /// A change was begun and never finished.
    Unfinished(i64),
    /// It is not a database of this program; what it is instead.
    Foreign(String),
}

/// How much opening a database may do to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nothing: it is there and its schema is up to date, or it is refused.
    AsItIs,
    /// It is made if it is missing or empty, and else as it is.
    IfNew,
    /// Its schema is brought up to date, and it is not made: a line that has served before is not to begin anew because a
    /// file is missing.
    Upgrade,
    /// It is made if it is missing, and its schema is brought up to date.
    Make,
}

impl Opening {
    /// A database that is missing is made.
    pub(in crate::store) fn makes(self) -> bool {
        matches!(self, Opening::IfNew | Opening::Make)
    }

    /// Refuses a database called `named` in this `state` if it would have to be changed too much; whether its schema is to
    /// be written.
    pub(in crate::store) fn allows(self, state: &State, named: &str) -> Result<bool> {
        let blank = matches!(state, State::Missing | State::Empty);
        let trouble = match self {
            Opening::Upgrade if blank => Some(format!(
                "there is no database at {named}: if this line has served before, mend DATABASE_URL or put a backup back \
                 (`switchboard restore FILE`); to begin with a blank database, add --new"
            )),
            Opening::Make | Opening::Upgrade => state.never(named),
            Opening::IfNew if blank => None,
            Opening::IfNew | Opening::AsItIs => state.trouble(named),
        };
        trouble.map_or(Ok(*state != State::Current), |why| Err(Error::Refused(why)))
    }
}

/// One change of the schema that has been made.
#[derive(Clone, Debug)]
pub(in crate::store) struct Applied {
    pub version: i64,
    pub checksum: Vec<u8>,
    pub success: bool,
}

/// What a database is that says `applied` of itself: nothing if it keeps no such list.
pub(in crate::store) fn judge(applied: Option<Vec<Applied>>, other_tables: bool, known: &Migrator) -> State {
    let ours: BTreeMap<i64, &[u8]> = known.iter().map(|one| (one.version, &*one.checksum)).collect();
    let newest = ours.keys().next_back().copied().unwrap_or(0);
    let applied = applied.unwrap_or_default();
    if applied.is_empty() {
        let other = || State::Foreign("it has tables, and none of them is ours".to_owned());
        return if other_tables { other() } else { State::Empty };
    }
    if let Some(broken) = applied.iter().find(|one| !one.success) {
        return State::Unfinished(broken.version);
    }
    // The first change tells whose database this is: other programs keep a list of the same name.
    let first =
        ours.iter().next().and_then(|(version, sum)| Some((applied.iter().find(|one| one.version == *version)?, sum)));
    if first.is_none_or(|(found, sum)| found.checksum != **sum) {
        return State::Foreign("its schema was made by another program".to_owned());
    }
    let last = applied.iter().map(|one| one.version).max().unwrap_or(0);
    if applied.iter().any(|one| !ours.contains_key(&one.version)) {
        return State::Newer(last, newest);
    }
    if let Some(other) = applied.iter().find(|one| ours.get(&one.version).is_some_and(|sum| one.checksum != **sum)) {
        let told =
            format!("its change {} is not the one that this program knows, so another build made it", other.version);
        return State::Foreign(told);
    }
    if ours.keys().any(|version| applied.iter().all(|one| one.version != *version)) {
        return State::Older(last, newest);
    }
    State::Current
}

impl State {
    /// What is wrong with the database called `named`, and the remedy, for a command that takes it only as it is;
    /// `None` if nothing is.
    #[must_use]
    pub fn trouble(&self, named: &str) -> Option<String> {
        let make = "`switchboard serve`, `switchboard migrate` and `switchboard apply FILE` make one (with a real carrier: --new)";
        Some(match self {
            State::Current => return None,
            State::Missing => {
                format!("there is no database at {named}: set DATABASE_URL to the one that is served; {make}")
            }
            State::Empty => {
                format!("the database {named} is empty: set DATABASE_URL to the one that is served; {make}")
            }
            State::Older(has, wants) => format!(
                "the database {named} is older than this program (its schema is at {has}, {wants} is needed): stop every \
                 `serve` on it, run `switchboard migrate`, and start the new ones; until then use the program that serves it"
            ),
            _ => return self.never(named),
        })
    }

    /// Why the schema of the database called `named` stays as it is while `nodes` that know no other serve it.
    #[must_use]
    pub(in crate::store) fn in_use(named: &str, nodes: usize) -> String {
        let (who, stop) = match nodes {
            1 => ("1 node of the program before serves".to_owned(), "it"),
            n => (format!("{n} nodes of the program before serve"), "all of them"),
        };
        format!(
            "{who} the database {named}, whose schema must be brought up to date for this program: stop {stop}, then start \
             again. Nothing was changed"
        )
    }

    /// As [`State::trouble`], for a command that makes a database and brings it up to date.
    #[must_use]
    pub fn never(&self, named: &str) -> Option<String> {
        Some(match self {
            State::Current | State::Missing | State::Empty | State::Older(..) => return None,
            State::Newer(has, knows) => format!(
                "the database {named} is newer than this program (its schema is at {has}, this program knows {knows}): use \
                 the newer program. Nothing was changed"
            ),
            State::Unfinished(version) => format!(
                "change {version} of the schema of {named} was begun and not finished: put a backup back (docs/OPERATIONS.md, \
                 \"Backups\"), then start again"
            ),
            State::Foreign(what) => format!(
                "{named} is not a database of this program: {what}. Set DATABASE_URL to the one that is served, or to a new one"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::migrations;
    use super::*;

    fn all() -> Vec<Applied> {
        let known = migrations::sqlite();
        let applied = |one: &sqlx::migrate::Migration| Applied {
            version: one.version,
            checksum: one.checksum.to_vec(),
            success: true,
        };
        known.iter().map(applied).collect()
    }

    fn found(applied: Option<Vec<Applied>>, other: bool) -> State {
        judge(applied, other, &migrations::sqlite())
    }

    #[test]
    fn a_database_is_told_by_the_changes_that_it_has() {
        let newest = all().last().unwrap().version;
        assert_eq!(found(Some(all()), true), State::Current);
        assert_eq!(found(None, false), State::Empty);
        assert_eq!(found(Some(Vec::new()), false), State::Empty);
        assert!(matches!(found(None, true), State::Foreign(_)));

        let mut older = all();
        older.pop();
        let last = older.last().unwrap().version;
        assert_eq!(found(Some(older), true), State::Older(last, newest));
        let mut gap = all();
        gap.remove(1);
        assert_eq!(found(Some(gap), true), State::Older(newest, newest));

        let mut newer = all();
        newer.push(Applied { version: newest + 7, checksum: vec![1], success: true });
        assert_eq!(found(Some(newer), true), State::Newer(newest + 7, newest));

        let mut cut_off = all();
        cut_off.last_mut().unwrap().success = false;
        assert_eq!(found(Some(cut_off), true), State::Unfinished(newest));

        let mut other = all();
        other[0].checksum = vec![0; 48];
        assert!(matches!(found(Some(other), true), State::Foreign(_)));
        let mut built_otherwise = all();
        built_otherwise[1].checksum = vec![0; 48];
        assert!(matches!(found(Some(built_otherwise), true), State::Foreign(what) if what.contains("another build")));
    }

    #[test]
    fn who_looks_is_told_more_than_who_makes() {
        for state in [State::Missing, State::Empty, State::Older(1, 2)] {
            assert!(state.trouble("x.db").is_some() && state.never("x.db").is_none(), "{state:?}");
        }
        for state in [State::Newer(2, 1), State::Unfinished(1), State::Foreign("a cake".to_owned())] {
            assert_eq!(state.trouble("x.db"), state.never("x.db"), "{state:?}");
            assert!(state.never("x.db").is_some_and(|said| said.contains("x.db")), "{state:?}");
        }
        assert_eq!((State::Current.trouble("x.db"), State::Current.never("x.db")), (None, None));
    }
}
