//! The map: which room stands on which floor, which may name which, and which library belongs where.

use std::collections::BTreeMap;
use std::fmt;

use super::paths::{module_path, named};
use super::tokens::{Token, tokens};

/// The floors from the ground up, each with its rooms. A room may name the rooms of lower floors, and itself.
const FLOORS: [(&str, &[&str]); 8] = [
    ("ground", &["clock", "secret", "metrics", "faults", "outgoing"]),
    ("rules", &["domain", "wire"]),
    ("utilities", &["store", "carrier", "courier", "live"]),
    ("desk", &["desk"]),
    ("landing", &["http"]),
    ("annex", &["simulator"]),
    ("doors", &["web", "api", "hooks", "clockwork"]),
    ("roof", &["app", "config", "cli", "main"]),
];

const GROUND: usize = 0;
const RULES: usize = 1;
const LANDING: usize = 4;
const ROOF: usize = 7;

/// Steps sideways that are meant, each for a reason.
const SIDEWAYS: [(&str, &str); 1] = [
    // An id carries the instant that it was made at.
    ("secret", "clock"),
];

/// A library, the rooms that may name it, and why no other may.
struct Kept {
    library: &'static str,
    by: fn(&str) -> bool,
    why: &'static str,
}

const KEPT: [Kept; 6] = [
    Kept { library: "rocket", by: from_the_landing_up, why: "Rocket is for http/ and what stands on it" },
    Kept { library: "rocket_db_pools", by: from_the_landing_up, why: "Rocket is for http/ and what stands on it" },
    Kept { library: "hyper", by: |room| room == "http", why: "only http/front/ speaks HTTP by itself" },
    Kept { library: "hyper_util", by: |room| room == "http", why: "only http/front/ speaks HTTP by itself" },
    Kept { library: "sqlx", by: |room| room == "store", why: "SQL stands in store/ only" },
    Kept {
        library: "reqwest",
        by: |room| matches!(room, "carrier" | "courier" | "simulator" | "outgoing"),
        why: "only carrier/, courier/ and simulator/ make requests, with the client of outgoing.rs",
    },
];

fn from_the_landing_up(room: &str) -> bool {
    floor(room).is_some_and(|floor| floor >= LANDING)
}

/// A breach of the rules and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Complaint {
    pub path: String,
    pub line: usize,
    pub why: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.why)
    }
}

/// The floor that a room stands on, counted from the ground.
pub fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|(_, rooms)| rooms.contains(&room))
}

/// Macros that stand at the crate's root although they belong to a room: their name and that room.
pub fn root_macros(sources: &[(String, String)]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (path, text) in sources {
        let Some(room) = module_path(path).first().map(ToString::to_string) else { continue };
        let tokens = tokens(text);
        let exported = tokens.windows(2).any(|pair| pair[0].is("[") && pair[1].is("macro_export"));
        for window in tokens.windows(3).filter(|_| exported) {
            if window[0].is("macro_rules") && window[1].is("!") {
                found.insert(window[2].text.clone(), room.clone());
            }
        }
    }
    found
}

/// Holds one file under src against the map.
pub fn check_file(path: &str, text: &str, macros: &BTreeMap<String, String>) -> Vec<Complaint> {
    let room = match module_path(path).first() {
        Some(first) => (*first).to_owned(),
        // lib.rs and main.rs: they may name everything.
        None => "main".to_owned(),
    };
    let complain = |line, why| Complaint { path: path.to_owned(), line, why };
    if floor(&room).is_none() {
        return vec![complain(1, format!("`{room}` has no floor; give it one in tests/it/floors/map.rs"))];
    }
    let tokens = tokens(text);
    let mut complaints = Vec::new();
    for named in named(path, &tokens) {
        let other = macros.get(&named.room).unwrap_or(&named.room);
        if let Err(why) = may_name(&room, other) {
            complaints.push(complain(named.line, why));
        }
    }
    for kept in &KEPT {
        if (kept.by)(&room) {
            continue;
        }
        let lines = tokens.iter().enumerate().filter(|(at, _)| names_library(&tokens, *at, kept.library));
        complaints.extend(
            lines.map(|(_, token)| complain(token.line, format!("{room} names {}: {}", kept.library, kept.why))),
        );
    }
    complaints
}

/// Whether the token at `at` names a library, rather than something of our own that is called the same.
fn names_library(tokens: &[Token], at: usize, library: &str) -> bool {
    let begins_a_path = tokens.get(at + 1).is_some_and(|next| next.is("::"));
    let imported = at > 0 && tokens[at - 1].is("use");
    let goes_on = at > 1 && tokens[at - 1].is("::") && tokens[at - 2].is_name();
    tokens[at].is(library) && (begins_a_path || imported) && !goes_on
}

