//! The words of a text that a query asked for, so that a page can mark them.

use super::fold::{pieces, runs};
use super::question::Question;

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// As it was written.
    pub text: String,
    /// It is what was asked for.
    pub hit: bool,
}

/// The text in stretches, those that were asked for apart.
#[must_use]
pub fn marked(text: &str, question: &Question) -> Vec<Stretch> {
    let pieces = pieces(text);
    let mut hits: Vec<(usize, usize)> = Vec::new();
    let mut hit = |start: usize, end: usize| match hits.last_mut() {
        Some(last) if start <= last.1 => last.1 = last.1.max(end),
        _ => hits.push((start, end)),
    };
    for run in runs(&pieces) {
        for (at, piece) in run.iter().enumerate() {
            let alone = question.asks_for(&piece.text);
            let pair = run.get(at + 1).is_some_and(|next| question.asks_for(&format!("{}{}", piece.text, next.text)));
            let before = at > 0 && question.asks_for(&format!("{}{}", run[at - 1].text, piece.text));
            if alone || pair || before {
                hit(piece.start, piece.end);
                continue;
            }
            for part in piece.parts.iter().filter(|part| question.asks_for(&part.text)) {
                hit(part.start, part.end);
            }
        }
    }
    let mut out = Vec::new();
    let mut from = 0;
    let mut push = |text: &str, hit: bool| {
        if !text.is_empty() {
            out.push(Stretch { text: text.to_owned(), hit });
        }
    };
    for (start, end) in hits {
        push(&text[from..start], false);
        push(&text[start..end], true);
        from = end;
    }
    push(&text[from..], false);
    out
}

/// About `room` characters of a text, with the first hit among them; cut where it is longer.
#[must_use]
pub fn excerpt(stretches: Vec<Stretch>, room: usize) -> Vec<Stretch> {
    let first: usize = stretches.iter().take_while(|one| !one.hit).map(|one| one.text.chars().count()).sum();
    let all: usize = stretches.iter().map(|one| one.text.chars().count()).sum();
    if all <= room {
        return stretches;
    }
    let skip = if first + room / 3 > room { first - room / 3 } else { 0 };
    let mut out = Vec::new();
    let (mut passed, mut left) = (0, room);
    for one in stretches {
        let long = one.text.chars().count();
        let drop = skip.saturating_sub(passed).min(long);
        let text: String = one.text.chars().skip(drop).take(left).collect();
        passed += long;
        left -= text.chars().count();
        if !text.is_empty() {
            out.push(Stretch { text, hit: one.hit });
        }
    }
    let cut = |at| Stretch { text: at, hit: false };
    if skip > 0 {
        out.insert(0, cut("… ".to_owned()));
    }
    if passed > skip + room {
        out.push(cut(" …".to_owned()));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, question: &str) -> String {
        let show = |one: Stretch| if one.hit { format!("[{}]", one.text) } else { one.text };
        marked(text, &Question::read(question)).into_iter().map(show).collect()
    }

    #[test]
    fn hits_are_marked_as_they_were_written() {
        assert_eq!(shown("The Déposit, please", "deposit"), "The [Déposit], please");
        assert_eq!(shown("refunds and refunding", "refund*"), "[refunds] and [refunding]");
        assert_eq!(shown("全額返金です", "返金"), "全額[返金]です");
        assert_eq!(shown("<b>cash</b>", "cash -b"), "<b>[cash]</b>");
    }

    #[test]
    fn a_long_text_is_cut_around_its_first_hit() {
        let text = format!("{} deposit {}", "before ".repeat(60), "after ".repeat(60));
        let cut = excerpt(marked(&text, &Question::read("deposit")), 120);
        assert!(cut.iter().any(|one| one.hit && one.text == "deposit"), "{cut:?}");
        assert!(cut.iter().map(|one| one.text.chars().count()).sum::<usize>() <= 124);
        assert_eq!((cut[0].text.as_str(), cut.last().unwrap().text.as_str()), ("… ", " …"));
    }

    proptest! {
        #[test]
        fn marking_loses_nothing(text in "\\PC{0,80}", question in "\\PC{0,20}") {
            let whole: String = marked(&text, &Question::read(&question)).into_iter().map(|one| one.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
