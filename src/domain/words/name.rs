//! Names that people and programs give: each is kept in one spelling, so that two that look alike are one. Space around a
//! name, characters that cannot be seen, and whether a letter with its marks is one character or several, tell nobody apart.

use unicode_normalization::UnicodeNormalization;

use crate::domain::characters::shown::{Piece, pieces};

/// `text` without what cannot be seen. Control codes stay: they are no way to spell a name, and the form refuses them.
fn seen(text: &str) -> String {
    pieces(text).into_iter().fold(String::with_capacity(text.len()), |mut out, piece| {
        match piece {
            Piece::Plain(words) => out.push_str(words),
            Piece::Unseen(c, times) if c.is_control() => out.extend(std::iter::repeat_n(c, times)),
            Piece::Unseen(..) => {}
        }
        out
    })
}

/// A name as it is kept: composed (NFC), without what cannot be seen and without space around it. Joiners stay where they
/// spell something, as in Persian words and in families of emoji.
#[must_use]
pub fn kept(typed: &str) -> String {
    // What is taken out may have kept a mark from its letter: composed again.
    let once: String = seen(&typed.nfc().collect::<String>());
    once.nfc().collect::<String>().trim().to_owned()
}

/// As [`kept`], with one space wherever white space stands.
#[must_use]
pub fn one_line(typed: &str) -> String {
    kept(&typed.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What two names have in common that are one: joiners do not count, nor do capitals.
#[must_use]
pub fn key(name: &str) -> String {
    let plain: String = kept(name).chars().filter(|c| !matches!(c, '\u{200c}' | '\u{200d}')).collect();
    plain.to_lowercase().nfc().collect()
}

/// An e-mail address as it is kept and compared: as [`kept`], and in lower case. Nothing in one is spelled with joiners.
#[must_use]
pub fn address(typed: &str) -> String {
    key(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_see_tells_no_two_names_apart() {
        for typed in
            ["José", "Jose\u{301}", " José\u{a0}", "Jo\u{200b}sé", "\u{feff}José", "Jose\u{2060}\u{301}", "J\u{ad}osé"]
        {
            assert_eq!(kept(typed), "José", "{typed:?}");
        }
        assert_eq!(kept("\u{200b} \u{2060}"), "");
        assert_ne!(kept("Jose"), kept("José"));
        assert_ne!(kept("A B"), kept("AB"));
    }

    #[test]
    fn joiners_stay_where_they_spell_and_count_for_nothing_where_names_are_compared() {
        for spelled in ["می\u{200c}خواهم", "👨\u{200d}👩\u{200d}👧"] {
            assert_eq!(kept(spelled), spelled);
        }
        assert_eq!(key("می\u{200c}خواهم"), key("میخواهم"));
        assert_eq!(kept("A\u{200d}B"), "AB");
        assert_eq!(key("Fisher "), key("fisher"));
        assert_eq!(address(" Ana\u{200b}@Example.com\u{200d}"), "ana@example.com");
    }

    #[test]
    fn what_is_kept_is_kept_as_it_is() {
        for typed in
            ["José", "Jose\u{301}\u{200b}", "👨\u{200d}👩\u{200d}👧", "a\u{200d}\u{301}b", "\u{1100}\u{200b}\u{1161}"]
        {
            assert_eq!(kept(&kept(typed)), kept(typed));
            assert_eq!(key(&key(typed)), key(typed));
        }
    }
}
