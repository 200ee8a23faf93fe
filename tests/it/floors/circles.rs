//! Circles within a folder: a file or folder that names another, which leads back to it. Whoever changes one of them has
//! to read the others, too.
//!
//! A `mod.rs` stands for its folder and is in no circle inside it: it declares what is there, and has what all share. What
//! it offers of a file under a shorter name counts as that file's.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{module_path, named_under};
use super::tokens::{Token, tokens, without_tests};

/// Files and folders that are known to name each other, with the reason.
const KNOWN: [(&str, &[&str]); 2] = [
    // A unit of work writes what follows at its end, and all that does so gets the unit.
    ("desk", &["authority", "consent", "outbox", "programs", "upkeep", "work"]),
    // A word is held by a statement of the dialect, and the order of locks says whether that may wait.
    ("store/engine", &["dialect", "lock_order"]),
];

/// What stands in a folder, by the path of its module, and which of it names which other.
pub(super) type Folder = BTreeMap<String, BTreeSet<String>>;

/// The circles in the folders of `sources` that are not known, and known ones that are there no more.
pub fn circles(sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut known: BTreeMap<&str, Vec<&str>> = KNOWN.iter().map(|(folder, all)| (*folder, all.to_vec())).collect();
    for (folder, members) in folders(sources) {
        for circle in in_circles(&members) {
            match known.get(folder.as_str()) {
                Some(all) if *all == circle => drop(known.remove(folder.as_str())),
                _ => found.push(format!("src/{folder}/: {} name each other in a circle", circle.join(", "))),
            }
        }
    }
    found.extend(known.into_iter().map(|(folder, all)| {
        format!("src/{folder}/: {} form no circle any more; take it out of tests/it/floors/circles.rs", all.join(", "))
    }));
    found
}

fn folders(sources: &[(String, String)]) -> BTreeMap<String, Folder> {
    let sources: Vec<(&str, Vec<Token>)> =
        sources.iter().map(|(path, text)| (path.as_str(), without_tests(tokens(text)))).collect();
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    let mut offers: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (path, _) in &sources {
        let module = module_path(path);
        for depth in 1..module.len() {
            folders.entry(module[..depth].join("/")).or_default().entry(module[depth].to_owned()).or_default();
        }
    }
    for (path, tokens) in &sources {
        let folder = module_path(path).join("/");
        if let Some(members) = folders.get(&folder) {
            offers.insert(folder, offered(tokens, members));
        }
    }
    for (path, tokens) in &sources {
        let module = module_path(path);
        for depth in 1..module.len() {
            let folder = module[..depth].join("/");
            let (own, none) = (module[depth], BTreeMap::new());
            let offers = offers.get(&folder).unwrap_or(&none);
            for named in named_under(path, tokens, &module[..depth]) {
                let Some(members) = folders.get_mut(&folder) else { continue };
                let name = if members.contains_key(&named.room) { Some(&named.room) } else { offers.get(&named.room) };
                if let Some(name) = name.filter(|name| *name != own) {
                    members.entry(own.to_owned()).or_default().insert(name.clone());
                }
            }
        }
    }
    folders
}

/// What the file of a folder imports or passes on from a member of it: the name, and the member.
fn offered(tokens: &[Token], members: &Folder) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.is("use")) {
        let path: Vec<&Token> = tokens[at + 1..].iter().take_while(|token| !token.is(";")).collect();
        let begins = path.iter().position(|token| !token.is("self") && !token.is("::")).unwrap_or(0);
        let Some(member) = path.get(begins).filter(|first| members.contains_key(&first.text)) else { continue };
        for (place, name) in path.iter().enumerate().skip(begins + 1).filter(|(_, token)| token.is_name()) {
            let goes_on = path.get(place + 1).is_some_and(|next| next.is("::") || next.is("as"));
            if !goes_on && !name.is("self") && !members.contains_key(&name.text) {
                found.insert(name.text.clone(), member.text.clone());
            }
        }
    }
    found
}

/// The members of a folder that lead back to themselves, those of one circle together.
pub(super) fn in_circles(members: &Folder) -> BTreeSet<Vec<&str>> {
    let reached = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(next) = open.pop() {
            for named in members.get(&next).into_iter().flatten() {
                if seen.insert(named.as_str()) {
                    open.push(named.clone());
                }
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = members.keys().map(|name| (name.as_str(), reached(name))).collect();
    let together = |name: &&str| {
        all[name].iter().copied().filter(|other| all.get(other).is_some_and(|back| back.contains(name))).collect()
    };
    all.keys().filter(|name| all[*name].contains(*name)).map(together).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        circles(&files).into_iter().filter(|why| !why.contains("no circle any more")).collect()
    }

    #[test]
    fn two_files_that_name_each_other_are_found_however_they_do_it() {
        let circle = vec!["src/web/people/: phone, save name each other in a circle".to_owned()];
        let phone = ("src/web/people/phone.rs", "use super::save::Answer;");
        assert_eq!(found(&[phone, ("src/web/people/save.rs", "use crate::web::people::{phone::Part, show};")]), circle);
        assert_eq!(found(&[phone, ("src/web/people/save.rs", "fn f() { super::phone::part() }")]), circle);
        let passed_on = ("src/web/people/mod.rs", "mod phone; mod save; pub use phone::{Part as Piece, Whole};");
        assert_eq!(found(&[passed_on, phone, ("src/web/people/save.rs", "use super::Piece;")]), circle);
        assert_eq!(found(&[passed_on, phone, ("src/web/people/save.rs", "use super::Nothing;")]), Vec::<String>::new());
        let tested = "#[cfg(test)] mod tests { fn f() {} use super::super::phone; } fn g() {}";
        assert_eq!(found(&[phone, ("src/web/people/save.rs", tested)]), Vec::<String>::new());
        let beyond = ("src/web/people/save.rs", "#[cfg(test)] mod tests { fn f() {} } fn g() { super::phone::part() }");
        assert_eq!(found(&[phone, beyond]), circle);
        assert_eq!(found(&[phone, ("src/web/people/save.rs", "use super::show;")]), Vec::<String>::new());
    }

    #[test]
    fn folders_and_longer_circles_are_found() {
        let three = [
            ("src/cli/a/one.rs", "use crate::cli::b;"),
            ("src/cli/b.rs", "use super::c::C;"),
            ("src/cli/c/mod.rs", "use super::a::one;"),
            ("src/cli/d.rs", "use super::a;"),
        ];
        assert_eq!(found(&three), ["src/cli/: a, b, c name each other in a circle"]);
    }

    #[test]
    fn what_the_file_of_a_folder_has_itself_is_no_circle() {
        let shared = [
            ("src/cli/a/mod.rs", "mod one; use one::f; pub struct Shared;"),
            ("src/cli/a/one.rs", "use super::Shared; use crate::cli::a;"),
        ];
        assert_eq!(found(&shared), Vec::<String>::new());
    }
}
