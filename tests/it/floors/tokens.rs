//! Rust source as a row of names and signs, without comments, strings and white space.
//!
//! A parser would be a heavy dependency for a question about paths; reading lines alone would trip over comments,
//! strings and imports that span lines.

/// A name or a sign, and the line it stands on (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The tokens of `source`; `::` is one token, every other sign is one character.
pub fn tokens(source: &str) -> Vec<Token> {
    read(source, false)
}

/// As [`tokens`], with the names in strings among them: attributes and formats name items there.
pub fn tokens_and_texts(source: &str) -> Vec<Token> {
    read(source, true)
}

fn read(source: &str, texts: bool) -> Vec<Token> {
    let mut reader = Reader { rest: source, line: 1, found: Vec::new(), texts };
    while reader.step() {}
    reader.found
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    found: Vec<Token>,
    /// Names in strings are kept.
    texts: bool,
}

impl Reader<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else if self.rest.starts_with("//") {
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.skip(block_comment(self.rest));
        } else if let Some(length) = string(self.rest) {
            if self.texts {
                let names = self.rest[..length].split(|c: char| !c.is_alphanumeric() && c != '_');
                let names = names.map(|name| Token { text: name.to_owned(), line: self.line }).filter(Token::is_name);
                self.found.extend(names);
            }
            self.skip(length);
        } else if first == '\'' {
            self.skip(character_or_lifetime(self.rest));
        } else if self.rest.starts_with("::") {
            self.keep(2);
        } else if first.is_alphanumeric() || first == '_' {
            self.keep(self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len()));
        } else {
            self.keep(first.len_utf8());
        }
        true
    }

    fn skip(&mut self, length: usize) {
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }

    fn keep(&mut self, length: usize) {
        self.found.push(Token { text: self.rest[..length].to_owned(), line: self.line });
        self.skip(length);
    }
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the string literal that `text` begins with, of whatever kind.
fn string(text: &str) -> Option<usize> {
    let mark = ["br", "cr", "r", "b", "c", ""]
        .into_iter()
        .find(|mark| text.strip_prefix(mark).is_some_and(|rest| rest.trim_start_matches('#').starts_with('"')))?;
    let after = &text[mark.len()..];
    let fences = after.len() - after.trim_start_matches('#').len();
    let opening = mark.len() + fences + 1;
    if mark.ends_with('r') {
        let closing = format!("\"{}", "#".repeat(fences));
        return Some(text[opening..].find(&closing).map_or(text.len(), |at| opening + at + closing.len()));
    }
    if fences > 0 {
        return None;
    }
    let mut escaped = false;
    for (at, c) in text[opening..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(opening + at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

fn character_or_lifetime(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        // The character after the backslash may itself be a quote.
        Some((_, '\\')) => text[3..].find('\'').map_or(text.len(), |at| at + 4),
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

#[test]
fn comments_and_literals_are_left_out() {
    let source = r##"
        // use crate::web;
        /* crate::api /* nested */ still */ use crate::domain; /// crate::hooks
        let (a, b): (&'static str, char) = ("crate::app \" still", '"'); let c = r#"crate::cli " "#; let d = '\''; x::y
    "##;
    let texts: Vec<_> = tokens(source).into_iter().map(|token| token.text).collect();
    let text = texts.join(" ");
    assert!(text.contains("use crate :: domain ;"), "{text}");
    assert!(text.ends_with("x :: y"), "{text}");
    let named: Vec<_> = tokens_and_texts(source).into_iter().map(|token| token.text).collect();
    assert!(named.contains(&"still".to_owned()) && !named.contains(&"nested".to_owned()), "{named:?}");
    for absent in ["web", "api", "hooks", "app", "cli", "nested", "still"] {
        assert!(!texts.iter().any(|token| token == absent), "{absent} in {text}");
    }
}

/// The tokens without items that are there in tests only.
pub fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let starts = |texts: &[&str]| texts.iter().zip(&tokens[at..]).all(|(text, token)| token.is(text));
        if starts(&["#", "[", "cfg", "(", "test", ")", "]"]) {
            at = after_item(&tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Where the item ends whose attributes begin at `at`: behind its braces, or behind its semicolon.
fn after_item(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}
