//! Compares the pages with the code: the page of settings, the set-up file of the tour, the links between pages, the names
//! that the pages use.
//!
//! A page that nothing compares with the code becomes wrong with time.

mod features;
mod lists;
mod names;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use switchboard::config::keys::{ALL, Key, ROCKET};
use switchboard::domain::words::text::Wording;

use crate::floors;
use crate::operators::program::Desk;

const README: &str = include_str!("../../README.md");

const CONFIGURATION: &str = "\
# Configuration

Every setting of `switchboard`. You can set each one in the environment, or under its second name in a `Rocket.toml` in
the folder where the program is started or in a folder above it. The environment wins. Nothing has to be set.

- A duration is a number and a unit: `500ms`, `90s`, `30m`, `72h`, `7d`, `1h30m`.
- The program refuses to start with a value that it cannot use, and names the key and the remedy.
- The program refuses to start with an unknown `SWITCHBOARD_…` key, and with a name in the environment or in
  `Rocket.toml` that is one slip of the keyboard away from a key (`DATABSE_URL`, `[default.suport]`). It says which key
  you probably meant.
- The program warns of other unknown `TWILIO_…` and `ROCKET_…` names, and of other unknown keys in `Rocket.toml`.
- In `Rocket.toml` the keys stand in a profile: `[default]` for the keys without a dot, `[default.support]` for those
  that begin with `support.`, and so on. Rocket's own keys work as well, except `ip_header`, which the program refuses.

`tests/it/papers.rs` writes this page from the table in `src/config/keys.rs`, and fails while the two differ. To write
the page anew:

```sh
CONFIGURATION=write cargo test --features faults --test it -- papers::
```
";

/// Which keys stand together, with what is said before them.
const GROUPS: [(&str, &str, &str); 8] = [
    (
        "The program",
        "",
        "A proxy in front of the program needs two of these: [behind a proxy](OPERATIONS.md#behind-a-proxy).",
    ),
    ("Twilio", "twilio", ""),
    ("Support", "support", "These hold for every line that has no value of its own: [the rules of a line](LINES.md)."),
    (
        "The pool of masks",
        "pool",
        "OPERATIONS.md explains these: [the pool of masks](OPERATIONS.md#the-pool-of-masks).",
    ),
    ("The inbox", "inbox", ""),
    ("Delivery", "delivery", "[RELIABILITY.md](RELIABILITY.md) says how doubt about a text is settled."),
    ("The API", "api", ""),
    ("Events", "events", ""),
];

fn configuration() -> String {
    let mut page = CONFIGURATION.to_owned();
    let keys: Vec<_> = ROCKET.iter().chain(&ALL).collect();
    let mut told = 0;
    for (title, group, words) in GROUPS {
        let of_group = |key: &&&&Key| match key.path().split_once(['.', '_']) {
            _ if key.name.starts_with("ROCKET_") => group.is_empty(),
            Some((first, _)) if key.path().contains('.') || first == "twilio" => first == group,
            _ => group.is_empty(),
        };
        let rows: Vec<_> = keys.iter().filter(of_group).collect();
        told += rows.len();
        write!(page, "\n## {title}\n\n").unwrap();
        if !words.is_empty() {
            write!(page, "{words}\n\n").unwrap();
        }
        page.push_str(
            "| environment | Rocket.toml | default | values | what it sets |\n| --- | --- | --- | --- | --- |\n",
        );
        for key in rows {
            let default = if key.default.is_empty() { "nothing".to_owned() } else { format!("`{}`", key.default) };
            writeln!(page, "| `{}` | `{}` | {default} | {} | {} |", key.name, key.path(), key.takes, key.meaning)
                .unwrap();
        }
    }
    assert_eq!(told, keys.len(), "a key stands in no group");
    page
}

#[test]
fn the_page_of_settings_is_what_the_table_of_keys_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CONFIGURATION.md");
    let page = configuration();
    if std::env::var("CONFIGURATION").is_ok_and(|value| value == "write") {
        std::fs::write(path, page).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/CONFIGURATION.md is not what src/config/keys.rs says; the page says how to write it anew"
    );
}

