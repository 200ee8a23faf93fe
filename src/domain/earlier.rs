//! Who had a customer in an earlier life of the database: after a backup was put back, only the carrier knows.
//!
//! Whoever first wrote after the backup was given to a rep behind a mask, and the rep got the text. Chance would give them to
//! somebody else now, and the text would be sent again. So the carrier's list of what the reps were sent is searched for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use crate::clock::{At, minutes};
use crate::domain::seen;
use crate::domain::segment;

/// A text was passed on at most so long before the carrier's own time of it: times are cut to the second, and clocks differ.
const CLOCKS_DIFFER: Duration = minutes(1);
/// Of a long text the first part has at least so many characters of it.
const BEGINNING: usize = 200;

/// A text that the carrier has sent to a rep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent<L> {
    /// By which mask to which rep.
    pub lane: L,
    /// As the carrier keeps it.
    pub body: String,
    /// When the carrier made it.
    pub created_at: At,
}

/// The lane by which a customer's first text went to a rep, if the carrier's list shows one. `texts`: bodies of all texts of
/// this customer that were missed, the first one first. Where several lanes show the first one, it is the lane that shows most
/// of the others too, and then the one that is oldest.
#[must_use]
pub fn lane_of<L: Clone + Eq + Hash>(texts: &[&str], sent_at: At, sent: &[Sent<L>]) -> Option<L> {
    let (first, rest) = texts.split_first()?;
    if seen::is_blank(first) {
        return None;
    }
    let mut lanes: HashMap<&L, (usize, At)> = HashMap::new();
    let recent: Vec<&Sent<L>> = sent.iter().filter(|one| one.created_at + CLOCKS_DIFFER >= sent_at).collect();
    for one in recent.iter().filter(|one| carries(&one.body, first)) {
        let found = lanes.entry(&one.lane).or_insert((0, one.created_at));
        found.1 = found.1.min(one.created_at);
    }
    for (lane, found) in &mut lanes {
        let there = |text: &&&str| recent.iter().any(|one| one.lane == **lane && carries(&one.body, text));
        found.0 = rest.iter().filter(there).count();
    }
    lanes.into_iter().max_by_key(|(_, (others, at))| (*others, std::cmp::Reverse(*at))).map(|(lane, _)| lane.clone())
}

/// Whether what a rep got is `text`, behind the line that says who it is about, or the first part of it.
#[must_use]
pub fn carries(listed: &str, text: &str) -> bool {
    let (listed, text) = (segment::fold(listed), segment::fold(text));
    if listed.ends_with(text.as_str()) {
        return !text.is_empty();
    }
    let beginning: String = text.chars().take(BEGINNING).collect();
    beginning.len() < text.len() && listed.contains(&beginning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::seconds;

    const T0: At = At(1_800_000_000_000_000);

    fn sent(lane: (u8, u8), body: &str, after: u64) -> Sent<(u8, u8)> {
        Sent { lane, body: body.to_owned(), created_at: T0 + seconds(after) }
    }

    #[test]
    fn a_first_text_is_found_behind_the_line_that_says_who_it_is_about() {
        let list = [sent((1, 1), "Other: hi", 1), sent((2, 3), "••34 on Support:\nIs the shop open?", 2)];
        assert_eq!(lane_of(&["Is the shop open?"], T0, &list), Some((2, 3)));
        assert_eq!(lane_of(&["Is the shop open"], T0, &list), None);
        assert_eq!(lane_of(&["Is the shop open?"], T0 + minutes(5), &list), None, "sent before it was written");
        assert_eq!(lane_of::<(u8, u8)>(&["Is the shop open?"], T0, &[]), None);
    }

    #[test]
    fn of_equal_first_texts_the_lane_that_shows_what_followed_is_it_and_else_the_oldest() {
        let list = [sent((1, 1), "hello", 1), sent((2, 2), "hello", 3), sent((2, 2), "about my order", 9)];
        assert_eq!(lane_of(&["hello", "about my order"], T0, &list), Some((2, 2)));
        assert_eq!(lane_of(&["hello", "something else"], T0, &list), Some((1, 1)));
        assert_eq!(lane_of(&["hello"], T0, &list), Some((1, 1)));
    }

    #[test]
    fn a_long_text_is_known_by_its_first_part_and_a_blank_one_by_nothing() {
        let long = "All the words of a long complaint. ".repeat(60);
        let part: String = long.chars().take(1500).collect();
        assert_eq!(lane_of(&[&long], T0, &[sent((1, 2), &format!("••34:\n{part}"), 1)]), Some((1, 2)));
        assert_eq!(lane_of(&[""], T0, &[sent((1, 2), "", 1)]), None);
    }
}
