//! Who has a customer whose first text was missed: perhaps a rep, by a choice that the database has forgotten.
//!
//! A restored backup knows nothing of people who first wrote after it. A new choice would give them another rep and
//! send everything again, so the program asks the carrier first: its list still shows what was relayed, from which mask
//! to whom.

use crate::clock::At;
use crate::domain::outbox::doubt::MARGIN;
use crate::domain::words::segment;

/// Of a long text the first part has at least so many characters of it.
const BEGINNING: usize = 200;

/// A text of a customer that was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed<'a> {
    /// What was said.
    pub body: &'a str,
    /// When, by our clock.
    pub sent_at: At,
}

/// A text that the carrier has sent from a mask to a member of the line, and that is bound to nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relayed<'a, P> {
    /// From which mask to whom.
    pub pair: P,
    /// What it lists as its body.
    pub body: &'a str,
    /// When it was made, by our clock.
    pub made_at: At,
}

/// What follows for the choice of a rep and a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption<P> {
    /// Nobody has the customer: a choice is made.
    Nobody,
    /// This pair has; the leg began then.
    Pair(P, At),
    /// One of several pairs may have, or one pair may have one of several customers. To guess could give one customer's words to
    /// another's rep, so a person decides.
    Several,
}

/// Finds the pair to which the texts of one customer went: `missed`, all of theirs in the order of their sending, among
/// `listed`. Pairs that live legs here have are no candidates; leave them out. `others` are the missed texts of other customers
/// whom nobody has: a pair that shows nothing but what one of them may have said as well is nobody's for sure.
#[must_use]
pub fn adopt<P: Copy + Eq>(missed: &[Missed<'_>], others: &[Missed<'_>], listed: &[Relayed<'_, P>]) -> Adoption<P> {
    let Some((first, later)) = missed.split_first() else { return Adoption::Nobody };
    let is =
        |said: &Missed<'_>, one: &Relayed<'_, P>| carries(one.body, said.body) && one.made_at + MARGIN >= said.sent_at;
    let mut pairs: Vec<(P, At)> = Vec::new();
    for one in listed.iter().filter(|one| is(first, one)) {
        match pairs.iter_mut().find(|(pair, _)| *pair == one.pair) {
            Some((_, began)) => *began = one.made_at.min(*began),
            None => pairs.push((one.pair, one.made_at)),
        }
    }
    // Many begin with the same words; what they said next tells them apart.
    for said in later {
        if pairs.len() < 2 {
            break;
        }
        let went_on = |pair: P| listed.iter().any(|one| one.pair == pair && is(said, one));
        if pairs.iter().any(|(pair, _)| went_on(*pair)) {
            pairs.retain(|(pair, _)| went_on(*pair));
        }
    }
    match pairs.as_slice() {
        [] => Adoption::Nobody,
        [(pair, began)] => {
            let own = |one: &&Relayed<'_, P>| one.pair == *pair && missed.iter().any(|said| is(said, one));
            let sure = listed.iter().filter(own).any(|one| !others.iter().any(|other| is(other, one)));
            if sure { Adoption::Pair(*pair, *began) } else { Adoption::Several }
        }
        _ => Adoption::Several,
    }
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

    const T0: At = At::from_seconds(1_800_000_000);

    fn relayed(pair: u8, body: &str, after: u64) -> Relayed<'_, u8> {
        Relayed { pair, body, made_at: T0 + seconds(after) }
    }

    fn said(body: &str, after: u64) -> Missed<'_> {
        Missed { body, sent_at: T0 + seconds(after) }
    }

    #[test]
    fn the_pair_that_had_the_first_text_is_adopted_with_the_age_of_its_leg() {
        let listed = [relayed(1, "hello", 1), relayed(2, "other", 1), relayed(1, "hello", 40)];
        assert_eq!(adopt(&[said("hello", 0)], &[], &listed), Adoption::Pair(1, T0 + seconds(1)));
        assert_eq!(adopt(&[said("new", 0)], &[], &listed), Adoption::Nobody);
        assert_eq!(adopt(&[said("hello", 600)], &[], &listed), Adoption::Nobody, "it was made long before it was said");
        assert_eq!(adopt::<u8>(&[], &[], &[]), Adoption::Nobody);
    }

    #[test]
    fn two_who_began_alike_are_told_apart_by_what_they_said_next_or_not_at_all() {
        let listed = [relayed(1, "hi", 1), relayed(2, "hi", 2), relayed(2, "about my boat", 9)];
        assert_eq!(adopt(&[said("hi", 0), said("about my boat", 8)], &[], &listed), Adoption::Pair(2, T0 + seconds(2)));
        assert_eq!(adopt(&[said("hi", 0)], &[], &listed), Adoption::Several);
        assert_eq!(adopt(&[said("hi", 0), said("not relayed yet", 8)], &[], &listed), Adoption::Several);
    }

    #[test]
    fn what_two_customers_have_said_is_nobodys_for_sure() {
        let listed = [relayed(1, "hi", 1)];
        assert_eq!(adopt(&[said("hi", 0)], &[said("hi", 0)], &listed), Adoption::Several);
        assert_eq!(adopt(&[said("hi", 0)], &[said("hello", 0)], &listed), Adoption::Pair(1, T0 + seconds(1)));
    }

    #[test]
    fn what_only_one_of_two_has_said_makes_a_pair_theirs_for_sure() {
        let listed = [relayed(1, "hi", 1), relayed(2, "hi", 2), relayed(2, "I am two", 9)];
        let two = adopt(&[said("hi", 0), said("I am two", 8)], &[said("hi", 0)], &listed);
        assert_eq!(two, Adoption::Pair(2, T0 + seconds(2)));
    }

    #[test]
    fn a_text_is_found_behind_the_line_that_says_who_it_is_about_and_a_long_one_by_its_first_part() {
        assert!(carries("••34 on Support:\nIs the shop open?", "Is the shop open?"));
        assert!(!carries("••34 on Support:\nIs the shop open?", "Is the shop open"));
        assert!(!carries("••34 on Support:\n", ""));
        let long = "All the words of a long complaint. ".repeat(60);
        let part: String = long.chars().take(1500).collect();
        assert!(carries(&format!("••34:\n{part}"), &long));
    }
}
