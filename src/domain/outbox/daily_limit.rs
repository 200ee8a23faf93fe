//! The most segments of a day; after them the program requests nothing of the carrier until the next day.
//!
//! Whatever goes wrong (a leaked token, a loop, a flood from abroad), it costs no more than that.

use crate::clock::At;

/// What is left of a day's limit, while one decision covers several texts.
#[derive(Clone, Copy, Debug)]
pub struct DailyLimit {
    most: i64,
    spent: i64,
    taken: i64,
    day: i64,
}

impl DailyLimit {
    /// The limit of a day, as [`At::day`] counts days, of which `spent` of `most` segments are used.
    #[must_use]
    pub fn of(day: i64, most: i64, spent: i64) -> Self {
        DailyLimit { most, spent, taken: 0, day }
    }

    /// Its day.
    #[must_use]
    pub fn day(&self) -> i64 {
        self.day
    }

    /// What this decision takes out of it.
    #[must_use]
    pub fn taken(&self) -> i64 {
        self.taken
    }

    /// Whether `segments` more fit; if not, when the next day begins.
    ///
    /// # Errors
    /// The beginning of the next day.
    pub fn has(&self, segments: i64) -> Result<(), At> {
        if self.spent.saturating_add(self.taken).saturating_add(segments) <= self.most {
            return Ok(());
        }
        Err(At::of_day(self.day + 1))
    }

    /// Takes them out.
    pub fn take(&mut self, segments: i64) {
        self.taken = self.taken.saturating_add(segments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{days, hours};

    #[test]
    fn what_does_not_fit_waits_for_the_next_day() {
        let now = At::EPOCH + days(20_000) + hours(8);
        let day = now.day();
        assert_eq!(day, 20_000);
        let mut daily_limit = DailyLimit::of(day, 3, 1);
        assert_eq!(daily_limit.has(2), Ok(()));
        daily_limit.take(2);
        assert_eq!(daily_limit.has(1), Err(At::EPOCH + days(20_001)));
        assert_eq!(daily_limit.taken(), 2);
    }
}
