//! What the papers say is so: the settings table, the set-up file of the tour, the links between pages.
//!
//! What is kept by hand beside the code drifts; this holds them together.

use std::path::Path;

use switchboard::config::keys::{ALL, ROCKET};
use switchboard::domain::words::text::Wording;

use crate::operators::program::Desk;

const README: &str = include_str!("../../README.md");

/// The cells of the configuration table's rows, without code marks.
fn rows() -> Vec<Vec<String>> {
    let (_, after) = README.split_once("\n## Configuration").unwrap();
    let (section, _) = after.split_once("\n## ").unwrap();
    let lines = section.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    lines.skip(2).map(|line| line.split('|').map(|cell| cell.replace('`', "").trim().to_owned()).collect()).collect()
}

#[test]
fn the_readme_lists_every_setting_with_its_default() {
    let rows = rows();
    for key in ROCKET.iter().chain(&ALL) {
        let row = rows.iter().find(|row| row[0] == key.name);
        let row = row.unwrap_or_else(|| panic!("{} is missing in README.md", key.name));
        assert_eq!(row[1], key.path, "{}: its name in Rocket.toml", key.name);
        assert_eq!(row[2], if key.default.is_empty() { "none" } else { key.default }, "{}: its default", key.name);
        assert!(!row[3].is_empty(), "{}: what it sets", key.name);
    }
    assert_eq!(rows.len(), ROCKET.len() + ALL.len(), "README.md lists a setting that the program does not know");
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

#[test]
fn no_page_links_to_a_file_that_is_not_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let top = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut missing = Vec::new();
    for page in docs.chain(top).filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let text = std::fs::read_to_string(&page).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let file = target.split('#').next().unwrap_or_default();
            if !page.parent().unwrap().join(file).exists() {
                missing.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
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
