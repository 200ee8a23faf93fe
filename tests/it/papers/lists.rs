//! What is kept in a list beside a folder is what stands in the folder: a file that nobody names is compiled, shown or tested
//! by nobody, and nothing else would say so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use switchboard::config::keys;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Modules of a folder that no parent declares; `roots` are the files that cargo begins with.
fn undeclared(folder: &Path, roots: &[&str]) -> Vec<String> {
    let mut missing = Vec::new();
    let sources = files(folder).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    for path in sources {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let folder_of = path.parent().unwrap();
        if folder_of == folder && roots.contains(&name) {
            continue;
        }
        // `mod.rs` is the module of its folder; anything else is one of the module that its folder is named after.
        let (module, home) = match name {
            "mod" => (folder_of.file_name().unwrap().to_str().unwrap(), folder_of.parent().unwrap()),
            name => (name, folder_of),
        };
        let beside = home.with_extension("rs");
        let parents: Vec<PathBuf> = if home == folder {
            roots.iter().map(|root| folder.join(root).with_extension("rs")).collect()
        } else {
            vec![home.join("mod.rs"), beside]
        };
        let declares = |parent: &PathBuf| {
            let code = if parent.exists() { text(parent) } else { String::new() };
            code.lines().any(|line| {
                let words: Vec<&str> = line.trim_end_matches(';').split_whitespace().collect();
                words.iter().zip(words.iter().skip(1)).any(|(one, other)| *one == "mod" && *other == module)
            })
        };
        // A module may be named otherwise than its file, by a file beside it.
        let by_path = format!("#[path = \"{name}.rs\"]");
        let beside = std::fs::read_dir(folder_of).unwrap().map(|entry| entry.unwrap().path());
        let mut beside = beside.filter(|other| other.is_file() && *other != path);
        if !parents.iter().any(declares) && !beside.any(|other| text(&other).contains(&by_path)) {
            missing.push(path.display().to_string());
        }
    }
    missing
}

#[test]
fn every_source_file_is_a_module_of_the_program_or_of_its_tests() {
    let src = ["lib", "main", "../crates/desk/lib", "../crates/rules/lib", "../crates/utilities/lib"];
    for (folder, roots) in [("src", &src[..]), ("tests/it", &["main"]), ("benches/measure", &["main"])] {
        let missing = undeclared(&root().join(folder), roots);
        assert!(missing.is_empty(), "nothing declares {missing:#?}");
    }
    // It can fail: a file that nobody declares is found.
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, code: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, code).unwrap();
    };
    at("main.rs", "mod one;\n/// Two.\npub(crate) mod two;\n");
    at("one.rs", "mod inner;\n");
    at("one/inner.rs", "");
    at("two/mod.rs", "");
    assert!(undeclared(folder.path(), &["main"]).is_empty());
    at("one/lost.rs", "");
    at("gone.rs", "");
    assert_eq!(undeclared(folder.path(), &["main"]).len(), 2);
}

#[test]
fn every_template_is_used() {
    let folder = root().join("templates");
    let code: Vec<String> = files(&root().join("src")).iter().map(|path| text(path)).collect();
    let templates: Vec<(String, String)> = files(&folder)
        .iter()
        .map(|path| (path.strip_prefix(&folder).unwrap().display().to_string(), text(path)))
        .collect();
    assert!(templates.len() > 40, "{}", templates.len());
    for (name, _) in &templates {
        // The words of the system are named by their stems in one table.
        let stem = name.strip_prefix("texts/").and_then(|name| name.strip_suffix(".txt"));
        let said = stem.map_or_else(|| format!("\"{name}\""), |stem| format!("\"{stem}\""));
        let used = code.iter().any(|code| code.contains(&said))
            || templates.iter().any(|(other, text)| other != name && text.contains(&said));
        assert!(used, "templates/{name} is used by nothing");
    }
}

/// A file of a page has its address from the program: one that the program does not have would be a dead link.
#[test]
fn every_file_that_a_page_names_is_in_the_program() {
    let mut named = BTreeSet::new();
    for path in files(&root().join("templates")).iter().chain(&files(&root().join("src"))) {
        let code = text(path);
        named.extend(
            code.split("files::address(\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned),
        );
    }
    assert!(named.len() > 5, "only {named:?} are named");
    for name in named {
        assert_ne!(switchboard::http::files::address(&name), "/static/missing", "{name}");
    }
}

/// A key that is listed and not read would change nothing. (One that is read and not listed is not compiled.)
#[test]
fn every_setting_that_is_read_is_listed_and_every_listed_one_is_read() {
    let code: String = files(&root().join("src/config"))
        .iter()
        .filter(|path| !path.ends_with("tests.rs"))
        .map(|path| text(path))
        .collect();
    let read = |name: &str| {
        code.split(&format!("keys::{name}"))
            .skip(1)
            .any(|after| !after.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
    };
    let unread: Vec<&str> =
        keys::ALL.iter().chain(&keys::ROCKET).map(|key| key.name).filter(|name| !read(name)).collect();
    assert!(unread.is_empty(), "read by nothing: {unread:?}");
}

/// The parts that `scripts/test` runs by default are those that it knows.
#[test]
fn every_part_of_the_checks_runs_by_default() {
    let script = text(&root().join("scripts/test"));
    let known = script.lines().find_map(|line| line.trim().strip_suffix(") parts+=(\"$1\") ;;")).unwrap();
    let known: Vec<&str> = known.split(" | ").collect();
    let default = script.lines().find_map(|line| line.trim().strip_prefix("parts=(lint ")?.strip_suffix(')')).unwrap();
    assert_eq!(format!("lint {default}").split(' ').collect::<Vec<_>>(), known);
    for part in known {
        assert!(script.contains(&format!("#   scripts/test {part} ")), "--help does not tell of {part}");
        assert!(script.contains(&format!("if wanted {part}; then")), "{part} does nothing");
    }
}

#[test]
fn every_style_sheet_script_and_icon_is_in_the_program() {
    let code: String =
        ["src/http/files.rs", "src/simulator/page/files.rs"].iter().map(|path| text(&root().join(path))).collect();
    let found = files(&root().join("static"));
    assert!(found.len() > 20, "{}", found.len());
    for path in found {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let included = ["../../", "../../../"].map(|up| code.contains(&format!("include_str!(\"{up}{name}\")")));
        assert!(included.contains(&true), "{name} is in no page");
    }
}