/// Names in pages, code and set-up files: a key that was renamed or is misspelt there would set nothing.
#[test]
fn every_setting_that_is_named_anywhere_is_a_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known: Vec<&str> = ROCKET.iter().chain(&ALL).map(|key| key.name).collect();
    let mut files: Vec<_> = ["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(|name| root.join(name)).into();
    files.extend(std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    let mut named = 0;
    for file in files.iter().filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(file).unwrap();
        for word in text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')) {
            if word.len() > 12 && word.starts_with("SWITCHBOARD_") && !word.ends_with('_') {
                assert!(known.contains(&word), "{} names {word}, which is no key", file.display());
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named}");
}

/// The file of settings shows some keys in comments, each with its default.
#[test]
fn every_line_of_rocket_toml_is_a_key_with_its_default() {
    // Defaults that are told in words, because they depend on something else.
    const IN_WORDS: [&str; 2] = ["public_url", "delivery.segments_per_second"];
    let keys: Vec<&Key> = ROCKET.iter().chain(&ALL).copied().collect();
    let (mut group, mut shown) = (String::new(), 0);
    for line in include_str!("../../Rocket.toml").lines().map(|line| line.trim_start_matches("# ")) {
        if let Some(profile) = line.strip_prefix("[default") {
            group = profile.trim_end_matches(']').trim_start_matches('.').to_owned();
        }
        let Some((name, value)) = line.split_once(" = ") else { continue };
        let path = if group.is_empty() { name.to_owned() } else { format!("{group}.{name}") };
        let key = keys.iter().find(|key| key.path() == path).unwrap_or_else(|| panic!("Rocket.toml: {path} is no key"));
        let value = value.split('#').next().unwrap().trim().trim_matches('"');
        assert!(value == key.default || IN_WORDS.contains(&path.as_str()), "Rocket.toml: {path} is {}", key.default);
        shown += 1;
    }
    assert!(shown > 10, "{shown}");
}

#[test]
fn the_set_up_file_of_the_readme_can_be_applied() {
    let (_, after) = README.split_once("```toml\n").unwrap();
    let (file, _) = after.split_once("```").unwrap();
    let desk = Desk::new();
    desk.file("setup.toml", file);
    let said = desk.runs(&["apply", "setup.toml", "--dry-run"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("+ line +18005550100 Bait and Tackle"), "{said:?}");
}

#[test]
fn every_file_and_folder_of_the_map_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for name in include_str!("../../docs/ARCHITECTURE.md").split('`').skip(1).step_by(2) {
        assert!(!name.contains('/') || !name.contains('{'), "docs/ARCHITECTURE.md: name each file of {name} by itself");
        let is_path = name.contains('/')
            && (name.ends_with('/') || Path::new(name).extension().is_some_and(|ending| ending == "rs"));
        if !is_path || name.contains([' ', '\n']) {
            continue;
        }
        // In the table a name stands in the column of its floor.
        let places = ["src", "", "src/web", "src/desk", "src/domain", "src/store", "src/http"];
        let exists = places.iter().any(|place| root.join(place).join(name).exists());
        assert!(exists, "docs/ARCHITECTURE.md names {name}, which is not there");
        named += 1;
    }
    assert!(named > 50, "the map names only {named} files and folders");
}

#[test]
fn every_rule_names_a_test_that_exists() {
    let rules = include_str!("../../docs/RULES.md");
    let mut named = 0;
    for row in
        rules.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule") && !line.starts_with("| ---"))
    {
        let (_, tests) = row.trim_end_matches(" |").rsplit_once("| ").unwrap();
        for test in tests.split('`').skip(1).step_by(2) {
            let (module, name) = test.rsplit_once("::").unwrap_or_else(|| panic!("{test}: write module::name"));
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let place = module.replace("::", "/");
            // A pure rule is held beside it.
            let places = ["tests/it/{place}.rs", "tests/it/{place}/mod.rs", "src/domain/{place}.rs", "src/{place}.rs"]
                .map(|of| of.replace("{place}", &place));
            let held = places.iter().filter_map(|place| std::fs::read_to_string(root.join(place)).ok());
            // Tests of a macro are named in its rows.
            let spelled = [format!("fn {name}("), format!("\n    {name}: ")];
            let held = held.into_iter().any(|code| spelled.iter().any(|one| code.contains(one)));
            assert!(held, "{test}: no such test in {places:?}");
            named += 1;
        }
        assert!(tests.contains('`'), "no test is named for: {row}");
    }
    assert!(named > 250, "only {named} tests are named");
}

/// A row that begins like a continuation can be understood only by whoever reads the row above.
#[test]
fn every_rule_can_be_read_by_itself() {
    const LEANING: [&str; 20] = [
        "So", "Also", "Or", "Nor", "Else", "Not", "It", "Its", "They", "Them", "Their", "These", "Those", "This",
        "That", "Then", "And", "But", "Never", "By",
    ];
    let rules = include_str!("../../docs/RULES.md").lines().filter_map(|line| line.strip_prefix("| "));
    let leaning: Vec<_> = rules.filter(|row| LEANING.contains(&row.split(' ').next().unwrap())).collect();
    assert!(leaning.is_empty(), "{leaning:#?}");
}

/// The pages that people read, with their paths.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.to_owned(), root.join("docs")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let pages = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap())).collect()
}

