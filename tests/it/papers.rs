//! What the README says about settings is what the program reads.
//!
//! A table kept by hand next to a list in the code drifts; this holds them together.

use switchboard::config::keys::{ALL, ROCKET};

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
        let row = rows.iter().find(|row| row[0].trim_end_matches(" °") == key.name);
        let row = row.unwrap_or_else(|| panic!("{} is missing in README.md", key.name));
        assert_eq!(row[1], key.path, "{}: its name in Rocket.toml", key.name);
        assert_eq!(row[2], if key.default.is_empty() { "none" } else { key.default }, "{}: its default", key.name);
        assert!(!row[3].is_empty(), "{}: what it sets", key.name);
    }
    assert_eq!(rows.len(), ROCKET.len() + ALL.len(), "README.md lists a setting that the program does not know");
}
