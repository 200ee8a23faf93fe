//! Intersections of lists of messages. Every list is oldest first and has each message once.

use std::cmp::Ordering;

use super::postings::Posting;

/// What is in both.
#[must_use]
pub fn both(one: &[Posting], other: &[Posting]) -> Vec<Posting> {
    let (mut one, mut other) = (one, other);
    let mut out = Vec::new();
    while let (Some(a), Some(b)) = (one.first(), other.first()) {
        match a.message.cmp(&b.message) {
            Ordering::Less => one = leap(one, b.message),
            Ordering::Greater => other = leap(other, a.message),
            Ordering::Equal => {
                out.push(*a);
                (one, other) = (&one[1..], &other[1..]);
            }
        }
    }
    out
}

/// What is in either.
#[must_use]
pub fn either(one: Vec<Posting>, other: Vec<Posting>) -> Vec<Posting> {
    if one.is_empty() {
        return other;
    }
    let mut all = one;
    all.extend(other);
    all.sort_unstable_by_key(|posting| posting.message);
    all.dedup_by_key(|posting| posting.message);
    all
}

/// What is in the first and not in the second.
#[must_use]
pub fn without(one: Vec<Posting>, other: &[Posting]) -> Vec<Posting> {
    let mut rest = other;
    one.into_iter()
        .filter(|posting| {
            rest = leap(rest, posting.message);
            rest.first().is_none_or(|next| next.message != posting.message)
        })
        .collect()
}

/// The rest of a list from message `to` on: in growing steps, so that a short list passes a long one quickly.
fn leap(list: &[Posting], to: i64) -> &[Posting] {
    let mut step = 1;
    while step < list.len() && list[step].message < to {
        step *= 2;
    }
    let (low, high) = (step / 2, (step + 1).min(list.len()));
    let at = list[low..high].partition_point(|posting| posting.message < to);
    &list[low + at..]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn list(of: &BTreeSet<i64>) -> Vec<Posting> {
        of.iter().map(|message| Posting { message: *message, conversation: message % 7 }).collect()
    }

    proptest! {
        #[test]
        fn lists_are_sets(
            one in proptest::collection::btree_set(0_i64..300, 0..120),
            other in proptest::collection::btree_set(0_i64..300, 0..40),
        ) {
            let (a, b) = (list(&one), list(&other));
            prop_assert_eq!(both(&a, &b), list(&(&one & &other)));
            prop_assert_eq!(both(&b, &a), list(&(&one & &other)));
            prop_assert_eq!(either(a.clone(), b.clone()), list(&(&one | &other)));
            prop_assert_eq!(without(a, &b), list(&(&one - &other)));
        }
    }
}
