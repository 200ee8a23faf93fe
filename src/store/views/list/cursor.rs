//! Where a page of the list begins: beside a row, so that it stays there whatever comes before it.

use std::fmt;

/// Beside which row, and on which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The page ends before the row instead of beginning after it.
    pub back: bool,
    /// The row's stratum: 0, or 1 for those that do not wait where those that wait come first.
    pub stratum: usize,
    /// What the row is ordered by.
    pub key: i64,
    /// The row.
    pub id: i64,
}

impl Cursor {
    /// Reads what its `Display` wrote. `back`: it was the address of an earlier page.
    #[must_use]
    pub fn read(text: &str, back: bool) -> Option<Self> {
        let mut parts = text.split('.');
        let stratum = parts.next()?.parse().ok().filter(|stratum| *stratum < 2)?;
        let (key, id) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(Cursor { back, stratum, key, id })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.stratum, self.key, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_from_their_own_words() {
        for back in [false, true] {
            let cursor = Cursor { back, stratum: 1, key: 1_800_000_000_000_000, id: 1042 };
            assert_eq!(Cursor::read(&cursor.to_string(), back), Some(cursor));
        }
        for nonsense in ["", "1", "0.1", "2.1.1", "0.1;2", "0.1.2.3", "0.x.1"] {
            assert_eq!(Cursor::read(nonsense, false), None, "{nonsense}");
        }
    }
}
