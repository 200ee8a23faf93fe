//! Reasons as people read them.

/// Words as a sentence: it begins with a capital letter and ends with one full stop.
#[must_use]
pub fn sentence(why: &str) -> String {
    let mut letters = why.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
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
