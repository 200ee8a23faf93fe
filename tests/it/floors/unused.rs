//! Finds public items of `src/` that nothing in `src/` uses.
//!
//! The compiler takes everything public in a library for used. This looks for names instead: a name that stands nowhere but in
//! its own definition is certain to be unused, and so is an item of a module that is named in no file which also names that
//! module. What only tests use counts as unused, so that tests drive what people use.

use std::collections::{BTreeMap, BTreeSet};

use super::map::Complaint;
use super::tokens::{Token, tokens_and_texts, without_tests};

/// (file, item): what tests and benches need and the program does not.
const FOR_TESTS: [(&str, &str); 6] = [
    // Tests write their instants as seconds.
    ("src/clock.rs", "from_seconds"),
    // Tests build the desk with what holds without a setting.
    ("src/config/policies.rs", "usual_policies"),
    // No test waits as long as an endpoint may take.
    ("src/courier/mod.rs", "patient_for"),
    // The statements of one thread, which are not mixed with those of other tests.
    ("src/metrics.rs", "statements_here"),
    // Tests ask the simulator as a value for what its page and its API offer to people.
    ("src/simulator/faults.rs", "of_numbers"),
    ("src/simulator/state.rs", "texts_to"),
];

/// A public item, and the line on which its name stands.
#[derive(Debug)]
struct Item {
    path: String,
    name: String,
    line: usize,
    /// It stands in the module itself, not in an `impl` or another item.
    of_module: bool,
}

/// Complains of every public item of `sources` that neither they nor the `templates` use, and of a line of [`FOR_TESTS`] that
/// is not needed: its item is used or gone, or no text of `tests` names it.
pub fn check(
    sources: &[(String, String)],
    templates: &[(String, String)],
    tests: &[(String, String)],
) -> Vec<Complaint> {
    let mut unused = unused(sources, templates);
    let mut complaints = Vec::new();
    for (path, name) in FOR_TESTS {
        let listed = unused.iter().position(|item| item.path == path && item.name == name);
        let tested = tests.iter().any(|(_, text)| text.split(|c| !is_part(c)).any(|word| word == name));
        match listed {
            Some(at) if tested => drop(unused.remove(at)),
            _ => {
                let why = format!("tests/it/floors/unused.rs lists `{name}` as needed by tests alone, which it is not");
                complaints.push(Complaint { path: path.to_owned(), line: 1, why });
            }
        }
    }
    complaints.extend(unused.into_iter().map(|Item { path, name, line, .. }| Complaint {
        path,
        line,
        why: format!("nothing in src uses `{name}`; take it out, and let the tests use what the program does"),
    }));
    complaints
}

fn unused(sources: &[(String, String)], templates: &[(String, String)]) -> Vec<Item> {
    let of_tests: BTreeSet<String> = sources.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let is_test = |path: &str| {
        of_tests.iter().any(|of| path == of || path.starts_with(&format!("{}/", of.trim_end_matches(".rs"))))
    };
    let code: BTreeMap<&str, Vec<Token>> = sources
        .iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (path.as_str(), without_tests(tokens_and_texts(text))))
        .collect();
    let (mut named, mut uses): (Named<'_>, BTreeMap<&str, usize>) = Default::default();
    for (path, all) in &code {
        for token in all.iter().filter(|token| token.is_name()) {
            *named.entry(&token.text).or_default().entry(path).or_default() += 1;
        }
        for token in without_re_exports(all).filter(|token| token.is_name()) {
            *uses.entry(&token.text).or_default() += 1;
        }
    }
    let shown: BTreeSet<&str> = templates.iter().flat_map(|(_, text)| text.split(|c| !is_part(c))).collect();
    let items: Vec<Item> = code.iter().flat_map(|(path, all)| items(path, all)).collect();
    let mut defined: BTreeMap<String, usize> = BTreeMap::new();
    for item in &items {
        *defined.entry(item.name.clone()).or_default() += 1;
    }
    let is_used = |item: &Item| {
        let (name, files) = (item.name.as_str(), &named[item.name.as_str()]);
        let by_name = uses.get(name).is_some_and(|uses| *uses > defined[name]);
        let reached = || !item.of_module || files[item.path.as_str()] > 1 || is_reached(item, &named);
        shown.contains(name) || (by_name && reached())
    };
    items.into_iter().filter(|item| !is_used(item)).collect()
}

