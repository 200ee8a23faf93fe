//! Findings, printed as they come, so that a slow carrier does not hold back what is known already.

use crate::cli::out;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    good: usize,
    notes: usize,
    missing: usize,
}

impl Report {
    /// All is well.
    pub(super) fn good(&mut self, what: &str, found: &str) {
        self.good += 1;
        out::line(format_args!("ok       {what}: {found}"));
    }

    /// Works, but somebody should know.
    pub(super) fn note(&mut self, what: &str, found: &str) {
        self.notes += 1;
        out::line(format_args!("note     {what}: {found}"));
    }

    /// Does not work until `fix` is done.
    pub(super) fn missing(&mut self, what: &str, found: &str, fix: &str) {
        self.missing += 1;
        out::line(format_args!("missing  {what}: {found}\n         fix: {fix}"));
    }

    /// Whether nothing is missing.
    pub(super) fn is_good(&self) -> bool {
        self.missing == 0
    }

    /// The last line.
    pub(super) fn verdict(&self) -> String {
        match self.missing {
            0 => format!("Nothing is missing; {} checks are well, {} to note.", self.good, self.notes),
            1 => "One thing is missing.".to_owned(),
            n => format!("{n} things are missing; mend them from the top."),
        }
    }
}
