//! When the clocks of a zone show a time: where clocks go forward or back, some times do not exist and some come twice.

use chrono::{MappedLocalTime, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::clock::At;

/// The instant from which on the clock has shown `local` or later: the first of two, and the end of the jump when it
/// was jumped over.
pub(super) fn begin(zone: Tz, local: NaiveDateTime) -> Option<At> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => Some(At(at.timestamp_micros())),
        MappedLocalTime::None => landing(zone, local),
    }
}

/// The instant at which the clock shows `local` for the last time; the end of the jump when it was jumped over.
pub(super) fn end(zone: Tz, local: NaiveDateTime) -> Option<At> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(_, at) => Some(At(at.timestamp_micros())),
        MappedLocalTime::None => landing(zone, local),
    }
}

/// The end of the jump that swallowed `local`. Clocks jump to a whole minute, and never over more than a day or so
/// (Samoa left out 30 December 2011).
fn landing(zone: Tz, local: NaiveDateTime) -> Option<At> {
    let mut later = (1..=2 * 24 * 60).filter_map(|minutes| local.checked_add_signed(TimeDelta::minutes(minutes)));
    later.find_map(|local| zone.from_local_datetime(&local).earliest()).map(|at| At(at.timestamp_micros()))
}
