//! The rooms of a floor and which of them may name which. What is not in the table is refused, and so is a circle: then
//! somebody who changes one room has to read the other, too.

use std::collections::BTreeMap;

use super::circles::{Folder, in_circles};
use super::map::Complaint;
use super::paths::{module_path, named_under};
use super::tokens::tokens;

/// A floor, a room of it (a folder), and the rooms of that floor that it may name. Files beside the folders, and what
/// the floor itself offers, may be named by every room.
const WINGS: [(&str, &str, &[&str]); 64] = [
    // web/
    ("web", "account", &["page", "people"]),
    ("web", "conversations", &["page"]),
    ("web", "customers", &["conversations", "page"]),
    ("web", "lines", &["conversations", "page"]),
    ("web", "managers", &["conversations", "page"]),
    ("web", "page", &[]),
    ("web", "people", &["page"]),
    ("web", "pool", &["page"]),
    ("web", "programs", &["page"]),
    // desk/, from the lowest room up
    ("desk", "upkeep", &[]),
    ("desk", "customers", &[]),
    ("desk", "search", &[]),
    ("desk", "consent", &[]),
    ("desk", "outbox", &["consent", "upkeep"]),
    ("desk", "programs", &["outbox", "upkeep"]),
    ("desk", "pool", &["upkeep"]),
    ("desk", "routing", &["consent", "outbox", "pool", "upkeep"]),
    ("desk", "lines", &["routing"]),
    ("desk", "people", &["consent", "lines", "outbox", "routing", "upkeep"]),
    ("desk", "pairs", &["outbox", "pool", "programs", "routing", "upkeep"]),
    ("desk", "replies", &["outbox", "routing", "upkeep"]),
    ("desk", "conversations", &["outbox", "pairs", "replies", "routing", "upkeep"]),
    ("desk", "receiving", &["consent", "conversations", "outbox", "pairs", "programs", "routing", "upkeep"]),
    // store/
    ("store", "conversations", &["engine", "routing"]),
    ("store", "copies", &["engine", "people", "upkeep"]),
    ("store", "customers", &["engine"]),
    ("store", "engine", &[]),
    ("store", "lines", &[]),
    ("store", "outbox", &["engine"]),
    ("store", "pairs", &["engine"]),
    ("store", "people", &["engine"]),
    ("store", "pool", &[]),
    ("store", "programs", &["engine"]),
    ("store", "receiving", &["engine", "outbox"]),
    ("store", "replies", &[]),
    ("store", "routing", &["customers", "engine", "pairs"]),
    ("store", "search", &["engine", "upkeep"]),
    ("store", "upkeep", &["engine"]),
    ("store", "views", &["conversations", "customers", "lines", "pairs", "people", "pool", "routing", "search"]),
    // domain/
    ("domain", "characters", &[]),
    ("domain", "conversations", &["pairs", "people", "routing"]),
    ("domain", "customers", &["words"]),
    ("domain", "numbers", &["characters"]),
    ("domain", "outbox", &["policy", "words"]),
    ("domain", "pairs", &["characters", "numbers", "words"]),
    ("domain", "people", &["search", "words"]),
    ("domain", "policy", &["numbers", "people", "time"]),
    ("domain", "pool", &["numbers", "policy", "routing"]),
    ("domain", "programs", &[]),
    ("domain", "routing", &["outbox", "people", "policy", "time", "words"]),
    ("domain", "search", &["characters", "numbers"]),
    ("domain", "setup", &["numbers", "people", "policy", "time", "words"]),
    ("domain", "time", &[]),
    ("domain", "words", &["characters", "numbers", "time"]),
    // floors with few folders
    ("api", "pairs", &[]),
    ("carrier", "twilio", &[]),
    ("cli", "doctor", &["serve"]),
    ("cli", "pool", &["serve"]),
    ("cli", "serve", &[]),
    ("http", "front", &[]),
    ("simulator", "api", &[]),
    ("simulator", "page", &[]),
    ("simulator", "posting", &[]),
    ("wire", "twilio", &[]),
];

