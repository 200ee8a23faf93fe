//! Invisible characters that change how the rest of a text reads: direction overrides, zero-width characters, control
//! codes. Pages show a word in their place, so that they mislead nobody.

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Shown as it is.
    Plain(&'a str),
    /// The same unseen character, so many times.
    Unseen(char, usize),
}

/// What an unseen character does, in a few words.
#[must_use]
pub fn name(unseen: char) -> &'static str {
    match unseen {
        '\u{202a}' | '\u{202b}' | '\u{2066}'..='\u{2068}' | '\u{200e}' | '\u{200f}' | '\u{061c}' => "direction mark",
        '\u{202d}' | '\u{202e}' => "direction override",
        '\u{202c}' | '\u{2069}' => "end of direction",
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{180e}' => "zero-width character",
        '\u{00ad}' => "soft hyphen",
        _ if unseen.is_control() => "control code",
        _ => "invisible character",
    }
}

fn is_unseen(c: char) -> bool {
    match c {
        '\n' | '\r' | '\t' => false,
        '\u{00ad}'
        | '\u{061c}'
        | '\u{180e}'
        | '\u{feff}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => c.is_control(),
    }
}

/// Scripts and pictures in which a joiner is part of the spelling: Arabic, the scripts of India, families of emoji.
fn spells_with_joiners(c: Option<char>) -> bool {
    c.is_some_and(|c| matches!(c, '\u{0600}'..='\u{1dff}' | '\u{2190}'..='\u{2bff}' | '\u{a000}'..) && !is_unseen(c))
}

/// `c`, standing between `before` and `after`, belongs there: a joiner in a word or an emoji, a tag in a flag.
fn belongs(before: Option<char>, c: char, after: Option<char>) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' => spells_with_joiners(before) && spells_with_joiners(after),
        // The flags of England, Scotland and Wales are a black flag and what follows.
        '\u{e0020}'..='\u{e007f}' => before.is_some_and(|b| matches!(b, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}')),
        _ => false,
    }
}

/// Takes `text` apart; the plain pieces and the unseen characters are all of it, in order.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let (mut start, mut before, mut flag) = (0, None, false);
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let after = letters.peek().map(|(_, next)| *next);
        // A tag belongs to a flag only as long as everything since the flag does.
        let tagged = matches!(c, '\u{e0020}'..='\u{e007f}');
        flag = c == '\u{1f3f4}' || (flag && tagged);
        if is_unseen(c) && !(belongs(before, c, after) && (flag || !tagged)) {
            if start < at {
                pieces.push(Piece::Plain(&text[start..at]));
            }
            start = at + c.len_utf8();
            match pieces.last_mut() {
                Some(Piece::Unseen(last, times)) if *last == c => *times += 1,
                _ => pieces.push(Piece::Unseen(c, 1)),
            }
        }
        before = Some(c);
    }
    if start < text.len() {
        pieces.push(Piece::Plain(&text[start..]));
    }
    pieces
}

/// The text for where a page takes plain words only, such as its title: `[direction override]` for what is unseen.
#[must_use]
pub fn plain(text: &str) -> String {
    pieces(text).into_iter().fold(String::with_capacity(text.len()), |mut out, piece| {
        match piece {
            Piece::Plain(words) => out.push_str(words),
            Piece::Unseen(c, _) => {
                out.push('[');
                out.push_str(name(c));
                out.push(']');
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_turns_or_hides_letters_is_told_by_name() {
        assert_eq!(plain("invoice\u{202e}fdp.exe"), "invoice[direction override]fdp.exe");
        assert_eq!(plain("Pay\u{200b}Pal\u{feff}"), "Pay[zero-width character]Pal[zero-width character]");
        assert_eq!(plain("a\u{2067}b\u{2069}\u{7f}"), "a[direction mark]b[end of direction][control code]");
        assert_eq!(plain("An\u{200d}a"), "An[zero-width character]a", "no letter of ours is joined");
        assert_eq!(plain("\u{1f3f4}a\u{e0061}"), "\u{1f3f4}a[invisible character]", "no flag");
    }

    #[test]
    fn what_is_spelled_with_unseen_characters_stays_as_it_is() {
        for text in ["👨‍👩‍👧 ❤️‍🔥", "می‌خواهم", "क्‍ष", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 won", "one\ntwo\tthree", "שלום, Привет, 你好"]
        {
            assert_eq!(pieces(text), [Piece::Plain(text)], "{text}");
        }
    }

    #[test]
    fn a_run_of_the_same_is_one_piece() {
        let run = "\u{200b}".repeat(40);
        assert_eq!(pieces(&format!("a{run}b")), [Piece::Plain("a"), Piece::Unseen('\u{200b}', 40), Piece::Plain("b")]);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_whole_text_in_order(text in "(\\PC|[\u{200b}-\u{200f}\u{202a}-\u{202e}]|\u{1f3f4}|\u{e0067}|[a-c\u{627}]){0,40}") {
            let mut whole = String::new();
            for piece in pieces(&text) {
                match piece {
                    Piece::Plain(words) => whole.push_str(words),
                    Piece::Unseen(c, times) => (0..times).for_each(|_| whole.push(c)),
                }
            }
            prop_assert_eq!(whole, text);
        }
    }
}
