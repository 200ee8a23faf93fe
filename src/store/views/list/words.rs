//! The words in the search field of a list, as conditions on its conversations.

use super::statement::{Bind, Statement};
use crate::domain::characters::digit;
use crate::domain::search::fold;
use crate::store::views::Viewer;

/// Of so many customers whose names fit, the newest, conversations are found.
const NEWEST: i64 = 500;
/// Most words of a name that are looked for.
const MOST: usize = 6;

/// By a number that people say, the last two digits that everybody sees, a part of the name, or all of what integrators
/// call a pair.
pub(super) fn by_words(words: &str, viewer: Viewer, sql: &mut Statement) -> String {
    let digits: String =
        words.trim_start_matches(['#', '＃', '•']).chars().map(|c| digit::ascii(c).unwrap_or(c)).collect();
    let number = digits.parse::<i64>().ok().filter(|number| *number >= 0);
    let pattern = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let name = sql.bind(Bind::Words(format!("%{pattern}%")));
    let called = |of: &str| format!("lower({of}) LIKE lower({name}) ESCAPE '\\'");
    let mut named = called("u.name");
    let folded = folded(words, sql);
    if !folded.is_empty() {
        named = format!("{named} OR ({})", folded.join(" AND "));
    }
    // A name stands on the card, and where the card is hidden it is not looked for.
    let mut found = format!(
        "SELECT c.id FROM conversations c JOIN customers u ON u.id = c.customer_id WHERE {} AND u.id IN \
         (SELECT u.id FROM customers u WHERE {named} ORDER BY u.id DESC LIMIT {NEWEST})",
        viewer.knows()
    );
    if !viewer.sees_all() {
        found = format!(
            "{found} UNION ALL SELECT c.id FROM conversations c WHERE c.card_hidden = 1 AND c.called IS NOT NULL AND {}",
            called("c.called")
        );
    }
    // More of a number than everybody sees is not looked for: who tries enough of them would know it all.
    if digits.len() == 2 && number.is_some() {
        let ending = sql.bind(Bind::Words(format!("%{digits}")));
        found = format!(
            "{found} UNION ALL SELECT c.id FROM conversations c WHERE c.customer_id IN \
             (SELECT u.id FROM customers u WHERE u.phone LIKE {ending} ORDER BY u.id DESC LIMIT {NEWEST})"
        );
    }
    let reference = sql.bind(Bind::Words(words.to_owned()));
    let found = format!(
        "{found} UNION ALL SELECT conversation_id FROM (SELECT r.conversation_id \
         FROM pair_references r WHERE r.reference = {reference} ORDER BY r.conversation_id DESC LIMIT {NEWEST}) named"
    );
    match number {
        Some(number) => {
            format!("c.id IN (SELECT CAST({} AS BIGINT) UNION ALL {found})", sql.bind(Bind::Whole(number)))
        }
        None => format!("c.id IN ({found})"),
    }
}

/// That words of the name begin with the typed ones, whatever their accents, case and width. Digits alone are no name: they
/// are asked for as a number.
fn folded(words: &str, sql: &mut Statement) -> Vec<String> {
    let typed = fold::wanted(words);
    if !typed.iter().flat_map(|word| word.chars()).any(char::is_alphabetic) {
        return Vec::new();
    }
    typed
        .into_iter()
        .take(MOST)
        .map(|word| {
            let before = sql.bind(Bind::Words(format!("{word}\u{10ffff}")));
            let from = sql.bind(Bind::Words(word));
            format!("u.id IN (SELECT w.customer_id FROM customer_words w WHERE w.word >= {from} AND w.word < {before})")
        })
        .collect()
}
