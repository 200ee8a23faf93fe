//! When lines are open and people work: here, the same span of every day by the clock of Greenwich.

use switchboard::clock::At;

use super::Oracle;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// From one full hour to another, every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub from: i64,
    pub to: i64,
}

impl Hours {
    fn open_at(self, now: At) -> bool {
        (self.from * HOUR..self.to * HOUR).contains(&now.0.rem_euclid(DAY))
    }

    /// The last change at or before `now`.
    fn since(self, now: At) -> At {
        let midnight = now.0 - now.0.rem_euclid(DAY);
        let changes =
            [-1, 0].into_iter().flat_map(|day| [self.from, self.to].map(|hour| midnight + day * DAY + hour * HOUR));
        At(changes.filter(|at| *at <= now.0).max().unwrap_or(0))
    }

    /// The next change after `now`.
    pub fn next(self, now: At) -> At {
        let midnight = now.0 - now.0.rem_euclid(DAY);
        let changes =
            [0, 1].into_iter().flat_map(|day| [self.from, self.to].map(|hour| midnight + day * DAY + hour * HOUR));
        At(changes.filter(|at| *at > now.0).min().unwrap_or(i64::MAX))
    }

    /// As the database keeps it.
    pub fn json(self) -> String {
        format!(r#"{{"zone":"UTC","mon-sun":"{:02}:00-{:02}:00"}}"#, self.from, self.to)
    }
}

impl Oracle {
    fn line_hours(&self, line: i64) -> Option<Hours> {
        self.numbers.get(&line).and_then(|one| one.hours)
    }

    /// The line is open and the person's own hours are on.
    pub(super) fn works(&self, person: i64, line: i64) -> bool {
        let now = self.now();
        let own = self.people.get(&person).and_then(|one| one.hours);
        self.line_hours(line).into_iter().chain(own).all(|hours| hours.open_at(now))
    }

    /// Since when the line has been open without this person, if that is so.
    pub(super) fn missing_since(&self, person: i64, line: i64) -> Option<At> {
        let now = self.now();
        let open = self.line_hours(line).is_none_or(|hours| hours.open_at(now));
        let own = self.people.get(&person).and_then(|one| one.hours).filter(|hours| open && !hours.open_at(now))?;
        Some(self.line_hours(line).map_or(own.since(now), |hours| hours.since(now).max(own.since(now))))
    }

    /// When anybody's hours begin or end next.
    pub(super) fn next_turn(&self) -> Option<At> {
        let now = self.now();
        let all =
            self.people.values().filter_map(|one| one.hours).chain(self.numbers.values().filter_map(|one| one.hours));
        let missing = self.talks.values().filter(|talk| !talk.closed()).filter_map(|talk| {
            let since = self.missing_since(talk.pinned?, talk.line)?;
            Some(since.max(talk.pinned_at) + self.hand_over_after(talk.line))
        });
        all.map(|hours| hours.next(now)).chain(missing).filter(|at| *at > now).min()
    }
}
