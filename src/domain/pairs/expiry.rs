//! When a pair ends. The end depends on time alone: code that needs it compares it with a clock, and no job has to run
//! for a text to come too late.

use std::time::Duration;

use crate::clock::{At, days, minutes};
use crate::domain::vocabulary::words;

/// The longest that a pair lives, if nothing else was asked; 30 days.
pub const HARD_CAP: Duration = days(30);
/// How long a completed transaction stays open, if nothing else was asked; 30 minutes.
pub const GRACE: Duration = minutes(30);
/// How often the parties themselves may extend it.
pub const MOST_EXTENSIONS: u32 = 3;

/// When a pair ends, as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// At a moment.
    At(At),
    /// So long after it was opened.
    After(Duration),
    /// So long after the last message.
    Sliding(Duration),
    /// So long after the integrator said that the transaction is complete.
    AfterCompletion(Duration),
}

words! {
    /// Why a pair is over.
    Ending {
        /// Its time was up.
        Expired = "expired",
        /// Somebody said so.
        Closed = "closed",
    }
}

words! {
    /// What moves the end, without how far.
    ExpiryKind {
        /// Nothing.
        Fixed = "fixed",
        /// Each message.
        Sliding = "sliding",
        /// Completion.
        AfterCompletion = "after_completion",
    }
}

/// What moves the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Nothing does.
    Fixed,
    /// Each message does: the end is so long after it.
    Sliding(Duration),
    /// Completion does: the end is so long after it.
    AfterCompletion(Duration),
}

impl Expiry {
    /// What moves it; the API and the database have its word.
    #[must_use]
    pub const fn kind(self) -> ExpiryKind {
        match self {
            Expiry::Fixed => ExpiryKind::Fixed,
            Expiry::Sliding(_) => ExpiryKind::Sliding,
            Expiry::AfterCompletion(_) => ExpiryKind::AfterCompletion,
        }
    }

    /// The idle time or grace.
    #[must_use]
    pub const fn span(self) -> Option<Duration> {
        match self {
            Expiry::Fixed => None,
            Expiry::Sliding(span) | Expiry::AfterCompletion(span) => Some(span),
        }
    }

    /// What [`Expiry::kind`] and [`Expiry::span`] told; `None` if a span is missing.
    #[must_use]
    pub fn of(kind: ExpiryKind, span: Option<Duration>) -> Option<Self> {
        match kind {
            ExpiryKind::Fixed => Some(Expiry::Fixed),
            ExpiryKind::Sliding => span.map(Expiry::Sliding),
            ExpiryKind::AfterCompletion => span.map(Expiry::AfterCompletion),
        }
    }
}

/// How long a pair has, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// What moves the end.
    pub expiry: Expiry,
    /// The end.
    pub ends_at: At,
    /// The end is never later than this.
    pub hard_end: At,
    /// When the integrator said that the transaction is complete.
    pub completed_at: Option<At>,
    /// By how much an extension moves the end; `None` if parties cannot extend it.
    pub extension: Option<Duration>,
    /// How often it was extended by the parties.
    pub extensions: u32,
    /// The parties or the integrator are warned so long before the end.
    pub warn_before: Option<Duration>,
    /// When they were, for the end as it stands.
    pub warned_at: Option<At>,
}

/// All that decides whether a pair is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The end as it stands.
    pub at: At,
    /// The end is never later than this.
    pub hard: At,
    /// Messages move it.
    pub slides: bool,
}

impl End {
    /// As [`Term::is_over`].
    #[must_use]
    pub fn is_over(self, sent_at: At, now: At) -> bool {
        let judged = if self.slides { sent_at } else { now };
        self.at <= judged || self.hard <= now
    }
}

/// Why an end cannot be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmoved {
    /// It is over.
    Over,
    /// It already ends at the hard cap.
    AtCap,
}

