//! How many typing errors apart two words are: the distance of Damerau and Levenshtein, in which no letter moves twice.

/// How many slips (a letter too many, too few, another, or two neighbours exchanged) lie between two words.
#[must_use]
pub fn between(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut rows = vec![vec![0; width]; one.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..width).collect();
    for i in 1..=one.len() {
        for j in 1..width {
            let differs = usize::from(one[i - 1] != other[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn each_slip_counts_once() {
        for (one, other, slips) in [
            ("", "", 0),
            ("", "stop", 4),
            ("stop", "stop", 0),
            ("stopp", "stop", 1),
            ("stp", "stop", 1),
            ("stip", "stop", 1),
            ("sotp", "stop", 1),
            ("tsop", "stop", 1),
            ("opst", "stop", 4),
            ("ca", "abc", 3),
        ] {
            let letters = |word: &str| word.chars().collect::<Vec<_>>();
            let (one, other) = (letters(one), letters(other));
            assert_eq!((between(&one, &other), between(&other, &one)), (slips, slips), "{one:?} {other:?}");
        }
    }
}