/// The tokens without the names that `pub use` passes on as they are: that is no use of them.
fn without_re_exports(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let mut passed_on = vec![false; tokens.len()];
    for at in (0..tokens.len()).filter(|at| tokens[*at].is("pub")) {
        let rest = &tokens[at + 1..];
        let scope = if rest.first().is_some_and(|next| next.is("(")) {
            rest.iter().position(|token| token.is(")")).map_or(rest.len(), |end| end + 1)
        } else {
            0
        };
        if !rest.get(scope).is_some_and(|next| next.is("use")) {
            continue;
        }
        let ends = rest.iter().position(|token| token.is(";")).unwrap_or(rest.len());
        for place in scope + 1..ends {
            let goes_on = rest.get(place + 1).is_some_and(|next| next.is("::") || next.is("as"));
            passed_on[at + 1 + place] = !goes_on;
        }
    }
    tokens.iter().zip(passed_on).filter(|(_, passed_on)| !passed_on).map(|(token, _)| token)
}

/// How often each name stands in which file.
type Named<'a> = BTreeMap<&'a str, BTreeMap<&'a str, usize>>;

/// Whether another file names the item and its module, or names the item and lies beside it or below.
fn is_reached(item: &Item, named: &Named<'_>) -> bool {
    let module = item.path.trim_end_matches(".rs").trim_end_matches("/mod");
    let (folder, module) = module.rsplit_once('/').unwrap_or(("", module));
    let others = named[item.name.as_str()].keys().filter(|path| **path != item.path);
    let with_module = |path: &str| named.get(module).is_some_and(|files| files.contains_key(path));
    others.into_iter().any(|path| with_module(path) || path.starts_with(&format!("{folder}/")))
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The files that the file at `path` takes in for tests only: `#[cfg(test)] mod NAME;`, by whatever path.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let stem = path.trim_end_matches(".rs");
    let own = if ["mod", "lib", "main"].iter().any(|root| stem.ends_with(&format!("/{root}"))) { folder } else { stem };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| **line == "#[cfg(test)]") {
        let given = lines.get(at + 1).and_then(|line| line.strip_prefix("#[path = \"")?.strip_suffix("\"]"));
        let module = lines.get(at + 1 + usize::from(given.is_some())).and_then(|line| line.strip_suffix(';'));
        match (given, module.and_then(|line| line.strip_prefix("mod "))) {
            (Some(file), Some(_)) => found.push(format!("{folder}/{file}")),
            (None, Some(name)) => found.extend([format!("{own}/{name}.rs"), format!("{own}/{name}/mod.rs")]),
            _ => {}
        }
    }
    found
}

/// The public items of a file, whatever they are public to.
fn items(path: &str, tokens: &[Token]) -> Vec<Item> {
    let (mut depth, mut found) = (0_usize, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "pub" => found.extend(item(tokens, at + 1).map(|named| Item {
                path: path.to_owned(),
                name: named.text.clone(),
                line: named.line,
                of_module: depth == 0,
            })),
            _ => {}
        }
    }
    found
}