impl Term {
    /// A pair that is opened at `now` and lives no longer than `hard_cap`.
    #[must_use]
    pub fn begin(wish: Wish, hard_cap: Duration, now: At) -> Self {
        let hard_end = now + hard_cap;
        let (expiry, ends_at) = match wish {
            Wish::At(at) => (Expiry::Fixed, at),
            Wish::After(span) => (Expiry::Fixed, now + span),
            Wish::Sliding(idle) => (Expiry::Sliding(idle), now + idle),
            Wish::AfterCompletion(grace) => (Expiry::AfterCompletion(grace), hard_end),
        };
        Term {
            expiry,
            ends_at: ends_at.min(hard_end),
            hard_end,
            completed_at: None,
            extension: None,
            extensions: 0,
            warn_before: None,
            warned_at: None,
        }
    }

    /// Whether what was said at `sent_at` and is taken in at `now` comes too late. A fixed end is judged by now, a
    /// sliding one by when the text was sent, so that an outage of ours ends nobody's pair.
    #[must_use]
    pub fn is_over(&self, sent_at: At, now: At) -> bool {
        self.end().is_over(sent_at, now)
    }

    /// All that decides whether it is over.
    #[must_use]
    pub fn end(&self) -> End {
        End { at: self.ends_at, hard: self.hard_end, slides: matches!(self.expiry, Expiry::Sliding(_)) }
    }

    /// After a message that was sent at `sent_at`.
    #[must_use]
    pub fn after_message(self, sent_at: At) -> Self {
        match self.expiry {
            Expiry::Sliding(idle) => self.until(self.ends_at.max(sent_at + idle)),
            _ => self,
        }
    }

    /// The transaction is complete at `now`; a second time changes nothing. `None` if completion does not end this one.
    #[must_use]
    pub fn complete(self, now: At) -> Option<Self> {
        let Expiry::AfterCompletion(grace) = self.expiry else { return None };
        if self.completed_at.is_some() {
            return Some(self);
        }
        Some(Term { completed_at: Some(now), ..self.until(now + grace) })
    }

    /// Ends `by` later than it would, and never past the hard cap.
    ///
    /// # Errors
    /// Why it stays as it is.
    pub fn extend(self, by: Duration, now: At) -> Result<Self, Unmoved> {
        if self.is_over(now, now) {
            return Err(Unmoved::Over);
        }
        let longer = self.until(self.ends_at + by);
        if longer.ends_at <= self.ends_at { Err(Unmoved::AtCap) } else { Ok(longer) }
    }

    /// A party asks for more time: only between the warning and the end, and not for ever. `None` if it is just text.
    #[must_use]
    pub fn extend_by_party(self, now: At) -> Option<Self> {
        let by = self.extension.filter(|_| self.warned_at.is_some() && self.extensions < MOST_EXTENSIONS)?;
        let longer = self.extend(by, now).ok()?;
        Some(Term { extensions: self.extensions + 1, ..longer })
    }

    /// When the warning is due, if there is one that has not been given.
    #[must_use]
    pub fn warns_at(&self) -> Option<At> {
        // Until it is complete nobody knows the end: the hard cap is only a backstop, and is warned of as one.
        self.warn_before.filter(|_| self.warned_at.is_none()).map(|before| self.ends_at - before)
    }

