//! Statements that are built from pieces.

use std::fmt::{Display, Write};

use super::{Column, Cut, FromRow, Query, QueryAs, Rows, Text, Value};

/// A statement under construction.
#[derive(Debug)]
pub struct QueryBuilder {
    text: Cut,
    values: Vec<Value>,
}

impl QueryBuilder {
    /// A statement that begins so.
    #[must_use]
    pub fn new(sql: impl Into<String>) -> Self {
        QueryBuilder { text: Cut { sql: sql.into(), ..Cut::default() }, values: Vec::new() }
    }

    /// Adds text, which must not come from outside.
    pub fn push(&mut self, sql: impl Display) -> &mut Self {
        write!(self.text.sql, "{sql}").expect("a text can always grow");
        self
    }

    /// Adds a value.
    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.add(value.into());
        self
    }

    fn add(&mut self, value: Value) {
        self.values.push(value);
        self.text.cuts.push(self.text.sql.len());
    }

    /// Adds pieces with `separator` between them.
    pub fn separated(&mut self, separator: &'static str) -> Separated<'_> {
        Separated { builder: self, separator, first: true }
    }

    /// Adds rows of values, which are all of the same columns, in the place of `VALUES (…), (…)`.
    ///
    /// # Panics
    /// If there is no row, or if a row has other columns than the first.
    pub fn push_values<T>(
        &mut self,
        rows: impl IntoIterator<Item = T>,
        mut push_row: impl FnMut(Separated<'_>, T),
    ) -> &mut Self {
        let (begin, first) = (self.text.sql.len(), self.values.len());
        self.text.sql.push_str("VALUES ");
        let mut count = 0;
        for row in rows {
            self.text.sql.push_str(if count == 0 { "(" } else { ", (" });
            push_row(self.separated(", "), row);
            self.text.sql.push(')');
            count += 1;
        }
        let values = self.values.len() - first;
        let columns = values.checked_div(count).expect("rows are pushed where there are some");
        assert_eq!(columns * count, values, "all rows have the same columns");
        self.text.rows.push(Rows { span: begin..self.text.sql.len(), first, columns, count });
        self
    }

    /// The statement.
    pub fn build(&mut self) -> Query {
        Query { text: Text::Cut(std::mem::take(&mut self.text)), values: std::mem::take(&mut self.values) }
    }

    /// The statement, its rows read as `T`s.
    pub fn build_query_as<T: FromRow>(&mut self) -> QueryAs<T> {
        self.build().rows_as()
    }

    /// The statement, its rows' first columns read as `T`s.
    pub fn build_query_scalar<T: Column>(&mut self) -> QueryAs<T> {
        self.build().scalars()
    }
}

/// Pieces of a statement with something between them.
#[derive(Debug)]
pub struct Separated<'a> {
    builder: &'a mut QueryBuilder,
    separator: &'static str,
    first: bool,
}

impl Separated<'_> {
    fn next(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.builder.text.sql.push_str(self.separator);
        }
    }

    /// Adds text as a piece.
    pub fn push(&mut self, sql: impl Display) -> &mut Self {
        self.next();
        self.builder.push(sql);
        self
    }

    /// Adds a value as a piece.
    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.next();
        self.builder.add(value.into());
        self
    }

    /// Adds text to the piece before.
    pub fn push_unseparated(&mut self, sql: impl Display) -> &mut Self {
        self.builder.push(sql);
        self
    }

    /// Adds a value to the piece before.
    pub fn push_bind_unseparated(&mut self, value: impl Into<Value>) -> &mut Self {
        self.builder.add(value.into());
        self
    }
}
