//! The life of a mask: active, draining (no new legs), cooling (all legs ended, waiting until every quarantine has passed),
//! released at the carrier.

use std::time::Duration;

use crate::clock::{At, hours, minutes};

/// Where a number stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Takes new legs.
    Active,
    /// Takes no new legs; those that it has go on.
    Draining,
    /// Has no live leg any more and waits until no phone rests on it.
    Cooling,
    /// Given back.
    Released,
}

impl State {
    /// The word in the database and on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Draining => "draining",
            State::Cooling => "cooling",
            State::Released => "released",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [State::Active, State::Draining, State::Cooling, State::Released].into_iter().find(|one| one.word() == word)
    }
}

/// What is known of a mask on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Where it is.
    pub state: State,
    /// Since when.
    pub since: At,
    /// Live legs.
    pub live: i64,
    /// Until when the last phone rests on it.
    pub rests_until: Option<At>,
    /// Texts from it are under way, or wait.
    pub sends: bool,
    /// The carrier was asked to take it back, or has refused to: not asked again before this.
    pub ask_from: Option<At>,
}

/// What becomes of it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing yet.
    Stay,
    /// Its legs have ended: it cools.
    Cool,
    /// It has a live leg after all: it drains.
    Drain,
    /// The carrier may have it back.
    Release,
}

/// How long a state lasts at least: a transaction that chose the mask just before has committed by then.
pub const SETTLED: Duration = minutes(1);

/// What becomes of a mask at `now`.
#[must_use]
pub fn next(mask: &Leaving, now: At) -> Next {
    if mask.since + SETTLED > now {
        return Next::Stay;
    }
    match mask.state {
        State::Draining if mask.live == 0 => Next::Cool,
        State::Cooling if mask.live > 0 => Next::Drain,
        State::Cooling => {
            let rests = mask.rests_until.is_some_and(|until| until > now);
            let waits = mask.ask_from.is_some_and(|from| from > now);
            if rests || waits || mask.sends { Next::Stay } else { Next::Release }
        }
        _ => Next::Stay,
    }
}

/// How long after its `tries`-th refusal the carrier is asked again to take a number back: 1, 5, 30 minutes, then 6 hours.
#[must_use]
pub fn ask_again_after(tries: i64) -> Duration {
    match tries {
        ..=1 => minutes(1),
        2 => minutes(5),
        3 => minutes(30),
        _ => hours(6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::seconds;

    const NOW: At = At::from_seconds(10_000);

    fn mask(state: State) -> Leaving {
        Leaving { state, since: At::EPOCH, live: 0, rests_until: None, sends: false, ask_from: None }
    }

    #[test]
    fn legs_end_first_then_every_rest_then_the_carrier_has_it_back() {
        let draining = mask(State::Draining);
        assert_eq!(next(&Leaving { live: 1, ..draining }, NOW), Next::Stay);
        assert_eq!(next(&draining, NOW), Next::Cool);
        let cooling = mask(State::Cooling);
        assert_eq!(next(&Leaving { rests_until: Some(NOW + seconds(1)), ..cooling }, NOW), Next::Stay);
        assert_eq!(next(&Leaving { sends: true, ..cooling }, NOW), Next::Stay);
        assert_eq!(next(&Leaving { live: 1, ..cooling }, NOW), Next::Drain);
        assert_eq!(next(&Leaving { rests_until: Some(NOW), ..cooling }, NOW), Next::Release);
        for state in [State::Active, State::Released] {
            assert_eq!(next(&mask(state), NOW), Next::Stay);
        }
    }

    #[test]
    fn nothing_happens_in_the_first_minute_of_a_state_or_before_the_carrier_is_asked_again() {
        assert_eq!(next(&Leaving { since: NOW - seconds(59), ..mask(State::Draining) }, NOW), Next::Stay);
        let refused = Leaving { ask_from: Some(NOW + seconds(1)), ..mask(State::Cooling) };
        assert_eq!(next(&refused, NOW), Next::Stay);
        assert!((1..9).all(|tries| ask_again_after(tries) <= ask_again_after(tries + 1)));
    }

    #[test]
    fn every_state_is_read_by_its_word() {
        for state in [State::Active, State::Draining, State::Cooling, State::Released] {
            assert_eq!(State::read(state.word()), Some(state));
        }
        assert_eq!(State::read("gone"), None);
    }
}
