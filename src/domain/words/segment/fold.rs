//! A text reduced to what survives a carrier's "smart encoding", which replaces characters to keep a text in GSM-7.
//!
//! To find our text in the carrier's list both texts are folded: equal folds mean the same text. It folds more than the
//! carrier replaces, because a text that is not recognised would be sent twice.

/// What `body` and the carrier's copy of it have in common.
#[must_use]
pub fn fold(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut gap = false;
    for c in body.chars() {
        if is_gap(c) {
            gap = true;
        } else if !is_invisible(c) {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            push(plain(c), &mut out);
        }
    }
    out
}

/// White space of any kind, for runs of which one space stands. The carrier makes spaces of C1 controls too.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{80}'..='\u{9f}')
}

/// Characters that take no room, which the carrier may remove.
fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn push(c: char, out: &mut String) {
    match c {
        '¼' => out.push_str("1/4"),
        '½' => out.push_str("1/2"),
        '¾' => out.push_str("3/4"),
        '…' => out.push_str("..."),
        '‼' => out.push_str("!!"),
        other => out.push(other),
    }
}

/// The ASCII character that the carrier may put for this one, else itself.
#[rustfmt::skip]
fn plain(c: char) -> char {
    match c {
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).map_or(c, plain),
        '«' | '»' | '“' | '”' | '„' | '‟' | 'ʺ' | 'ˮ' | '❝' | '❞' | '〝' | '〞' => '"',
        '‘' | '’' | '‛' | '‗' | '´' | '`' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | 'ˊ' | 'ˋ' | '❛' | '❜'
        | '\u{313}' | '\u{314}' | '︐' | '︑' => '\'',
        '–' | '—' | '―' | '‐' | '\u{2011}' | '‒' | '−' | '•' | '⁃' | '⎼' | '⎽' | '﹣' => '-',
        '÷' | '⧸' | '\u{337}' | '\u{338}' | '⁄' | '∕' => '/',
        '⧹' | '⧵' | '\u{20e5}' | '﹨' => '\\',
        '\u{332}' => '_',
        '\u{20d2}' | '\u{20d3}' | '∣' | '⎸' | '⎹' | '⏐' | '⎜' | '⎟' => '|',
        '﹫' => '@',
        '﹩' => '$',
        'ǃ' | '︕' | '﹗' => '!',
        '﹟' => '#',
        '﹪' => '%',
        '﹠' => '&',
        '‚' | '\u{326}' | '、' | '﹐' | '﹑' | '､' => ',',
        '❨' | '❪' | '﹙' | '⟮' | '⦅' => '(',
        '❩' | '❫' | '﹚' | '⟯' | '⦆' => ')',
        '⁎' | '∗' | '⊛' | '✢'..='✥' | '✱'..='✳' | '✺'..='✽' | '❃' | '❉'..='❋' | '⧆' | '﹡' => '*',
        '˖' | '﹢' => '+',
        '。' | '﹒' | '｡' => '.',
        'ː' | '˸' | '⦂' | '꞉' | '︓' => ':',
        '⁏' | '︔' | '﹔' => ';',
        // The carrier's table has the single angle quotes the wrong way round: one class for both directions.
        '>' | '‹' | '›' | '﹤' | '﹥' => '<',
        '\u{347}' | '꞊' | '﹦' => '=',
        '︖' | '﹖' => '?',
        'ˆ' | '\u{302}' | '\u{1dcd}' => '^',
        '˜' | '˷' | '\u{303}' | '\u{330}' | '\u{334}' | '∼' => '~',
        '❴' | '﹛' => '{',
        '❵' | '﹜' => '}',
        'ᴀ' => 'A', 'ʙ' => 'B', 'ᴄ' => 'C', 'ᴅ' => 'D', 'ᴇ' => 'E', 'ꜰ' => 'F', 'ɢ' => 'G', 'ʜ' => 'H', 'ɪ' => 'I',
        'ᴊ' => 'J', 'ᴋ' => 'K', 'ʟ' => 'L', 'ᴍ' => 'M', 'ɴ' => 'N', 'ᴏ' => 'O', 'ᴘ' => 'P', 'ʀ' => 'R', 'ꜱ' => 'S',
        'ᴛ' => 'T', 'ᴜ' => 'U', 'ᴠ' => 'V', 'ᴡ' => 'W', 'ʏ' => 'Y', 'ᴢ' => 'Z',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the carrier documents of its replacements, and the odd ones of its calculator.
    const REPLACED: &[(&str, &str)] = &[
        ("“”„‟«»", "\""),
        ("‘’‛´`ʼ", "'"),
        ("–—―‐•", "-"),
        ("…", "..."),
        ("¼", "1/4"),
        ("½", "1/2"),
        ("¾", "3/4"),
        ("÷⁄∕", "/"),
        ("‹", ">"),
        ("›", "<"),
        ("Ａｂ", ""),
        ("！＃＇＂～", ""),
        ("\u{a0}\u{2003}\u{202f}\u{3000}\u{8d}", "  "),
        ("\t", "       "),
        ("\u{200b}\u{2060}\u{feff}\u{3}", ""),
        ("‼", "!!"),
        ("\u{302}", "^"),
    ];

    fn smart(body: &str) -> String {
        let replaced = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap().to_string(),
            _ => REPLACED.iter().find(|(from, _)| from.contains(c)).map_or(c.to_string(), |(_, to)| (*to).to_owned()),
        };
        body.chars().map(replaced).collect()
    }

    #[test]
    fn a_text_is_recognised_after_the_carrier_smoothed_it() {
        for (ours, theirs) in [
            ("you’re “in” – 50 % off…", "you're \"in\" - 50 % off..."),
            ("a\u{a0}b\tc\n", "a  b       c"),
            ("½ cup\u{200b}s", "1/2 cups"),
            ("‹x›", ">x<"),
            ("e\u{302}", "e^"),
        ] {
            assert_eq!(fold(ours), fold(theirs), "{ours}");
        }
    }

    #[test]
    fn different_texts_stay_different() {
        for (one, other) in [("Yes!", "Yes?"), ("10", "1 0"), ("ok", "OK"), ("😀", "😁"), ("é", "e"), ("a.", "a")]
        {
            assert_ne!(fold(one), fold(other));
        }
    }

    proptest! {
        #[test]
        fn no_replacement_hides_a_text(
            body in "(\\PC|[“”„‟«»‘’‛´`ʼ–—―‐•…¼½¾÷⁄∕‹›Ａｂ！＃～\u{a0}\u{2003}\u{3000}\t\n\u{200b}\u{2060}\u{302}‼]){0,60}"
        ) {
            prop_assert_eq!(fold(&smart(&body)), fold(&body));
            prop_assert_eq!(fold(&fold(&body)), fold(&body));
        }
    }
}
