//! The templates as they are written, taken apart into the pieces of text that a page shows as they stand.

/// The pieces of a template between its tags, each on one line; without those that have no word in them.
pub fn pieces(template: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    loop {
        let Some((before, tag)) = next_tag(rest) else {
            pieces.push(rest);
            break;
        };
        pieces.push(before);
        rest = tag;
    }
    let has_words = |piece: &String| piece.chars().any(char::is_alphabetic);
    pieces.into_iter().map(joined).filter(has_words).collect()
}

/// What stands before the next tag, and what stands after it.
fn next_tag(text: &str) -> Option<(&str, &str)> {
    let ends = [("{%", "%}"), ("{{", "}}"), ("{#", "#}")];
    let (at, end) = ends.iter().filter_map(|(begin, end)| Some((text.find(begin)?, *end))).min()?;
    let length = text[at..].find(end).expect("a tag ends") + end.len();
    Some((&text[..at], &text[at + length..]))
}

/// With one space in the place of line breaks and indentation.
pub fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_template_is_taken_apart_at_its_tags() {
    let template =
        "{#- A <b>comment</b>. -#}\n<p\n   class=\"x{% if a %} hot{% endif %}\">\n  {{ a }} of {{ \"b\" }}\n</p> 12";
    assert_eq!(pieces(template), ["<p class=\"x", "hot", "of", "</p> 12"]);
}
