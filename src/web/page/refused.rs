//! A form that was refused: it comes back with what was typed, and the reason beside the field.

/// A refused form of a page that has several.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct Refused {
    /// The form's name.
    pub(in crate::web) form: &'static str,
    /// The field that is wrong.
    pub(in crate::web) field: &'static str,
    /// In a sentence.
    pub(in crate::web) why: String,
    /// Fields and what was typed into them.
    pub(in crate::web) values: Vec<(&'static str, String)>,
}

impl Refused {
    /// The form `form` was refused, and stands open again.
    pub(in crate::web) fn is(&self, form: &str) -> bool {
        self.form == form
    }

    /// What was typed into a field of `form`; `else_` if the form was not refused.
    pub(in crate::web) fn typed<'a>(&'a self, form: &str, field: &str, else_: &'a str) -> &'a str {
        let typed = self.values.iter().find(|(name, _)| self.form == form && *name == field);
        typed.map_or(else_, |(_, value)| value)
    }

    /// Why a field of `form` was refused.
    pub(in crate::web) fn why(&self, form: &str, field: &str) -> Option<&str> {
        (self.form == form && self.field == field).then_some(self.why.as_str())
    }
}
