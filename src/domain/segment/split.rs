//! Cuts a long body into parts that one request takes each.
//! People read the parts one after the other, so cuts fall between words, and nothing is added to tell them apart.

/// The parts of `body`, each of at most `limit` UTF-16 units, in order. Together they are `body`: the white space at
/// a cut stays at the end of the earlier part, and only a part of nothing but white space is left out, because a
/// carrier refuses it. A word longer than a part is cut inside, but never inside a character as people see it, unless
/// that alone is longer than a part. A body that fits is one part as it stands.
///
/// The carrier's limit speaks of characters and warns that some count for more than one: units are the safe reading.
#[must_use]
pub fn split(body: &str, limit: usize) -> Vec<String> {
    // Room for one surrogate pair at least, or nothing would ever fit.
    let limit = limit.max(2);
    let mut parts = Vec::new();
    let mut rest = body;
    while let Some(end) = fitting(rest, limit) {
        let (part, after) = rest.split_at(cut(rest, end));
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    let several = parts.len() > 1;
    parts.into_iter().filter(|part| !several || !part.trim().is_empty()).map(str::to_owned).collect()
}

/// Where the first `limit` units of `text` end; `None` if it has no more than that.
fn fitting(text: &str, limit: usize) -> Option<usize> {
    let mut units = 0;
    text.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units > limit).then_some(at)
    })
}

/// The best place to cut at or before `end`: after white space or at the end of a word, else between characters as
/// people see them, else at `end`.
fn cut(text: &str, end: usize) -> usize {
    let places =
        || text[..end].char_indices().rev().map(|(at, c)| (at + c.len_utf8(), c, next(text, at + c.len_utf8())));
    let between_words =
        places().find(|(at, before, after)| breaks(*before) || (*at == end && after.is_some_and(breaks)));
    let between_characters = || places().find(|(_, before, after)| after.is_none_or(|after| !joined(*before, after)));
    between_words.or_else(between_characters).map_or(end, |(at, ..)| at)
}

fn next(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

/// White space where a line may break.
fn breaks(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// Whether people see `before` and `after` as one character: marks, emoji with modifiers, flags, CR LF. Wider than
/// need be in places, which only moves a cut by a few characters.
fn joined(before: char, after: char) -> bool {
    let mark = matches!(after,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200d}'
        | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}');
    let flag = |c| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    mark || before == '\u{200d}' || (flag(before) && flag(after)) || (before == '\r' && after == '\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_body_that_fits_is_one_part_as_it_stands() {
        for body in ["", " ", "one two", "x y\n"] {
            assert_eq!(split(body, 7), [body]);
        }
        assert_eq!(split(&"ж".repeat(1600), 1600).len(), 1);
    }

    #[test]
    fn cuts_fall_between_words_and_lose_nothing() {
        assert_eq!(split("one two three", 8), ["one two ", "three"]);
        assert_eq!(split("one two three", 7), ["one two", " three"]);
        assert_eq!(split("one\ntwo three", 6), ["one\n", "two ", "three"]);
        assert_eq!(split("a\u{a0}b cd", 4), ["a\u{a0}b ", "cd"]);
    }

    #[test]
    fn a_word_longer_than_a_part_is_cut_between_characters() {
        assert_eq!(split("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(split("a😀😀", 4), ["a😀", "😀"]);
        assert_eq!(split("abce\u{301}d", 4), ["abc", "e\u{301}d"]);
        assert_eq!(split("ab👩\u{200d}🚀x", 6), ["ab", "👩\u{200d}🚀x"]);
        assert_eq!(split("👩\u{200d}🚀", 3), ["👩\u{200d}", "🚀"], "too long for a part however it is cut");
    }

    #[test]
    fn no_part_is_blank() {
        assert_eq!(split("abcd   ", 4), ["abcd"]);
        assert_eq!(split(&format!("ab{}cd", " ".repeat(9)), 4), ["ab  ", "cd"]);
        assert_eq!(split("abcd efgh", 4), ["abcd", "efgh"]);
    }

    proptest! {
        #[test]
        fn parts_fit_and_together_they_are_the_body(body in "(\\PC|[ \n]){0,80}", limit in 4usize..30) {
            let parts = split(&body, limit);
            for part in &parts {
                prop_assert!(part.encode_utf16().count() <= limit);
                prop_assert!(parts.len() == 1 || !part.trim().is_empty());
            }
            let kept: String = parts.concat().split_whitespace().collect();
            prop_assert_eq!(kept, body.split_whitespace().collect::<String>());
        }

        #[test]
        fn words_stay_whole(words in prop::collection::vec("[a-zж]{1,10}", 1..40), limit in 10usize..50) {
            let body = words.join(" ");
            let parts = split(&body, limit);
            let read: Vec<String> = parts.iter().flat_map(|p| p.split_whitespace()).map(str::to_owned).collect();
            prop_assert_eq!(read, words);
        }
    }
}
