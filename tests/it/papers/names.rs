//! The names in the pages: files, functions, commands, options, addresses and metrics. Each must exist under its name, so that
//! a change of a name shows which pages still have the old one.

use std::collections::BTreeMap;
use std::path::Path;

use super::pages;
use crate::floors;
use crate::operators::program::Desk;

/// Pages about the past: a name in them may be gone.
const HISTORY: [&str; 2] = ["CHANGELOG.md", "DECISIONS.md"];

/// Names that the code once had for what it now calls otherwise.
const OLD: [&str; 10] = ["leap", "vouch", "vouched", "purse", "errand", "parcel", "heir", "seer", "unplan", "partings"];

/// The pages about today, each with its name.
fn today() -> impl Iterator<Item = (String, String)> {
    let named = pages().into_iter().map(|(path, text)| (path.file_name().unwrap().to_str().unwrap().to_owned(), text));
    named.filter(|(name, _)| !HISTORY.contains(&name.as_str()))
}

/// What stands between backticks in a page, outside its blocks of code, each with a single blank between words.
fn quoted(page: &str) -> Vec<String> {
    let prose: Vec<&str> = page.split("```").step_by(2).collect();
    let spans = prose.iter().flat_map(|prose| prose.split('`').skip(1).step_by(2));
    spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// All source files, as (path, code).
fn sources() -> Vec<(String, String)> {
    ["src", "tests", "benches"].iter().flat_map(|folder| floors::files(folder, &[".rs"])).collect()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether `code` contains `word` with nothing before or behind that would make it a longer one.
fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c == '_' || c.is_alphanumeric();
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part))
}

fn defines(code: &str, name: &str) -> bool {
    let kinds = ["fn", "struct", "enum", "trait", "const", "static", "mod", "macro_rules!"];
    kinds.iter().any(|kind| has_word(code, &format!("{kind} {name}")))
}

/// Whether `module::name` or `Type::name` is in the code.
fn exists(sources: &[(String, String)], module: &str, name: &str) -> bool {
    if module.starts_with(|c: char| c.is_ascii_uppercase()) {
        let of_type = sources.iter().filter(|(_, code)| {
            ["impl", "enum", "trait"].iter().any(|kind| {
                let blocks = code.lines().filter(|line| line.trim_start().trim_start_matches("pub ").starts_with(kind));
                blocks.into_iter().any(|line| has_word(line, module))
            })
        });
        return of_type.into_iter().any(|(_, code)| has_word(code, name));
    }
    sources.iter().any(|(path, code)| {
        let parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
        parts.contains(&module) && (defines(code, name) || parts.contains(&name))
    })
}

