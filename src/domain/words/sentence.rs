//! Reasons as people read them.

/// Words as a sentence: it begins with a capital letter and ends with one full stop.
#[must_use]
pub fn sentence(why: &str) -> String {
    let bare = why.trim_end_matches('.');
    if bare.is_empty() { String::new() } else { format!("{}.", capitalised(bare)) }
}

/// The same words with a capital letter at the beginning.
#[must_use]
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_becomes_one_sentence() {
        assert_eq!(sentence("write a name"), "Write a name.");
        assert_eq!(sentence("Write a name."), "Write a name.");
        assert_eq!(sentence("émile wrote"), "Émile wrote.");
        assert_eq!(sentence(""), "");
    }
}
