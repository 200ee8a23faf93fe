//! Colleagues named in a note: `@Ana Ruiz`, or `@Ana` where only one Ana may be meant.

/// A piece of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// It names a colleague.
    pub named: bool,
}

/// Which of `names` a note names, each once, by their places in `names`.
#[must_use]
pub fn named<S: AsRef<str>>(body: &str, names: &[S]) -> Vec<usize> {
    let mut found: Vec<usize> = finds(body, names).into_iter().map(|(_, _, name)| name).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The pieces of a note, in order: together they are the note.
#[must_use]
pub fn pieces<S: AsRef<str>>(body: &str, names: &[S]) -> Vec<Piece> {
    let (mut all, mut done) = (Vec::new(), 0);
    let mut push = |text: &str, named: bool| {
        if !text.is_empty() {
            all.push(Piece { text: text.to_owned(), named });
        }
    };
    for (begin, end, _) in finds(body, names) {
        push(&body[done..begin], false);
        push(&body[begin..end], true);
        done = end;
    }
    push(&body[done..], false);
    all
}

/// Begin and end of each mention, and whose it is.
fn finds<S: AsRef<str>>(body: &str, names: &[S]) -> Vec<(usize, usize, usize)> {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for (at, _) in body.match_indices('@') {
        if found.last().is_some_and(|(_, end, _)| *end > at)
            || body[..at].chars().next_back().is_some_and(char::is_alphanumeric)
        {
            continue;
        }
        let rest = &body[at + 1..];
        let whole = names.iter().enumerate().filter_map(|(i, name)| Some((begins(rest, name.as_ref())?, i)));
        let best = whole.max_by_key(|(length, _)| *length).or_else(|| alone(rest, names));
        if let Some((length, name)) = best {
            found.push((at, at + 1 + length, name));
        }
    }
    found
}

/// The only one with that first name.
fn alone<S: AsRef<str>>(rest: &str, names: &[S]) -> Option<(usize, usize)> {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    let mut those = names.iter().enumerate().filter_map(|(i, name)| Some((begins(rest, &first(name.as_ref()))?, i)));
    let one = those.next()?;
    those.next().is_none().then_some(one)
}

/// How many bytes of `text` are `name`, in any case, if it begins with that and ends there as a word.
fn begins(text: &str, name: &str) -> Option<usize> {
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    let mut letters = text.char_indices();
    for wanted in name.chars() {
        let (_, letter) = letters.next()?;
        if !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    match letters.next() {
        None => Some(text.len()),
        Some((_, after)) if after.is_alphanumeric() => None,
        Some((end, _)) => Some(end),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 4] = ["Ana Ruiz", "Ana", "Bo Lind", "Miriam Holt"];

    #[test]
    fn colleagues_are_found_by_their_whole_name_or_by_a_first_name_that_only_one_has() {
        for (body, whose) in [
            ("@Ana Ruiz please look", vec![0]),
            ("@ana, please", vec![1]),
            ("ask @bo or @MIRIAM HOLT.", vec![2, 3]),
            ("(@Bo)", vec![2]),
            ("me@bo.example", vec![]),
            ("@Bob and @ Bo", vec![]),
            ("@Bo @Bo Lind", vec![2]),
        ] {
            assert_eq!(named(body, &NAMES), whose, "{body}");
        }
        assert_eq!(named("@Ana", &["Ana Ruiz", "Ana Diaz"]), Vec::<usize>::new(), "which of the two?");
    }

    #[test]
    fn pieces_say_which_of_them_name_somebody() {
        let told: Vec<(String, bool)> =
            pieces("For @Bo Lind: yes", &NAMES).into_iter().map(|piece| (piece.text, piece.named)).collect();
        assert_eq!(told, [("For ".into(), false), ("@Bo Lind".into(), true), (": yes".into(), false)]);
    }

    proptest! {
        #[test]
        fn together_the_pieces_are_the_note(body in "[@a-zA-ZäÖß .]{0,40}(@Ana Ruiz|@bo)?\\PC{0,10}") {
            let together: String = pieces(&body, &NAMES).into_iter().map(|piece| piece.text).collect();
            prop_assert_eq!(together, body);
        }
    }
}