/// The name of the item behind a `pub`, if it is one of a kind that is looked at.
fn item(tokens: &[Token], mut at: usize) -> Option<&Token> {
    if tokens.get(at)?.is("(") {
        at += tokens[at..].iter().position(|token| token.is(")"))? + 1;
    }
    let is_kind = |at: usize| {
        let kinds = ["fn", "struct", "enum", "trait", "const", "static", "type"];
        tokens.get(at).is_some_and(|token| kinds.iter().any(|kind| token.is(kind)))
    };
    // `const` begins a function as well as a constant.
    while tokens.get(at).is_some_and(|token| ["async", "unsafe"].iter().any(|word| token.is(word)))
        || (tokens.get(at)?.is("const") && (is_kind(at + 1) || tokens.get(at + 1)?.is("async")))
    {
        at += 1;
    }
    tokens.get(at + 1).filter(|name| is_kind(at) && name.is_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that are found unused in these files, beside a template.
    fn found(files: &[(&str, &str)], template: &str) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let template = [("templates/a.html".to_owned(), template.to_owned())];
        unused(&files, &template).into_iter().map(|item| item.name).collect()
    }

    #[test]
    fn what_nothing_names_is_found_whatever_it_is() {
        let text = "pub fn a() {} pub(crate) async fn b() {} pub const fn c() {} pub const D: u8 = 1; pub struct E; \
             pub enum F { G } pub trait H {} pub static I: u8 = 1; pub type J = u8; impl E { pub(super) fn k(&self) {} } \
             /// [`a`] and `b`\n fn l() { a_other(); } // c";
        let all = ["a", "b", "c", "D", "E", "F", "H", "I", "J", "k"];
        let found = found(&[("src/x.rs", text)], "");
        assert_eq!(
            found,
            all.into_iter().filter(|name| *name != "E").collect::<Vec<_>>(),
            "only E is named by its impl"
        );
    }

    #[test]
    fn what_is_named_in_code_in_a_text_or_in_a_template_is_not() {
        let x = "pub fn called() {} pub fn written() {} pub fn shown() {} pub fn with() {} pub struct S; \
             impl S { pub fn method(&self) {} } impl T for S {}";
        let y =
            r#"use crate::x::{called, with as other}; fn y(s: T) { called(); s.method(); format!("{written}"); x::T }"#;
        assert_eq!(found(&[("src/x.rs", x), ("src/y.rs", y)], "{{ item.shown() }}"), Vec::<String>::new());
        let lost = y.replace("s.method();", "").replace("{written}", "");
        assert_eq!(found(&[("src/x.rs", x), ("src/y.rs", &lost)], "{{ item }}"), ["written", "shown", "method"]);
    }

    #[test]
    fn what_only_tests_name_is_found() {
        let x = "pub fn a() {} pub fn b() {}\n#[cfg(test)]\nmod tests { fn t() { a(); } }\nfn c() { b(); }";
        assert_eq!(found(&[("src/x.rs", x)], ""), ["a"]);
        for (declared, file) in [
            ("#[cfg(test)]\nmod tests;", "src/x/tests.rs"),
            ("#[cfg(test)]\nmod tests;", "src/x/tests/mod.rs"),
            ("#[cfg(test)]\nmod tests;", "src/x/tests/deeper.rs"),
            ("#[cfg(test)]\n#[path = \"x_vectors.rs\"]\nmod tests;", "src/x_vectors.rs"),
        ] {
            let x = format!("pub fn a() {{}}\n{declared}");
            assert_eq!(found(&[("src/x.rs", &x), (file, "use super::*; fn t() { x::a(); }")], ""), ["a"], "{file}");
        }
        assert_eq!(
            found(&[("src/x.rs", "pub fn a() {}\nmod y;"), ("src/x/y.rs", "fn t() { super::a(); }")], ""),
            [""; 0]
        );
    }

    #[test]
    fn what_is_only_passed_on_is_found() {
        let x = ("src/a/x.rs", "pub fn a() {} pub fn b() {}");
        assert_eq!(found(&[x, ("src/a/mod.rs", "pub use x::{a, b}; fn c() { a(); }")], ""), ["b"]);
        assert_eq!(found(&[x, ("src/a/mod.rs", "pub(crate) use x::{a, b as d}; fn c() { d(); }")], ""), ["a"]);
    }

    #[test]
    fn a_name_that_others_bear_hides_no_item_of_a_module_that_is_not_named_beside_it() {
        let (x, y) = ("pub fn read() {}", "pub fn read() {}");
        let user = |uses: &str| found(&[("src/a/x.rs", x), ("src/b/y.rs", y), ("src/c/z.rs", uses)], "").len();
        assert_eq!(user("fn z() { crate::a::x::read(); crate::b::y::read(); }"), 0);
        assert_eq!(user("fn z() { crate::a::x::read(); }"), 1);
        assert_eq!(user("fn z() { read(); }"), 2);
        assert_eq!(found(&[("src/a/x.rs", x), ("src/a/mod.rs", "pub use x::*; fn z() { read() }")], "").len(), 0);
    }

    #[test]
    fn the_list_for_tests_holds_only_what_is_there_and_used_by_tests_alone() {
        let (path, name) = FOR_TESTS[0];
        let sources = |text: String| [(path.to_owned(), text)];
        let tests = [("tests/it/a.rs".to_owned(), name.to_owned())];
        let about = |complaints: Vec<Complaint>| complaints.iter().filter(|one| one.path == path).count();
        assert_eq!(about(check(&sources(format!("pub fn {name}() {{}}")), &[], &tests)), 0);
        assert_eq!(about(check(&sources(format!("pub fn {name}() {{}}")), &[], &[])), 2, "no test uses it");
        assert_eq!(about(check(&sources(format!("pub fn {name}() {{ {name}(); }}")), &[], &tests)), 1, "it is used");
        assert_eq!(about(check(&sources(String::new()), &[], &tests)), 1, "it is gone");
    }
}