    /// The same with another end; a warning that was given for the old one is given again.
    fn until(self, at: At) -> Self {
        let ends_at = at.min(self.hard_end);
        if ends_at == self.ends_at { self } else { Term { ends_at, warned_at: None, ..self } }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::{hours, seconds};

    const NOW: At = At::from_seconds(1_000_000);

    #[test]
    fn a_fixed_end_stays_and_one_second_later_it_is_over() {
        let term = Term::begin(Wish::After(hours(2)), HARD_CAP, NOW);
        let end = NOW + hours(2);
        assert_eq!(term.ends_at, end);
        assert_eq!(term.after_message(NOW + hours(1)).ends_at, end);
        assert!(!term.is_over(end - seconds(1), end - seconds(1)) && term.is_over(end, end));
        // What was sent in time but came in late is late.
        assert!(term.is_over(end - seconds(1), end + seconds(1)));
        assert_eq!(term.complete(NOW), None);
        assert_eq!(Term::begin(Wish::At(NOW + days(90)), HARD_CAP, NOW).ends_at, NOW + HARD_CAP);
    }

    #[test]
    fn a_sliding_end_follows_the_messages_and_is_judged_by_when_they_were_sent() {
        let term = Term::begin(Wish::Sliding(hours(1)), hours(3), NOW);
        let later = term.after_message(NOW + minutes(30));
        assert_eq!(later.ends_at, NOW + minutes(90));
        assert!(!later.is_over(NOW + minutes(80), NOW + hours(2)), "it was sent in time");
        assert!(later.is_over(NOW + minutes(90), NOW + minutes(90)));
        assert_eq!(later.after_message(NOW + minutes(150)).ends_at, NOW + hours(3), "never past the cap");
        assert!(
            later.after_message(NOW + minutes(170)).is_over(NOW + minutes(170), NOW + hours(3)),
            "the cap is a fixed end"
        );
    }

    #[test]
    fn completion_begins_the_grace_once() {
        let term = Term::begin(Wish::AfterCompletion(minutes(30)), hours(24), NOW);
        assert_eq!(term.ends_at, NOW + hours(24));
        let done = term.complete(NOW + hours(1)).unwrap();
        assert_eq!(done.ends_at, NOW + minutes(90));
        assert_eq!(done.complete(NOW + hours(2)), Some(done));
    }

    #[test]
    fn parties_extend_only_after_the_warning_and_three_times_at_most() {
        let asked = Term::begin(Wish::Sliding(hours(1)), days(1), NOW);
        let mut term = Term { extension: Some(hours(1)), warn_before: Some(minutes(10)), ..asked };
        assert_eq!(term.warns_at(), Some(NOW + minutes(50)));
        assert_eq!(term.extend_by_party(NOW + minutes(40)), None, "not before the warning");
        for turn in 1..=3 {
            term.warned_at = Some(term.ends_at - minutes(10));
            let longer = term.extend_by_party(term.ends_at - minutes(5)).unwrap();
            assert_eq!((longer.ends_at, longer.extensions), (term.ends_at + hours(1), turn));
            assert_eq!(longer.warned_at, None, "the new end is warned of again");
            term = longer;
        }
        term.warned_at = Some(term.ends_at - minutes(10));
        assert_eq!(term.extend_by_party(term.ends_at - minutes(5)), None);
        assert_eq!(Term { extensions: 0, ..term }.extend_by_party(term.ends_at), None, "over is over");
    }

    proptest! {
        #[test]
        fn nothing_moves_the_end_past_the_cap_or_wakes_what_is_over(
            kind in 0..4_u8, span in 1..100_000_u64, cap in 1..100_000_u64, steps in proptest::collection::vec((0..4_u8, 0..50_000_u64), 0..12)
        ) {
            let span = seconds(span);
            let wish = match kind { 0 => Wish::At(NOW + span), 1 => Wish::After(span), 2 => Wish::Sliding(span), _ => Wish::AfterCompletion(span) };
            let mut term = Term::begin(wish, seconds(cap), NOW);
            term.extension = Some(span);
            let mut now = NOW;
            for (what, passes) in steps {
                now = now + seconds(passes);
                let over = term.is_over(now, now);
                let next = match what {
                    0 if !over => term.after_message(now),
                    1 if !over => term.complete(now).unwrap_or(term),
                    2 => term.extend(span, now).unwrap_or(term),
                    _ => { let warned = Term { warned_at: Some(now), ..term }; warned.extend_by_party(now).unwrap_or(term) }
                };
                prop_assert!(next.ends_at <= next.hard_end);
                prop_assert!(!over || next.is_over(now, now));
                term = next;
            }
        }
    }
}