fn may_name(room: &str, other: &str) -> Result<(), String> {
    let Some(theirs) = floor(other) else {
        return Err(format!("names `crate::{other}`, which is no room of the map in tests/it/floors/map.rs"));
    };
    let ours = floor(room).unwrap_or(GROUND);
    if room == other || ours == ROOF || SIDEWAYS.contains(&(room, other)) {
        return Ok(());
    }
    if room == "simulator" && theirs > RULES {
        return Err(format!("the simulator names `{other}`: it knows wire, domain and the ground only"));
    }
    let way = match theirs.cmp(&ours) {
        std::cmp::Ordering::Less => return Ok(()),
        std::cmp::Ordering::Equal => "sideways",
        std::cmp::Ordering::Greater => "upward",
    };
    Err(format!("{room} ({}) names {other} ({}): that is {way}", FLOORS[ours].0, FLOORS[theirs].0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<String> {
        let macros = BTreeMap::from([("on".to_owned(), "store".to_owned())]);
        check_file(path, text, &macros).into_iter().map(|complaint| complaint.to_string()).collect()
    }

    fn one(path: &str, text: &str, word: &str) {
        let found = complaints(path, text);
        assert!(found.len() == 1 && found[0].contains(word), "{path}: {text}: {found:?}");
    }

    #[test]
    fn downward_is_allowed() {
        for (path, text) in [
            ("src/desk/reply.rs", "use crate::{store::Tx, carrier, live, domain, wire, clock, secret, desk::Desk};"),
            ("src/web/mod.rs", "use crate::{desk, http, store, simulator};\n#[rocket::get(\"/\")] fn f() {}"),
            (
                "src/simulator/mod.rs",
                "use crate::{wire, domain, clock, secret, metrics}; use rocket::get; use reqwest::Client;",
            ),
            ("src/main.rs", "use crate::{web, cli};"),
            ("src/app.rs", "use crate::{config, cli, web};"),
            ("src/store/lines.rs", "use sqlx::query; use crate::domain::phone;"),
            ("src/secret.rs", "use crate::clock::At;"),
        ] {
            assert_eq!(complaints(path, text), Vec::<String>::new(), "{path}");
        }
    }

    #[test]
    fn upward_and_sideways_are_refused() {
        one("src/desk/reply.rs", "use crate::web::Page;", "upward");
        one("src/desk/reply.rs", "// why\n\nfn f() { crate::http::f() }", "src/desk/reply.rs:3: ");
        one("src/store/mod.rs", "use crate::{clock::At, live::Live};", "sideways");
        one("src/domain/routing.rs", "use crate::wire::twilio;", "sideways");
        one("src/web/mod.rs", "use crate::api;", "sideways");
        one("src/clock.rs", "use crate::secret;", "sideways");
        one("src/http/db.rs", "use crate::config::Config;", "upward");
        one("src/desk/reply.rs", "use super::super::app::build;", "upward");
        one("src/domain/ids.rs", "fn f() { crate::on!(tx) }", "store");
        one("src/desk/reply.rs", "use crate::attic;", "no room");
        one("src/attic.rs", "", "no floor");
    }

    #[test]
    fn the_simulator_knows_wire_domain_and_ground_only() {
        one("src/simulator/page.rs", "use crate::http::headers;", "simulator");
        one("src/simulator/page.rs", "use crate::store::Store;", "simulator");
        one("src/simulator/page.rs", "use crate::web::Page;", "simulator");
    }

    #[test]
    fn libraries_stay_in_their_rooms() {
        one("src/desk/reply.rs", "use rocket::State;", "Rocket");
        one("src/store/mod.rs", "use rocket_db_pools::Pool;", "Rocket");
        one("src/carrier/twilio.rs", "async fn f() { ::rocket::tokio::time() }", "Rocket");
        one("src/desk/reply.rs", "fn f() { sqlx::query(\"SELECT 1\"); }", "SQL");
        one("src/web/inbox.rs", "use sqlx::query_as;", "SQL");
        one("src/cli/doctor.rs", "let c = reqwest::Client::builder();", "requests");
        assert!(complaints("src/desk/reply.rs", "let rocket = 1; self.sqlx.f(); crate::store::sqlx::f();").is_empty());
    }

    #[test]
    fn a_macro_at_the_root_belongs_to_the_room_that_defines_it() {
        let source = "#[macro_export]\nmacro_rules! on { () => {} }".to_owned();
        let found = root_macros(&[("src/store/mod.rs".to_owned(), source)]);
        assert_eq!(found.get("on").map(String::as_str), Some("store"));
    }
}