fn rooms_of(floor: &str) -> BTreeMap<&'static str, &'static [&'static str]> {
    WINGS.iter().filter(|(of, ..)| *of == floor).map(|(_, room, may)| (*room, *may)).collect()
}

/// Holds one file under src against the table. A file beside the folders is nothing to it.
pub fn check_file(path: &str, text: &str) -> Vec<Complaint> {
    let parts = module_path(path);
    let Some(floor) = parts.first().copied() else { return Vec::new() };
    let rooms = rooms_of(floor);
    let complain = |line, why| Complaint { path: path.to_owned(), line, why };
    let is_folder = path.trim_start_matches("src/").matches('/').count() >= 2;
    let Some(room) = parts.get(1).filter(|_| is_folder) else { return Vec::new() };
    let Some(may) = rooms.get(room) else {
        return vec![complain(1, format!("`{floor}/{room}/` is no room; give it a row in tests/it/floors/wings.rs"))];
    };
    named_under(path, &tokens(text), &[floor])
        .into_iter()
        .filter(|named| named.room != **room && rooms.contains_key(named.room.as_str()))
        .filter(|named| !may.contains(&named.room.as_str()))
        .map(|named| complain(named.line, format!("{floor}/{room}/ may not name {floor}/{}/", named.room)))
        .collect()
}

/// The folders of the table, from the project's root.
pub fn folders() -> Vec<String> {
    WINGS.iter().map(|(floor, room, _)| format!("src/{floor}/{room}")).collect()
}

/// Rooms that the table leads back to themselves, those of one circle together.
pub fn circles() -> Vec<String> {
    let mut floors: BTreeMap<&str, Folder> = BTreeMap::new();
    for (floor, room, may) in WINGS {
        let named = may.iter().map(|other| (*other).to_owned()).collect();
        floors.entry(floor).or_default().insert(room.to_owned(), named);
    }
    let circles = floors.iter().flat_map(|(floor, rooms)| {
        in_circles(rooms).into_iter().map(move |circle| format!("{floor}/: {}", circle.join(", ")))
    });
    circles.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whys(path: &str, text: &str) -> Vec<String> {
        check_file(path, text).into_iter().map(|complaint| complaint.why).collect()
    }

    #[test]
    fn a_room_names_only_what_the_table_says() {
        let refused = vec!["store/engine/ may not name store/views/".to_owned()];
        assert_eq!(whys("src/store/engine/rows.rs", "use crate::store::views::list;"), refused);
        assert_eq!(whys("src/store/engine/rows.rs", "use super::super::views::list;"), refused);
        assert_eq!(whys("src/store/engine/sqlite/file.rs", "use crate::store::{Tx, views::list};"), refused);
        assert_eq!(whys("src/store/engine/rows.rs", "mod tests { use super::super::super::views::list; }"), refused);
        assert_eq!(whys("src/store/engine/rows.rs", "use crate::{faults, store::{Tx, views::list}};"), refused);
        assert_eq!(whys("src/store/engine/rows.rs", "use crate::store; fn f() { store::views::list() }"), refused);
        assert_eq!(whys("src/store/engine/rows.rs", "use super::super::super::store::views::list;"), refused);
        let good = "use super::rows; use crate::store::{Result, Tx}; use crate::domain::ids::LegId;";
        assert_eq!(whys("src/store/engine/group.rs", good), Vec::<String>::new());
        assert_eq!(whys("src/store/routing/routes.rs", "use crate::store::engine::rows;"), Vec::<String>::new());
        assert_eq!(whys("src/store/mod.rs", "use views::list;"), Vec::<String>::new());
        assert!(whys("src/store/cellar/wine.rs", "")[0].contains("is no room"));
        assert!(whys("src/hooks/cellar/wine.rs", "")[0].contains("is no room"), "on every floor");
        assert_eq!(whys("src/hooks/signed.rs", "use super::inbound;"), Vec::<String>::new());
    }
}