/// The part of an address by which a heading is linked to.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || "- _".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn no_page_links_to_a_file_or_heading_that_is_not_there() {
    let mut missing = Vec::new();
    for (page, text) in pages() {
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, heading) =
                target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let there = match heading {
                None => path.exists(),
                Some(heading) => std::fs::read_to_string(&path)
                    .is_ok_and(|text| text.lines().any(|line| line.starts_with('#') && anchor(line) == heading)),
            };
            if !there {
                missing.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_script_that_a_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for (page, text) in pages() {
        for word in text.split(|c: char| !(c.is_alphanumeric() || "/._-".contains(c))) {
            if let Some(script) = word.strip_prefix("scripts/").map(|_| word.trim_end_matches('.')) {
                assert!(root.join(script).exists(), "{} names {script}, which is not there", page.display());
                named += 1;
            }
        }
    }
    assert!(named > 40, "{named}");
}

/// Sentences that stood in the pages and were not so.
#[test]
fn no_page_says_again_what_was_found_to_be_false() {
    const FALSE: [(&str, &str); 9] = [
        ("from any directory", "the database and Rocket.toml are looked for where the program is started"),
        ("do not matter to them", "X-Forwarded-For of a named proxy says who sent a request"),
        ("dry-run` changes nothing", "a rehearsal changes a database, and takes that back"),
        ("`--dry-run` makes and changes nothing", "a rehearsal without a database makes one and deletes it"),
        ("no test sleeps", "tests of processes wait for what others do"),
        ("no key does anything while you write", "Ctrl+Enter sends, Ctrl+K opens the palette"),
        ("a late text never reaches a stranger", "after its rest a mask may stand for somebody else"),
        ("no event is lost meanwhile", "the program deletes events after 30 days"),
        ("everybody who texts a line gets an answer", "a setting may leave their country out"),
    ];
    for (page, text) in pages() {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        for (said, why) in FALSE {
            assert!(!text.contains(said), "{} says \"{said}\", but {why}", page.display());
        }
    }
}

/// What CONTRIBUTING says of all code, and can be counted.
#[test]
fn the_code_is_as_contributing_says() {
    const CONTRIBUTING: &str = include_str!("../../CONTRIBUTING.md");
    let told: String = CONTRIBUTING.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, after) = told.split_once("No file in `src/` is longer than ").unwrap();
    let longest: usize = after.split(' ').next().unwrap().parse().unwrap();
    assert!(told.contains("never by `#[allow]`") && told.contains("sleep"), "these sentences are what is checked here");
    // Written apart, so that this file does not find itself.
    let (allow, sleep) = (concat!("[", "allow("), concat!("sle", "ep("));
    for (path, code) in floors::files("src", &[".rs"]) {
        assert!(code.lines().count() <= longest, "{path} is longer than {longest} lines");
        assert!(!code.contains(allow), "{path} silences a lint by allow");
    }
    for (path, code) in floors::files("tests/it", &[".rs"]) {
        let may = ["processes", "kills", "neighbours"].iter().any(|part| path.contains(part));
        assert!(may || !code.contains(sleep), "{path} waits by the wall clock");
    }
}

#[test]
fn the_page_about_lines_names_every_text_and_its_fields() {
    let page = include_str!("../../docs/LINES.md");
    for wording in Wording::ALL {
        let row = page.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{}`", wording.name())));
        let row = row.unwrap_or_else(|| panic!("docs/LINES.md does not name {}", wording.name()));
        for field in wording.fields() {
            assert!(row.contains(&format!("`{{{field}}}`")), "docs/LINES.md: {} has the field {field}", wording.name());
        }
    }
}
