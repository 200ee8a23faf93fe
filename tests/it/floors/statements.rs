//! Tests act: a statement that writes to the database stands in no test, but for the places named here. A state that
//! cannot be acted has a name in `tests/it/house/states/`.

use std::collections::BTreeMap;

use super::files;

/// Files and folders that may have such statements, each with the reason. Each has at least one.
const MAY: [(&str, &str); 13] = [
    ("tests/it/house/states/", "it gives states their names"),
    ("tests/it/seed.rs", "it fills a database with years of work"),
    ("tests/it/store/batches.rs", "it is about how statements that write reach the database"),
    ("tests/it/store/lock_order.rs", "it is about the order in which statements lock rows"),
    ("tests/it/store/plans.rs", "it compares the plans of statements for many rows"),
    ("tests/it/store/schema.rs", "it is about the tables and their constraints"),
    ("tests/it/model/", "its rig sets one database back for thousands of sequences"),
    ("tests/it/api/upgrade.rs", "it is about rows of an older schema"),
    ("tests/it/conversations/writing/killed.rs", "its reply is planned while no process runs"),
    ("tests/it/lines/unreadable.rs", "it is about rows that no version can have written"),
    ("tests/it/operators/", "commands find databases there that no house is on"),
    ("tests/it/processes/faults.rs", "it is about what another process does to the database"),
    ("tests/it/floors/statements.rs", "it tests itself on samples"),
];

/// Whether a line of code has a statement that writes.
fn writes(line: &str) -> bool {
    let begins = |begin: &str| {
        let is_word = |before: &str| before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        line.match_indices(begin).any(|(at, _)| !is_word(&line[..at]))
    };
    ["INSERT INTO ", "DELETE FROM ", "UPDATE "].into_iter().any(begins) && !line.trim_start().starts_with("//")
}

#[test]
fn no_test_writes_statements() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (path, text) in files("tests", &[".rs"]) {
        let count = text.lines().filter(|line| writes(line)).count();
        if count > 0 {
            found.insert(path, count);
        }
    }
    let has = |place: &str| found.keys().any(|path| path.starts_with(place));
    let idle: Vec<&str> = MAY.iter().map(|(place, _)| *place).filter(|place| !has(place)).collect();
    assert!(idle.is_empty(), "these places may have statements that write, and have none: {idle:?}");
    found.retain(|path, _| !MAY.iter().any(|(place, _)| path.starts_with(place)));
    assert!(
        found.is_empty(),
        "tests with statements that write (file, lines): {found:?}; act by the verbs of the program, or give the state a \
         name in tests/it/house/states/"
    );
}

#[test]
fn a_statement_that_writes_is_known_by_its_first_words() {
    for line in [
        "house.sets(\"UPDATE people SET name = 'x'\")",
        "  \"INSERT INTO labels (id) VALUES (1)\"",
        "(\"DELETE FROM legs\")",
    ] {
        assert!(writes(line), "{line}");
    }
    for line in ["// UPDATE people", "INSTA_UPDATE = no", "house.words(\"SELECT 1\")", "Update them"] {
        assert!(!writes(line), "{line}");
    }
}
