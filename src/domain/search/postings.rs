//! The messages that contain a word, as a short list of bytes: times as differences, conversations as differences.
//!
//! A list is stored in pieces of less than a kilobyte, so that adding to it rewrites little.

/// A message that has a word, and its conversation (0 for none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    /// The message's row.
    pub message: i64,
    /// The conversation.
    pub conversation: i64,
}

/// The most bytes of a piece.
pub const MOST: usize = 900;
/// The part of a row id below its millisecond.
const BELOW: u32 = 22;

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7f) as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn fold_sign(value: i64) -> u64 {
    (value.wrapping_shl(1) ^ (value >> 63)).cast_unsigned()
}

fn unfold_sign(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// One posting after another.
fn put_one(out: &mut Vec<u8>, before: Posting, one: Posting) {
    let low = one.message & ((1 << BELOW) - 1);
    let ticks = ((one.message >> BELOW) - (before.message >> BELOW)).cast_unsigned();
    put(out, (ticks << 1) | u64::from(low != 0));
    if low != 0 {
        put(out, low.cast_unsigned());
    }
    put(out, fold_sign(one.conversation.wrapping_sub(before.conversation)));
}

/// The list in pieces, each with its first message. `list` is oldest first, each message once.
#[must_use]
pub fn pack(list: &[Posting]) -> Vec<(i64, Vec<u8>)> {
    let mut pieces: Vec<(i64, Vec<u8>)> = Vec::new();
    let mut before = Posting { message: 0, conversation: 0 };
    for one in list {
        if pieces.last().is_none_or(|(_, bytes)| bytes.len() > MOST - 24) {
            pieces.push((one.message, Vec::new()));
            before = Posting { message: one.message, conversation: 0 };
        }
        if let Some((_, bytes)) = pieces.last_mut() {
            put_one(bytes, before, *one);
        }
        before = *one;
    }
    pieces
}

/// The postings of a piece that begins with message `first`, oldest first. What is cut off is left out.
pub fn unpack(first: i64, mut bytes: &[u8], out: &mut Vec<Posting>) {
    let mut before = Posting { message: first, conversation: 0 };
    while !bytes.is_empty() {
        let mut one = || {
            let head = take(&mut bytes)?;
            let low = if head & 1 == 1 { take(&mut bytes)?.cast_signed() } else { 0 };
            let ticks = (before.message >> BELOW).wrapping_add((head >> 1).cast_signed());
            let conversation = before.conversation.wrapping_add(unfold_sign(take(&mut bytes)?));
            Some(Posting { message: (ticks << BELOW) | low, conversation })
        };
        let Some(one) = one() else { return };
        out.push(one);
        before = one;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lists() -> impl Strategy<Value = Vec<Posting>> {
        proptest::collection::btree_map(0..i64::MAX, 0..2_000_000_i64, 0..400)
            .prop_map(|map| map.into_iter().map(|(message, conversation)| Posting { message, conversation }).collect())
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(list in lists()) {
            let pieces = pack(&list);
            let mut back = Vec::new();
            for (first, bytes) in &pieces {
                prop_assert!(bytes.len() <= MOST);
                let from = back.len();
                unpack(*first, bytes, &mut back);
                prop_assert_eq!(back[from].message, *first);
            }
            prop_assert_eq!(back, list);
        }

        #[test]
        fn rubbish_is_no_reason_to_fall_over(first in any::<i64>(), bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut out = Vec::new();
            unpack(first, &bytes, &mut out);
            prop_assert!(out.len() <= bytes.len());
        }
    }

    #[test]
    fn a_message_a_minute_costs_few_bytes() {
        let list: Vec<Posting> = (0..100_i64)
            .map(|n| Posting { message: (n * 60_000) << BELOW, conversation: 1001 + n * 37 % 50_000 })
            .collect();
        let bytes: usize = pack(&list).iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(bytes < 600, "{bytes}");
    }
}
