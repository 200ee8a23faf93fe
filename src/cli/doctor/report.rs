//! Findings, printed one by one, so that a slow carrier does not delay what is known already.

use crate::cli::out;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    good: usize,
    notes: usize,
    missing: usize,
    unseen: usize,
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

    /// Could not be looked at until `fix` is done.
    pub(super) fn unseen(&mut self, what: &str, found: &str, fix: &str) {
        self.unseen += 1;
        out::line(format_args!("unseen   {what}: {found}\n         fix: {fix}"));
    }

    /// How the command ends: 0 well, 1 something is missing, 2 nothing is, as far as could be seen.
    pub(super) fn code(&self) -> u8 {
        match (self.missing, self.unseen) {
            (0, 0) => 0,
            (0, _) => 2,
            _ => 1,
        }
    }

    /// The last line.
    pub(super) fn verdict(&self) -> String {
        let unseen = match self.unseen {
            0 => String::new(),
            1 => " One thing could not be looked at.".to_owned(),
            n => format!(" {n} things could not be looked at."),
        };
        match self.missing {
            0 if self.unseen > 0 => format!("Nothing was found to be missing.{unseen}"),
            0 => format!("Nothing is missing; {} checks are well, {} to note.", self.good, self.notes),
            1 => format!("One thing is missing.{unseen}"),
            n => format!("{n} things are missing; mend them from the top.{unseen}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_goes_before_what_could_not_be_seen() {
        let ends = |missing, unseen| Report { missing, unseen, ..Report::default() }.code();
        assert_eq!((ends(0, 0), ends(0, 1), ends(1, 0), ends(2, 3)), (0, 2, 1, 1));
    }
}
