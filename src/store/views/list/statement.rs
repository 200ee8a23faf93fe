//! A statement that is put together, and its values.

use crate::store::views::Viewer;

/// A value of a statement.
#[derive(Clone, Debug)]
pub(super) enum Bind {
    Whole(i64),
    Words(String),
}

/// A statement and its values; `$1` is who reads.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) binds: Vec<Bind>,
}

impl Statement {
    pub(super) fn of(viewer: Viewer) -> Self {
        Statement { text: String::new(), binds: vec![Bind::Whole(viewer.person.0)] }
    }

    /// The name by which the statement calls a value.
    pub(super) fn bind(&mut self, value: Bind) -> String {
        self.binds.push(value);
        format!("${}", self.binds.len())
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }
}
