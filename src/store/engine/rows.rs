//! Rows in few sizes, so that statements stay prepared: lists of keys, and pieces of groups.

use crate::store::Tx;
use crate::store::sql::{QueryBuilder, Value};

/// Writes values as what follows `IN (` in a statement, with the bracket that closes it.
pub(crate) fn push_list(q: &mut QueryBuilder, values: impl IntoIterator<Item = impl Into<Value>>) {
    let mut list = q.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    q.push(")");
}

/// Cuts rows into pieces of 64, at last one of the largest multiple of 8, and a rest: statements are few for a group, since
/// each is a way to the database and back, and come in few sizes, so that they stay prepared. PostgreSQL, whose statements are
/// the same for any number of rows, gets up to 1,024 at once.
pub(crate) fn pieces<'rows, T>(tx: &Tx, rows: &'rows [T]) -> impl Iterator<Item = &'rows [T]> + use<'rows, T> {
    cut(rows, tx.holds_rows())
}

pub(in crate::store) fn cut<T>(mut rows: &[T], any_size: bool) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        if rows.is_empty() {
            return None;
        }
        let size = match rows.len() {
            few if few < 8 => few,
            many if any_size => many.min(1024),
            many => many.min(64) / 8 * 8,
        };
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

/// The rows, the last one repeated up to a power of two or three quarters of one: for look-ups and updates by key, where a
/// repeated key changes nothing and few sizes keep statements prepared.
pub(crate) fn padded<T>(rows: &[T]) -> impl Iterator<Item = &T> {
    let wanted = rows.len().next_multiple_of((rows.len().next_power_of_two() / 4).max(1));
    rows.iter().chain(std::iter::repeat_n(rows.last(), wanted - rows.len()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_few_pieces_of_few_sizes_and_none_is_lost() {
        let rows: Vec<usize> = (0..300).collect();
        for count in 0..=rows.len() {
            let cut: Vec<&[usize]> = cut(&rows[..count], false).collect();
            assert_eq!(cut.concat(), rows[..count]);
            assert!(cut.iter().all(|piece| piece.len() < 8 || (piece.len() <= 64 && piece.len() % 8 == 0)));
            assert!(cut.len() <= count / 64 + 2);
        }
    }

    #[test]
    fn rows_are_padded_with_the_last_one_by_less_than_half_to_few_sizes() {
        let rows: Vec<usize> = (0..300).collect();
        let mut sizes = std::collections::BTreeSet::new();
        for count in 0..=rows.len() {
            let all: Vec<usize> = padded(&rows[..count]).copied().collect();
            assert_eq!(all[..count], rows[..count]);
            assert!(all[count..].iter().all(|row| Some(row) == rows[..count].last()));
            assert!(all.len() <= count + count / 2);
            sizes.insert(all.len());
        }
        assert_eq!(
            sizes.into_iter().take_while(|size| *size <= 64).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
        );
    }
}
