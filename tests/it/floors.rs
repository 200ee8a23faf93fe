//! Holds the code against the map of the house: who may name whom, and what belongs in which room.
//!
//! A map that nothing checks is wrong within a month. The checker itself is tested on small samples.

mod circles;
mod map;
mod paths;
mod statements;
mod tokens;
mod unused;
mod wings;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use map::{Complaint, check_file, root_macros};

/// The longest that a source file may be, in lines.
const LONGEST: usize = 400;
/// The most source files in a folder.
const MOST: usize = 16;
/// The longest that a line of a template may be, in columns.
const WIDEST: usize = 140;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `dir` whose name ends in one of `endings`, as (path from the project's root, text), sorted.
pub fn files(dir: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(dir)];
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["node_modules", "target", ".git"].contains(&name.as_str()) {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.extend(read(&path));
            }
        }
    }
    found.sort();
    found
}

/// The path from the project's root and the text; none for a picture, or for no file.
fn read(path: &Path) -> Option<(String, String)> {
    let text = std::fs::read_to_string(path).ok()?;
    Some((path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text))
}

fn none(complaints: &[Complaint]) {
    let mut report = String::new();
    for complaint in complaints {
        writeln!(report, "{complaint}").unwrap();
    }
    assert!(complaints.is_empty(), "{} breach(es) of the house rules:\n{report}", complaints.len());
}

#[test]
fn imports_run_only_downward_and_each_library_stays_in_its_rooms() {
    let sources = files("src", &[".rs"]);
    assert!(sources.len() > 20, "found only {} files: is src where it was?", sources.len());
    let macros = root_macros(&sources);
    none(&sources.iter().flat_map(|(path, text)| check_file(path, text, &macros)).collect::<Vec<_>>());
}

#[test]
fn a_room_names_only_the_rooms_of_its_floor_that_it_may_and_no_circle_is_allowed() {
    none(&files("src", &[".rs"]).iter().flat_map(|(path, text)| wings::check_file(path, text)).collect::<Vec<_>>());
    assert_eq!(wings::circles(), Vec::<String>::new());
    let gone: Vec<String> = wings::folders().into_iter().filter(|folder| !root().join(folder).is_dir()).collect();
    assert!(gone.is_empty(), "tests/it/floors/wings.rs has rows for {gone:?}, which are not there");
}

#[test]
fn no_files_or_folders_that_stand_together_name_each_other_in_a_circle() {
    assert_eq!(circles::circles(&files("src", &[".rs"])), Vec::<String>::new());
}

#[test]
fn a_folder_can_be_taken_in_at_a_glance() {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let sources: Vec<_> = ["src", "tests", "benches"].iter().flat_map(|dir| files(dir, &[".rs", ".js"])).collect();
    let mut complaints = Vec::new();
    for (path, _) in &sources {
        let (folder, name) = path.rsplit_once('/').unwrap();
        *folders.entry(folder).or_default() += 1;
        if folder.ends_with(&format!("/{}", name.trim_end_matches(".rs"))) {
            let why = "bears its folder's name; call it mod.rs, or by what it holds".to_owned();
            complaints.push(Complaint { path: path.clone(), line: 1, why });
        }
    }
    let crowded = folders.into_iter().filter(|(_, files)| *files > MOST);
    complaints.extend(crowded.map(|(folder, files)| Complaint {
        path: folder.to_owned(),
        line: files,
        why: format!("holds {files} files, more than {MOST}; which of them are one thing?"),
    }));
    none(&complaints);
}

#[test]
fn nothing_public_is_left_that_nothing_uses() {
    // The checker names what it looks for.
    let tests: Vec<_> = ["tests", "benches"]
        .iter()
        .flat_map(|dir| files(dir, &[".rs"]))
        .filter(|(path, _)| !path.starts_with("tests/it/floors/"))
        .collect();
    none(&unused::check(&files("src", &[".rs"]), &files("templates", &[".html", ".txt", ".md", ".xml"]), &tests));
}

