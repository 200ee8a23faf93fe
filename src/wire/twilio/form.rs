//! `application/x-www-form-urlencoded` as an ordered multimap, which keeps unknown and repeated names.
//!
//! A signature covers every parameter, so nothing that a carrier sends may be lost on the way in.

use std::fmt;

/// Parameters in the order in which they came. One buffer holds them all, each name directly before its value,
/// which is what a signature is made over.
#[derive(Clone, Default)]
pub struct Form {
    text: String,
    spans: Vec<Span>,
}

/// Where one parameter lies: name `start..middle`, value `middle..end`.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    middle: usize,
    end: usize,
}

impl Form {
    /// No parameters.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a request's body or the query of a URL. Everything has a reading: a `%` without two hexadecimal
    /// digits stands for itself, bytes that are not UTF-8 become U+FFFD, and empty pieces are left out.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut form = Self { text: String::with_capacity(bytes.len()), spans: Vec::with_capacity(24) };
        for (name, value) in form_urlencoded::parse(bytes) {
            form.push(&name, &value);
        }
        form
    }

    /// Adds one parameter at the end.
    pub fn push(&mut self, name: &str, value: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        self.text.push_str(value);
        self.spans.push(Span { start, middle, end: self.text.len() });
    }

    /// The first value of `name`; names are told apart by case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// Every value of `name`, in order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.pairs().filter(move |(n, _)| *n == name).map(|(_, value)| value)
    }

    /// Every (name, value), in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.spans.iter().map(|span| (&self.text[span.start..span.middle], &self.text[span.middle..span.end]))
    }

    /// The (name, value) pairs in byte order of name, then of value, each pair once, as a signature wants them;
    /// beside each its name and value as one text.
    pub(super) fn sorted(&self) -> impl Iterator<Item = &str> {
        let mut order: Vec<Span> = self.spans.clone();
        let key = |span: &Span| (&self.text[span.start..span.middle], &self.text[span.middle..span.end]);
        order.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        order.dedup_by(|a, b| key(a) == key(b));
        order.into_iter().map(|span| &self.text[span.start..span.end])
    }

    /// How many parameters there are, repeated ones counted each time.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no parameter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The parameters as a request's body; reading it gives the same parameters in the same order.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::with_capacity(self.text.len() * 3 / 2 + self.spans.len() * 2);
        for (name, value) in self.pairs() {
            if !out.is_empty() {
                out.push('&');
            }
            out.extend(form_urlencoded::byte_serialize(name.as_bytes()));
            out.push('=');
            out.extend(form_urlencoded::byte_serialize(value.as_bytes()));
        }
        out
    }
}

impl fmt::Debug for Form {
    /// Names only: values hold phone numbers and what people said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs().map(|(name, _)| name)).finish()
    }
}

impl PartialEq for Form {
    fn eq(&self, other: &Self) -> bool {
        self.pairs().eq(other.pairs())
    }
}

impl Eq for Form {}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Form {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut form = Form::new();
        for (name, value) in pairs {
            form.push(name.as_ref(), value.as_ref());
        }
        form
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn order_repeated_names_empty_values_and_spaces_survive() {
        let form = Form::parse(b"b=2&a=&a=x+y%20z&b=2&flag&&=v&e=%F0%9F%98%80%0A");
        let pairs: Vec<_> = form.pairs().collect();
        let expected =
            [("b", "2"), ("a", ""), ("a", "x y z"), ("b", "2"), ("flag", ""), ("", "v"), ("e", "\u{1F600}\n")];
        assert_eq!(pairs, expected);
        assert_eq!(form.get("a"), Some(""));
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["", "x y z"]);
        assert_eq!(form.get("A"), None);
        assert_eq!(form.len(), 7);
    }

    #[test]
    fn broken_escapes_stand_for_themselves_and_broken_utf8_is_marked() {
        let form = Form::parse(b"a=100%&b=%zz%4&c=%ff&d=1=2");
        let values: Vec<_> = form.pairs().map(|(_, value)| value).collect();
        assert_eq!(values, ["100%", "%zz%4", "\u{FFFD}", "1=2"]);
    }

    #[test]
    fn values_do_not_show_in_debug_output() {
        let form: Form = [("From", "+15055550121")].into_iter().collect();
        assert_eq!(format!("{form:?}"), r#"["From"]"#);
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_the_same(pairs in prop::collection::vec((".*", ".*"), 0..8)) {
            let form: Form = pairs.iter().map(|(name, value)| (name, value)).collect();
            prop_assert_eq!(&Form::parse(form.encode().as_bytes()), &form);
        }

        #[test]
        fn any_bytes_have_a_reading(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let once = Form::parse(&bytes);
            prop_assert_eq!(&Form::parse(once.encode().as_bytes()), &once);
        }
    }
}
