//! Whether somebody works now: the line is open and the person's own schedule is on.
//!
//! A line without hours is always open; a person without a schedule works whenever the line is open.

use crate::clock::At;
use crate::domain::time::hours::Hours;

/// The hours of a line and the schedule of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// When the line is open; always if `None`.
    pub line: Option<Hours>,
    /// When the person works; whenever the line is open if `None`.
    pub own: Option<Hours>,
}

impl Shift {
    /// Reads what the database keeps, as [`Hours::kept`] does: what cannot be read is never open. Texts then wait in
    /// the inbox, and none is lost.
    #[must_use]
    pub fn read(line: Option<&str>, own: Option<&str>) -> Shift {
        let hours = |text: Option<&str>| text.map(Hours::kept);
        Shift { line: hours(line), own: hours(own) }
    }

    /// The person works at `now`.
    #[must_use]
    pub fn on_at(&self, now: At) -> bool {
        self.line_open_at(now) && self.own.as_ref().is_none_or(|own| own.open_at(now))
    }

    /// The line is open at `now`.
    #[must_use]
    pub fn line_open_at(&self, now: At) -> bool {
        self.line.as_ref().is_none_or(|line| line.open_at(now))
    }

    /// Since when the line has been open without this person, at the earliest since `given_at`: a person who gave a
    /// customer to somebody off duty knew that, and the time counts from then on. `None` if the line is closed or the person works.
    #[must_use]
    pub fn missing_since(&self, given_at: Option<At>, now: At) -> Option<At> {
        if !self.line_open_at(now) || self.on_at(now) {
            return None;
        }
        let of = |hours: &Option<Hours>| hours.as_ref().and_then(|hours| hours.since(now));
        of(&self.line).max(of(&self.own)).max(given_at).or(Some(At::EPOCH))
    }

    /// When the person works again, if they do not work at `now` and it is within the next weeks.
    #[must_use]
    pub fn next_on(&self, now: At) -> Option<At> {
        let mut at = now;
        // A week of two schedules has fewer changes than this; the search for somebody who is never on must end.
        for _ in 0..100 {
            if self.on_at(at) {
                return (at > now).then_some(at);
            }
            at = self.next_change(at)?;
        }
        None
    }

    /// When anything changes next, after `now`.
    #[must_use]
    pub fn next_change(&self, now: At) -> Option<At> {
        [&self.line, &self.own].into_iter().flatten().filter_map(|hours| hours.next_change(now)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_that_cannot_be_read_are_never_open() {
        let now = At::from_seconds(1_773_158_700);
        for broken in
            ["", "{", "{}", r#"{"zone": "Mars/Base", "mon-sun": "00:00-24:00"}"#, r#"{"zone": "UTC", "mon": "soon"}"#]
        {
            assert!(!Shift::read(Some(broken), None).line_open_at(now), "{broken}");
            assert!(!Shift::read(None, Some(broken)).on_at(now), "{broken}");
            assert_eq!(Shift::read(Some(broken), None).next_on(now), None, "{broken}");
        }
        assert!(Shift::read(None, None).on_at(now), "who has no hours is always on");
    }

    #[test]
    fn somebody_is_back_when_the_line_is_open_and_their_own_time_has_come() {
        // Tuesday, 10 March 2026, 16:05 UTC
        let now = At::from_seconds(1_773_158_700);
        let line = r#"{"zone": "UTC", "mon-fri": "09:00-16:00"}"#;
        let shift = Shift::read(Some(line), Some(r#"{"zone": "UTC", "thu": "08:00-12:00", "wed": "17:00-20:00"}"#));
        assert_eq!(shift.next_on(now).unwrap().to_string(), "2026-03-12T09:00:00.000Z");
        assert_eq!(Shift::default().next_on(now), None, "who is always on is not away");
        let never = Shift::read(Some(line), Some(r#"{"zone": "UTC", "sat": "08:00-12:00"}"#));
        assert_eq!(never.next_on(now), None);
    }
}
