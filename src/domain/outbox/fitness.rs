//! Whether one of our numbers may send: what follows when the carrier refuses a text for a reason that may concern the
//! number, and when the number is tried again.
//!
//! The carrier gives the same codes for a number that nobody rents and for one that may not text this one phone. So a
//! single refusal proves nothing: the text waits and is tried again, and all other texts are sent. At the second phone
//! that is refused, with no text taken between, the number pauses. It is then tried again by itself, one text at a
//! time.

use std::time::Duration;

use crate::clock::{At, hours, minutes};
use crate::secret::Chance;

/// Two phones that are refused within this time pause a number; 1 hour.
pub const WINDOW: Duration = hours(1);
/// A refusal is remembered for so long; 24 hours.
pub const REMEMBERED: Duration = hours(24);
/// The first try of a paused number comes after this time; 1 minute.
pub const FIRST_PROBE: Duration = minutes(1);
/// Later tries are at most so far apart; 15 minutes.
const LAST_PROBE: Duration = minutes(15);
/// After each of its first refusals a phone's text waits so long; after one more it fails.
const AGAIN: [Duration; 3] = [minutes(1), minutes(4), minutes(10)];

/// A phone to which the carrier would not send from the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The phone.
    pub phone: String,
    /// When it was refused last.
    pub last_at: At,
    /// How often it was refused.
    pub tries: i64,
    /// It stands against the number: nothing has been taken from it since.
    pub counts: bool,
}

/// What stands against a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// It is paused already.
    pub paused: bool,
    /// By phone, each once.
    pub refused: Vec<Refused>,
}

/// What follows from a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The text waits until then and is tried again.
    Again(At),
    /// The text waits until then and is tried again, and the number pauses.
    Pauses,
    /// The text fails, and its author is told.
    GivesUp,
}

impl Record {
    /// The carrier would not send from this number to `phone`.
    pub fn refuses(&mut self, phone: &str, now: At) -> Verdict {
        self.refused.retain(|one| one.last_at + REMEMBERED > now);
        let others = self.refused.iter().any(|one| one.phone != phone && one.counts && one.last_at + WINDOW >= now);
        let at = self.refused.iter().position(|one| one.phone == phone).unwrap_or_else(|| {
            self.refused.push(Refused { phone: phone.to_owned(), last_at: now, tries: 0, counts: true });
            self.refused.len() - 1
        });
        let mine = &mut self.refused[at];
        mine.tries += 1;
        mine.last_at = now;
        if self.paused {
            // It was a probe, or on its way before.
            return Verdict::Again(now);
        }
        if mine.counts && others {
            self.paused = true;
            return Verdict::Pauses;
        }
        let wait = usize::try_from(mine.tries - 1).ok().and_then(|before| AGAIN.get(before));
        wait.map_or(Verdict::GivesUp, |wait| Verdict::Again(now + *wait))
    }

    /// The carrier took a text from this number to `phone`: nothing stands against the number any more, and what was
    /// refused was the phones' own.
    pub fn takes(&mut self, phone: &str) {
        self.refused.retain(|one| one.phone != phone);
        self.refused.iter_mut().for_each(|one| one.counts = false);
        self.paused = false;
    }
}

/// When what has been tried `probes` times since it was paused is tried again: after twice the time each time, never less
/// than a minute nor more than a quarter of an hour, and not all at the same instant.
#[must_use]
pub fn next_probe(probes: i64, chance: &Chance, now: At) -> At {
    let doublings = u32::try_from(probes.clamp(0, 10)).unwrap_or(0);
    let wait = (FIRST_PROBE * (1 << doublings)).min(LAST_PROBE * 4 / 5);
    let quarter = usize::try_from(wait.as_millis() / 4).unwrap_or(0);
    let more = Duration::from_millis(u64::try_from(chance.below(quarter)).unwrap_or(0));
    now + (wait + more).min(LAST_PROBE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: At = At::from_seconds(1_000_000);

    #[test]
    fn one_phone_never_stops_a_number_and_its_text_is_tried_again_before_it_fails() {
        let mut record = Record::default();
        let mut now = NOW;
        for wait in AGAIN {
            assert_eq!(record.refuses("+1", now), Verdict::Again(now + wait));
            now = now + wait;
        }
        assert_eq!(record.refuses("+1", now), Verdict::GivesUp);
        assert!(!record.paused && record.refused.iter().any(|one| one.counts));
        assert_eq!(record.refuses("+1", now + minutes(1)), Verdict::GivesUp, "its next text fails at once");
    }

    #[test]
    fn the_second_phone_stops_it_unless_something_went_out_between() {
        let mut record = Record::default();
        record.refuses("+1", NOW);
        assert_eq!(record.refuses("+2", NOW + minutes(30)), Verdict::Pauses);
        let mut record = Record::default();
        record.refuses("+1", NOW);
        record.takes("+3");
        assert_eq!(record.refuses("+2", NOW), Verdict::Again(NOW + AGAIN[0]));
        assert_eq!(record.refuses("+1", NOW), Verdict::Again(NOW + AGAIN[1]), "what was its own counts no more");
        assert!(!record.paused);
    }

    #[test]
    fn two_phones_far_apart_do_not_stop_it() {
        let mut record = Record::default();
        record.refuses("+1", NOW);
        assert!(matches!(record.refuses("+2", NOW + WINDOW + minutes(1)), Verdict::Again(_)));
        record.refuses("+3", NOW + REMEMBERED + REMEMBERED);
        assert_eq!(record.refused.len(), 1, "what is old is forgotten");
    }

    #[test]
    fn while_it_is_paused_texts_wait_and_nothing_is_given_up() {
        let mut record = Record { paused: true, refused: Vec::new() };
        for _ in 0..9 {
            assert_eq!(record.refuses("+1", NOW), Verdict::Again(NOW));
        }
    }

    #[test]
    fn probes_come_after_a_minute_at_least_and_a_quarter_of_an_hour_at_most() {
        let chance = Chance::seeded(1);
        let mut seen = std::collections::BTreeSet::new();
        for probes in 0..200 {
            let wait = next_probe(probes, &chance, NOW).since(NOW);
            assert!(wait >= FIRST_PROBE && wait <= LAST_PROBE, "{probes}: {wait:?}");
            assert!(probes != 0 || wait < minutes(2));
            assert!(probes < 5 || wait >= minutes(12));
            seen.insert(wait);
        }
        assert!(seen.len() > 100, "not all at the same instant");
    }
}