/// Rocket's own form takes null characters, which PostgreSQL does not; ours is the one way in. The simulator has no
/// database.
#[test]
fn forms_are_read_by_our_own_guard_only() {
    let apart = ["src/http/form.rs", "src/simulator/"];
    let mut complaints = Vec::new();
    for (path, text) in files("src", &[".rs"]) {
        if apart.iter().any(|own| path.starts_with(own)) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let theirs = ["rocket::form::", ": Json<", ": TempFile", ": Capped<"];
            if theirs.iter().any(|name| line.contains(name)) {
                let why = "reads a body past http/form.rs and api/body.rs, which let no null character in".to_owned();
                complaints.push(Complaint { path: path.clone(), line: index + 1, why });
            }
        }
    }
    none(&complaints);
}

#[test]
fn no_source_file_is_too_long_for_one_idea() {
    let long: Vec<_> = files("src", &[".rs"])
        .into_iter()
        .filter(|(_, text)| text.lines().count() > LONGEST)
        .map(|(path, text)| Complaint {
            path,
            line: text.lines().count(),
            why: format!("is longer than {LONGEST} lines; is there a second idea in it that wants a file of its own?"),
        })
        .collect();
    none(&long);
}

/// The texts beside the pages are not looked at: a line that ends there ends in the text, too.
#[test]
fn no_line_of_a_template_is_too_long_to_read() {
    let pages = files("templates", &[".html"]);
    assert!(pages.len() > 40, "found only {} pages: are the templates where they were?", pages.len());
    let mut complaints = Vec::new();
    for (path, text) in pages {
        for (index, line) in text.lines().enumerate().filter(|(_, line)| line.chars().count() > WIDEST) {
            let why = format!("is {} columns long, more than {WIDEST}; one element a line", line.chars().count());
            complaints.push(Complaint { path: path.clone(), line: index + 1, why });
        }
    }
    none(&complaints);
}

#[test]
fn the_project_stands_alone() {
    // Written apart, so that this file does not find itself.
    let outside = concat!("sha", "red/");
    let mut texts = Vec::new();
    for dir in ["src", "tests", "docs", "templates", "static", "migrations", "benches", "scripts", ".ci"] {
        texts.extend(files(dir, &[""]));
    }
    for name in
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Cargo.toml", "deny.toml", "clippy.toml"]
    {
        texts.extend(read(&root().join(name)));
    }
    let mut complaints = Vec::new();
    for (path, text) in texts {
        for (index, line) in text.lines().enumerate() {
            if line.contains(outside) {
                let why = format!("names `{outside}`, a folder that is not part of the project");
                complaints.push(Complaint { path: path.clone(), line: index + 1, why });
            }
        }
    }
    none(&complaints);
}

/// The files that say of which rooms each crate is made.
fn roots() -> Vec<(String, String)> {
    let mut roots: Vec<_> = files("crates", &["lib.rs"]);
    roots.extend(read(&root().join("src/lib.rs")));
    assert!(roots.len() > 3, "found only {} crates", roots.len());
    roots
}

#[test]
fn every_module_of_the_crates_has_its_place_on_the_map() {
    let roots = roots();
    let modules = roots.iter().flat_map(|(path, lib)| {
        let declared = lib.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
        declared.filter_map(|line| line.strip_suffix(';')).map(move |room| (path, room))
    });
    let unknown: Vec<_> = modules.filter(|(_, room)| map::floor(room).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?} have no floor; give each one in tests/it/floors/map.rs");
}

/// Whoever names a crate of ours names a room past the map.
#[test]
fn rooms_are_named_through_their_own_crate() {
    let mut complaints = Vec::new();
    for (path, text) in files("src", &[".rs"]).into_iter().filter(|(path, _)| path != "src/lib.rs") {
        for token in tokens::tokens(&text).iter().filter(|token| token.text.starts_with("switchboard_")) {
            let why = format!("names `{}`; write crate::", token.text);
            complaints.push(Complaint { path: path.clone(), line: token.line, why });
        }
    }
    none(&complaints);
}
