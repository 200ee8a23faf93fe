//! Fields in a text: `{customer}`. A brace that opens nothing is a brace.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Words as they are.
    Words(&'a str),
    /// The name of a field, without braces and blanks around it.
    Field(&'a str),
    /// A brace that is never closed, and all that follows it.
    Unclosed(&'a str),
}

/// The pieces of `body`, in order.
pub(super) fn pieces(body: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), body);
    while let Some((words, after)) = rest.split_once('{') {
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        // A field is closed before the next one begins and before the line ends.
        if let Some(end) = after.find(['{', '}', '\n']).filter(|at| after[*at..].starts_with('}')) {
            pieces.push(Piece::Field(after[..end].trim()));
            rest = &after[end + 1..];
        } else {
            pieces.push(Piece::Unclosed(&rest[words.len()..]));
            return pieces;
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// `body` with each field's value in its place, once: what a value contains is never taken for a field. A field
/// without a value stays as it stands.
#[must_use]
pub fn fill(body: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(body.len());
    for piece in pieces(body) {
        match piece {
            Piece::Words(words) | Piece::Unclosed(words) => text.push_str(words),
            Piece::Field(name) => match values.iter().find(|(field, _)| *field == name) {
                Some((_, value)) => text.push_str(value),
                None => text.extend(["{", name, "}"]),
            },
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_filled_once_and_the_rest_stays() {
        let values = [("customer", "Sam {line}"), ("line", "Boats")];
        assert_eq!(fill("{customer} wrote to { line }.", &values), "Sam {line} wrote to Boats.");
        assert_eq!(fill("{name}: 50 % } off {", &values), "{name}: 50 % } off {");
        assert_eq!(fill("{customer", &values), "{customer");
        assert_eq!(fill("{a\n{line}", &values), "{a\n{line}", "an unclosed brace ends the fields");
    }

    proptest! {
        #[test]
        fn without_values_nothing_changes(body in "[a-z {}\n]{0,40}") {
            prop_assume!(!body.contains("{ ") && !body.contains(" }"));
            prop_assert_eq!(fill(&body, &[]), body);
        }
    }
}