#[test]
fn every_function_and_type_that_a_page_names_is_in_the_code() {
    let sources = sources();
    let (mut missing, mut named) = (Vec::new(), 0);
    // The page of rules has a test of its own, for the tests that it names.
    for (page, text) in today().filter(|(page, _)| page != "RULES.md") {
        for span in quoted(&text) {
            let path: Vec<&str> = span.split("::").collect();
            let [.., module, name] = path[..] else { continue };
            if path.iter().all(|part| is_word(part)) {
                named += 1;
                if !exists(&sources, module, name) {
                    missing.push(format!("{page}: {span}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no such function or type: {missing:#?}");
    assert!(named > 15, "{named}");
    // It can fail.
    assert!(exists(&sources, "clock", "Clock") && exists(&sources, "Desk", "work"));
    assert!(has_word("a network works", "works") && !has_word("a network works_not", "work"));
    assert!(
        !exists(&sources, "clock", "Clocks")
            && !exists(&sources, "wall", "Clock")
            && !exists(&sources, "Desk", "works_not")
    );
}

#[test]
fn every_source_file_that_a_page_names_is_there() {
    let paths: Vec<String> = sources().into_iter().map(|(path, _)| path).collect();
    let mut named = 0;
    for (page, text) in today() {
        for span in quoted(&text) {
            let is_path = span.chars().all(|c| c.is_ascii_alphanumeric() || "/_-.".contains(c));
            if is_path && Path::new(&span).extension().is_some_and(|ending| ending == "rs") {
                let ends = format!("/{span}");
                assert!(
                    paths.iter().any(|path| format!("/{path}").ends_with(&ends)),
                    "{page} names {span}, which is not there"
                );
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named}");
}

/// The lines of a page that call the program: code between backticks, and lines of its blocks.
fn calls(page: &str) -> Vec<String> {
    let lines = page.split("```").skip(1).step_by(2).flat_map(str::lines).map(str::to_owned);
    let all = quoted(page).into_iter().chain(lines);
    let calls = all.filter_map(|line| {
        let line = line.trim().trim_start_matches("$ ").split(" #").next().unwrap().trim().to_owned();
        let call = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("switchboard "))?;
        Some(call.to_owned())
    });
    calls.collect()
}

#[test]
fn every_command_and_option_that_a_page_names_is_one_of_the_program() {
    let desk = Desk::new();
    let mut helps: BTreeMap<Vec<String>, String> = BTreeMap::new();
    let (mut options, mut wrong) = (0, Vec::new());
    for (page, text) in today() {
        for call in calls(&text) {
            let words: Vec<&str> =
                call.split_whitespace().map(|word| word.trim_matches(['"', '\'', ')', ','])).collect();
            let mut help_of = |command: &[&str]| {
                let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
                let help = helps.entry(command.clone()).or_insert_with(|| {
                    let said = desk.runs(&command.iter().map(String::as_str).chain(["--help"]).collect::<Vec<_>>());
                    if said.code == Some(0) { said.out } else { String::new() }
                });
                help.clone()
            };
            let named = usize::from(!words[0].starts_with("--"));
            let mut help = help_of(&words[..named]);
            // A command that has commands lists them; what follows it is one of those.
            if named == 1 && help.contains("\nCommands:\n") {
                help = help_of(&words[..words.len().min(2)]);
            }
            if help.is_empty() {
                wrong.push(format!("{page}: switchboard {call}: there is no such command"));
                continue;
            }
            for option in words.iter().filter(|word| word.starts_with("--")) {
                options += 1;
                if !has_word(&help, option) {
                    wrong.push(format!("{page}: switchboard {call}: {option} is no option"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(helps.len() > 12 && options > 20, "{} commands, {options} options", helps.len());
    assert!(calls("```sh\n$ switchboard serv --nev  # nothing\n```") == ["serv --nev"], "a wrong call would be seen");
}

#[test]
fn every_address_and_metric_that_a_page_names_is_the_programs() {
    const ROUTES: &str = include_str!("../../../docs/ROUTES.md");
    let metrics: String = floors::files("src", &[".rs"]).into_iter().map(|(_, code)| code).collect();
    let (mut addresses, mut figures) = (0, 0);
    for (page, text) in today().filter(|(page, _)| page != "ROUTES.md") {
        for span in quoted(&text) {
            let first = span.strip_prefix('/').and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
            if first.len() > 2 && first.chars().all(|c| c.is_ascii_lowercase()) {
                // What stands for a part of an address may be called otherwise.
                let fixed = span.split(['<', '{', '?']).next().unwrap();
                assert!(ROUTES.contains(&format!("`{fixed}")), "{page} names {span}, which is no route");
                addresses += 1;
            }
            let name = span.split('{').next().unwrap();
            // The log has targets, which are called like the crates.
            let is_crate =
                name.strip_prefix("switchboard_").is_some_and(|part| Path::new("crates").join(part).is_dir());
            if name.starts_with("switchboard_") && is_word(name) && !is_crate {
                assert!(has_word(&metrics, &format!("\"{name}")), "{page} names {name}, which is no metric");
                figures += 1;
            }
        }
    }
    assert!(addresses > 10 && figures > 12, "{addresses} addresses, {figures} metrics");
}

#[test]
fn no_page_has_a_name_that_the_code_has_given_up() {
    for (path, text) in pages() {
        let found: Vec<&str> = OLD
            .into_iter()
            .filter(|old| {
                text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word.eq_ignore_ascii_case(old))
            })
            .collect();
        assert!(found.is_empty(), "{} has {found:?}", path.display());
    }
}

/// Tables and code are as wide as they must be.
#[test]
fn no_line_of_prose_is_wider_than_120_columns() {
    let mut wide = Vec::new();
    for (path, text) in pages() {
        let prose = text.split("```").step_by(2).flat_map(str::lines);
        let prose = prose.filter(|line| !line.starts_with(['|', '#', '!']) && line.chars().count() > 120);
        wide.extend(prose.map(|line| format!("{}: {line}", path.display())));
    }
    assert!(wide.is_empty(), "{wide:#?}");
}
