//! Which rooms a source file names: through `crate::…`, through groups in braces, and through chains of `super::`.

use std::collections::BTreeSet;

use super::tokens::Token;

/// A first name after the crate's root, and the line it stands on.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub room: String,
    pub line: usize,
}

/// The module path of a file under src: `src/desk/receive/customer.rs` is `["desk", "receive", "customer"]`.
pub fn module_path(path: &str) -> Vec<&str> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Vec<_> = inner.split('/').collect();
    if matches!(parts.last(), Some(&"mod")) || inner == "lib" || inner == "main" {
        parts.pop();
    }
    parts
}

/// Everything that the tokens of the file at `path` name directly under the crate's root.
pub fn named(path: &str, tokens: &[Token]) -> Vec<Named> {
    named_under(path, tokens, &[])
}

/// Everything that the tokens of the file at `path` name directly under `crate::prefix`.
pub fn named_under(path: &str, tokens: &[Token], prefix: &[&str]) -> Vec<Named> {
    let module = module_path(path);
    // Where they stand: a name in a group may be come upon in two ways.
    let mut found = BTreeSet::new();
    // How many braces are open, and at which of them an inline module began.
    let (mut braces, mut inline) = (0_usize, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => {
                if at >= 2 && tokens[at - 2].is("mod") {
                    inline.push(braces);
                }
                braces += 1;
            }
            "}" => {
                braces = braces.saturating_sub(1);
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
            }
            "crate" if follows(tokens, at, "::") => under(tokens, at + 2, prefix, &mut found),
            "super" if !(at >= 2 && tokens[at - 2].is("super")) => {
                let (climbed, next) = climb(tokens, at);
                // So much of the module's own path stands before what is named.
                let left = (module.len() + inline.len()).checked_sub(climbed);
                let stays = |left: &usize| *left <= prefix.len() && module.starts_with(&prefix[..*left]);
                if let Some(left) = left.filter(stays) {
                    under(tokens, next, &prefix[left..], &mut found);
                }
            }
            // A module that is imported itself, and a name below it.
            name if prefix.first() == Some(&name) && !(at >= 1 && tokens[at - 1].is("::")) => {
                under(tokens, at, prefix, &mut found);
            }
            _ => {}
        }
    }
    let named = |at: usize| Named { room: tokens[at].text.clone(), line: tokens[at].line };
    found.into_iter().map(named).collect()
}

fn follows(tokens: &[Token], at: usize, text: &str) -> bool {
    tokens.get(at + 1).is_some_and(|next| next.is(text))
}

/// How many `super` stand in the chain that begins at `at`, and where the chain's rest begins.
fn climb(tokens: &[Token], mut at: usize) -> (usize, usize) {
    let mut climbed = 0;
    while tokens.get(at).is_some_and(|token| token.is("super")) && follows(tokens, at, "::") {
        (climbed, at) = (climbed + 1, at + 2);
    }
    (climbed, at)
}

/// The names directly under `prefix` in the path, or in every path of the group, that begins at `at`.
fn under(tokens: &[Token], at: usize, prefix: &[&str], found: &mut BTreeSet<usize>) {
    let Some(first) = tokens.get(at) else { return };
    if first.is("{") {
        for member in members(tokens, at) {
            under(tokens, member, prefix, found);
        }
        return;
    }
    match prefix {
        [] if first.is_name() || first.is("*") => drop(found.insert(at)),
        [own, rest @ ..] if first.is(own) && follows(tokens, at, "::") => under(tokens, at + 2, rest, found),
        _ => {}
    }
}

/// Where the members of the group begin that opens at `at`.
fn members(tokens: &[Token], at: usize) -> Vec<usize> {
    let (mut depth, mut fresh, mut found) = (0, false, Vec::new());
    for (at, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "{" => (depth, fresh) = (depth + 1, depth == 0),
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "," if depth == 1 => fresh = true,
            _ if fresh => {
                found.push(at);
                fresh = false;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn rooms(path: &str, source: &str) -> Vec<String> {
        named(path, &tokens(source)).into_iter().map(|named| named.room).collect()
    }

    #[test]
    fn imports_groups_and_inline_paths_are_found() {
        assert_eq!(rooms("src/desk/replies/reply.rs", "use crate::store::Tx;"), ["store"]);
        assert_eq!(
            rooms(
                "src/desk/replies/reply.rs",
                "use crate::{clock::At, store::{Tx, lines},\n domain::phone::Phone, live};"
            ),
            ["clock", "store", "domain", "live"]
        );
        assert_eq!(
            rooms("src/desk/replies/reply.rs", "fn f() -> crate::web::Page { crate::web::page() }"),
            ["web", "web"]
        );
        assert_eq!(rooms("src/store/mod.rs", "macro_rules! on { () => { $crate::store::Tx } }"), ["store"]);
        assert_eq!(rooms("src/store/mod.rs", "pub(crate) fn f() {} pub(in crate::store) fn g() {}"), ["store"]);
    }

    #[test]
    fn climbing_out_by_super_is_found_and_staying_inside_is_not() {
        assert_eq!(rooms("src/desk/reply.rs", "use super::super::web::Page;"), ["web"]);
        assert_eq!(rooms("src/live.rs", "use super::store;"), ["store"]);
        assert_eq!(rooms("src/desk/receive/customer.rs", "use super::super::super::{web, store};"), ["web", "store"]);
        assert!(rooms("src/desk/receive/customer.rs", "use super::super::web;").is_empty());
        assert!(rooms("src/live.rs", "mod tests { use super::*; } ").is_empty());
        assert_eq!(rooms("src/live.rs", "mod tests { use super::super::web; } use super::api;"), ["web", "api"]);
    }

    #[test]
    fn a_file_knows_where_it_stands() {
        assert_eq!(module_path("src/desk/receive/customer.rs"), ["desk", "receive", "customer"]);
        assert_eq!(module_path("src/desk/mod.rs"), ["desk"]);
        assert_eq!(module_path("src/live.rs"), ["live"]);
        assert!(module_path("src/lib.rs").is_empty());
    }
}
