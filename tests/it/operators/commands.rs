//! Commands that do something and end.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::config::keys;
use switchboard::store::sql::query_as;

use super::account::rents;
use super::looking::run;
use super::program::{Desk, carrier};

const SETUP: &str = r#"
[[line]]
number = "+18005550100"
name = "Bait and Tackle"
members = ["ana@example.com"]

[[mask]]
number = "+18005550111"

[[person]]
email = "ana@example.com"
name = "Ana"
role = "rep"              # rep, manager, admin
phone = "+15055550121"    # optional
limit = 50                # open conversations, optional
"#;

#[test]
fn help_has_every_command_examples_and_every_key() {
    let said = Desk::new().runs(&["--help"]);
    assert_eq!(said.code, Some(0));
    for command in ["serve", "simulator", "migrate", "apply", "person", "link", "token", "doctor"] {
        assert!(said.out.contains(&format!("\n  {command} ")), "{command} is missing:\n{}", said.out);
    }
    assert!(said.out.contains("switchboard apply setup.toml --dry-run"));
    for key in keys::ALL.iter().chain(&keys::ROCKET) {
        assert!(
            said.out.contains(key.name) && said.out.contains(key.default),
            "{} is missing:\n{}",
            key.name,
            said.out
        );
    }
    let version = Desk::new().runs(&["--version"]);
    assert_eq!(version.out.trim(), concat!("switchboard ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn nonsense_in_the_environment_is_refused_by_every_command_with_its_key() {
    for command in [&["serve"][..], &["migrate"], &["doctor"], &["link", "ana@example.com"]] {
        let said =
            Desk::new().with("SWITCHBOARD_POOL__QUARANTENE", "1h").with("SWITCHBOARD_CARRIER", "pigeon").runs(command);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(
            said.err.contains("SWITCHBOARD_POOL__QUARANTENE is not a key: did you mean SWITCHBOARD_POOL__QUARANTINE?")
        );
        assert!(said.err.contains("SWITCHBOARD_CARRIER is `pigeon`: write one of simulator, twilio"), "{said:?}");
    }
    let port = Desk::new().with("ROCKET_PORT", "many").runs(&["migrate"]);
    assert!(port.code == Some(2) && port.err.contains("ROCKET_PORT"), "{port:?}");
    let typo = Desk::new().runs(&["aply"]);
    assert!(typo.code == Some(2) && typo.err.contains("apply"), "{typo:?}");
}

#[test]
fn a_rocket_toml_beside_the_program_counts() {
    let desk = Desk::new();
    desk.file("Rocket.toml", "[default]\ndatabase_url = \"sqlite:elsewhere.db\"\n[default.pool]\nquarantine = \"2h\"");
    let said = desk.runs(&["migrate"]);
    assert!(said.code == Some(2) && said.err.contains("QUARANTINE_FLOOR (4 h)"), "{said:?}");
    let desk = desk.with("SWITCHBOARD_POOL__QUARANTINE_FLOOR", "1h");
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert!(desk.folder.path().join("elsewhere.db").exists());
}

#[test]
fn a_set_up_file_is_rehearsed_applied_and_then_changes_nothing() {
    let desk = Desk::new();
    desk.file("setup.toml", SETUP);
    let told = "+ person ana@example.com \"Ana\", rep, phone ••21, limit 50\n+ line +18005550100 Bait and Tackle\n\
                + member ana@example.com of line +18005550100\n+ mask +18005550111\n4 changes";
    let rehearsed = desk.runs(&["apply", "setup.toml", "--dry-run"]);
    assert_eq!((rehearsed.code, rehearsed.out.trim()), (Some(0), &*format!("{told}; nothing was written")));
    let applied = desk.runs(&["apply", "setup.toml"]);
    assert_eq!((applied.code, applied.out.trim()), (Some(0), told));
    let again = desk.runs(&["apply", "setup.toml"]);
    assert_eq!((again.code, again.out.trim()), (Some(0), "nothing to change"));
}

#[test]
fn mistakes_in_a_set_up_file_are_told_with_line_and_column() {
    let desk = Desk::new();
    desk.file(
        "setup.toml",
        &SETUP.replace("\"rep\" ", "\"boss\"").replace("\"ana@example.com\"]", "\"bo@example.com\"]"),
    );
    let said = desk.runs(&["apply", "setup.toml"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("setup.toml: line 13, column 8: role: `boss` is none"), "{said:?}");
    desk.file("setup.toml", &SETUP.replace("\"ana@example.com\"]", "\"bo@example.com\"]"));
    let said = desk.runs(&["apply", "setup.toml"]);
    assert!(said.err.contains("setup.toml: line 5, column 12: members: bo@example.com is nobody here"), "{said:?}");
    let said = desk.runs(&["apply", "missing.toml"]);
    assert!(said.code == Some(1) && said.err.contains("missing.toml cannot be read"), "{said:?}");
}

#[test]
fn a_password_comes_from_standard_input_and_a_link_goes_to_standard_output() {
    let desk = Desk::new();
    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let short = desk.runs_with(&["person", "password", "ana@example.com"], "tide table\n");
    assert!(short.code == Some(1) && short.err.contains("10 characters: write 12 to 256"), "{short:?}");
    let set = desk.runs_with(&["person", "password", "Ana@Example.com"], "a tide table for ana\n");
    assert_eq!(set.code, Some(0), "{set:?}");
    let common = desk.runs_with(&["person", "password", "ana@example.com"], "password1234\n");
    assert!(common.code == Some(1) && common.err.contains("common words"), "{common:?}");
    let own = desk.runs_with(&["person", "password", "ana@example.com"], "tackle four cormorants\n");
    assert!(own.code == Some(1) && own.err.contains("the name of a line"), "{own:?}");
    let nobody = desk.runs_with(&["person", "password", "bo@example.com"], "a tide table for bo\n");
    assert!(nobody.code == Some(1) && nobody.err.contains("bo@example.com is nobody here"), "{nobody:?}");

    let unknown_port = desk.runs(&["link", "ana@example.com"]);
    assert!(unknown_port.err.contains("SWITCHBOARD_PUBLIC_URL"), "{unknown_port:?}");
    let desk = desk.with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com/");
    let link = desk.runs(&["link", "ana@example.com"]);
    let token = link.out.trim().strip_prefix("https://texts.example.com/link/").unwrap();
    assert_eq!(token.len(), 43, "{link:?}");
    assert_ne!(desk.runs(&["link", "ana@example.com"]).out, link.out);
}

#[test]
fn a_reader_who_has_had_enough_is_no_fault() {
    let desk = Desk::new();
    let masks: Vec<String> = (0..400).map(|n| format!("[[mask]]\nnumber = \"+1800556{n:04}\"\n")).collect();
    desk.file("setup.toml", &masks.concat());
    // As in `switchboard apply setup.toml | head -1`: whoever reads goes away after the first line.
    let (first, said) = desk.runs_for_its_first_line(&["apply", "setup.toml"]);
    assert_eq!(first, "+ mask +18005560000");
    assert!(said.code == Some(0) && said.err.is_empty(), "{said:?}");
    assert_eq!(desk.runs(&["apply", "setup.toml"]).out.trim(), "nothing to change", "all of it was done");
}

#[test]
fn a_terminal_that_is_gone_is_no_fault() {
    let desk = Desk::new().with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com/");
    desk.file("setup.toml", SETUP);
    desk.file("wrong.toml", "[[line]]\nnumber = \"12\"\n");
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["migrate"], 0),
        (&["link", "--setup"], 0),
        (&["apply", "wrong.toml"], 1),
        (&["apply", "setup.toml"], 0),
        (&["link", "ana@example.com"], 0),
        (&["link", "bo@example.com"], 1),
        (&["token", "crm", "--scopes", "pairs:read"], 0),
        (&["token", "crm", "--revoke", "--yes"], 0),
        (&["backup", "copy.db"], 0),
        (&["doctor"], 1),
        (&["aply"], 2),
    ] {
        assert_eq!(desk.runs_for_nobody(arguments), Some(code), "{arguments:?}");
    }
    assert_eq!(desk.runs(&["apply", "setup.toml"]).out.trim(), "nothing to change", "all of it was done");
}

/// What each command leaves behind in the walk below; the rest changes nothing that people made.
const LEAVES: [(&str, &[&str]); 12] = [
    ("serve", &["setup_link_made", "person_added", "line_added", "line_joined", "mask_added", "link_made"]),
    ("simulator", &[]),
    ("migrate", &[]),
    ("apply", &["person_added", "line_added", "line_joined", "mask_added"]),
    ("person", &["password_set"]),
    ("link", &["setup_link_made", "link_made"]),
    ("pool", &["masks_ordered", "mask_draining"]),
    ("token", &["token_made", "token_revoked"]),
    ("doctor", &["sending_resumed"]),
    ("backup", &["backed_up"]),
    ("restore", &["restored"]),
    ("account", &["account_moved"]),
];

/// The kinds of acts of commands in the database of a desk, oldest first.
async fn acts(desk: &Desk) -> Vec<String> {
    let url = format!("sqlite:{}", desk.path("switchboard.db").display());
    let store = switchboard::store::Store::open(&url).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let sql = sqlx::AssertSqlSafe("SELECT kind FROM acts WHERE origin = 'command' ORDER BY id".to_owned());
    let rows: Vec<(String,)> = query_as(sql).fetch_all(&mut tx).await.unwrap();
    drop(tx);
    store.close().await;
    rows.into_iter().map(|(kind,)| kind).collect()
}

/// What commands have left so far, by the first word of each.
#[derive(Default)]
struct Left(BTreeMap<&'static str, BTreeSet<String>>);

impl Left {
    /// Runs a command that ends well, and notes what is new in the audit; what it printed.
    async fn by(&mut self, desk: &Desk, words: &[&'static str], input: &str) -> String {
        // Older rows stay as they are: what a restore puts back is an older state, and what it adds stands behind that.
        let before = if desk.path("switchboard.db").exists() { acts(desk).await } else { Vec::new() };
        let said = desk.runs_with(words, input);
        assert_eq!(said.code, Some(0), "{words:?}: {said:?}");
        self.note(words[0], &before, desk).await;
        said.out
    }

    async fn note(&mut self, command: &'static str, before: &[String], desk: &Desk) {
        let after = if desk.path("switchboard.db").exists() { acts(desk).await } else { Vec::new() };
        let same = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
        self.0.entry(command).or_default().extend(after.into_iter().skip(same));
    }
}

#[tokio::test]
async fn every_command_that_changes_something_leaves_a_row() {
    let help = Desk::new().runs(&["--help"]).out;
    let list = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let listed: BTreeSet<&str> = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    let known: BTreeSet<&str> = LEAVES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, known, "each command has a line in LEAVES, which says what it leaves");

    let mut left = Left::default();
    // With the simulator the first start sets up a demonstration; with a real carrier it offers the link of the first admin.
    let demo = Desk::new();
    let mut house = demo.starts(&["serve"]);
    house.says("Switchboard");
    assert_eq!(house.stops().code, Some(0));
    left.note("serve", &[], &demo).await;
    let url = format!("sqlite:{}", demo.path("switchboard.db").display());
    run(&url, "UPDATE numbers SET paused_at = 1 WHERE role = 'line'").await;
    left.by(&demo, &["doctor"], "").await;

    let ((first, one), (second, two)) = (carrier("AC1"), carrier("AC2"));
    let desk = Desk::new()
        .at("AC1", &one)
        .with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com")
        .with("SWITCHBOARD_POOL__MONTHLY_BUDGET", "100");
    left.by(&desk, &["migrate"], "").await;
    let early = left.by(&desk, &["link", "--setup"], "").await;
    assert!(early.starts_with("https://texts.example.com/setup/"), "{early}");
    let before = acts(&desk).await;
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    assert_eq!(house.stops().code, Some(0));
    left.note("serve", &before, &desk).await;

    desk.file("setup.toml", SETUP);
    left.by(&desk, &["apply", "setup.toml"], "").await;
    let late = desk.runs(&["link", "--setup"]);
    assert!(late.code == Some(1) && late.err.contains("there is somebody already"), "{late:?}");
    left.by(&desk, &["person", "password", "ana@example.com"], "four cormorants on a pier\n").await;
    left.by(&desk, &["link", "ana@example.com"], "").await;
    left.by(&desk, &["token", "crm", "--scopes", "pairs:read"], "").await;
    left.by(&desk, &["token", "crm", "--revoke", "--yes"], "").await;
    rents(&two, "AC2", "+18005550100").await;
    left.by(&desk, &["pool", "grow", "1", "--country", "US"], "").await;
    left.by(&desk, &["pool", "shrink", "--number", "+18005550111"], "").await;
    left.by(&desk, &["backup", "copy.db"], "").await;
    left.by(&desk, &["restore", "copy.db"], "").await;
    let desk = desk.at("AC2", &two);
    left.by(&desk, &["account", "move", "AC1", "AC2"], "").await;
    // It has no database.
    left.0.insert("simulator", BTreeSet::new());
    assert_eq!((first.stops().code, second.stops().code), (Some(0), Some(0)));

    let promised = LEAVES.map(|(command, kinds)| (command, kinds.iter().map(|kind| (*kind).to_owned()).collect()));
    assert_eq!(left.0, BTreeMap::from(promised));
}

#[cfg(unix)]
#[test]
fn the_files_of_a_database_are_their_owners_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let mode = |name: &str| {
        let path = desk.folder.path().join(name);
        path.metadata().map(|found| found.permissions().mode() & 0o777).ok()
    };
    let widen = |name: &str| {
        std::fs::set_permissions(desk.folder.path().join(name), PermissionsExt::from_mode(0o644)).unwrap();
    };
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert_eq!(mode("switchboard.db"), Some(0o600));
    let doctor = desk.runs(&["doctor"]).out;
    assert!(doctor.contains("ok       files: the database is its owner's alone"), "{doctor}");
    // As one of an earlier version is.
    widen("switchboard.db");
    let doctor = desk.runs(&["doctor"]).out;
    assert!(doctor.contains("missing  files: others on this machine") && doctor.contains("(0644)"), "{doctor}");
    assert!(doctor.contains("fix: chmod 600 switchboard.db"), "{doctor}");
    let mut serving = desk.starts(&["serve"]);
    serving.says("Switchboard");
    for file in ["switchboard.db", "switchboard.db-wal", "switchboard.db-shm", "switchboard.db.lock"] {
        assert_eq!(mode(file), Some(0o600), "{file}");
    }
    assert_eq!(serving.stops().code, Some(0));
}
