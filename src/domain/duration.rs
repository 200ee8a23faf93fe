//! Durations as operators write them: `500ms`, `90s`, `30m`, `4h`, `7d`.
//! One number and one unit, so that nobody has to guess what a bare number means.

use std::time::Duration;

/// Units from the longest to the shortest, in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// The longest that can be set: ten years of 365 days.
const LONGEST: Duration = crate::clock::days(3650);

/// Reads a whole number and its unit.
///
/// # Errors
/// The remedy, in words.
pub fn parse(text: &str) -> Result<Duration, String> {
    let remedy = || "write a whole number and a unit, one of ms, s, m, h, d, such as 90s or 72h".to_owned();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(remedy)?;
    let number: u64 = number.parse().map_err(|_| remedy())?;
    let duration = number.checked_mul(*millis).map(Duration::from_millis).filter(|long| *long <= LONGEST);
    duration.ok_or_else(|| "write at most 3650d".to_owned())
}

/// Writes it as an operator would, with the longest unit that keeps it whole.
#[must_use]
pub fn words(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let whole = UNITS.iter().find(|(_, unit)| millis >= *unit && millis % unit == 0);
    whole.map_or_else(|| "0s".to_owned(), |(name, unit)| format!("{}{name}", millis / unit))
}

/// A span as one says it: `1 h 30 min`.
#[must_use]
pub fn spoken(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min")];
    let said: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if said.is_empty() { words(span) } else { said.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_are_read_and_written_alike() {
        for (text, millis) in
            [("500ms", 500), ("90s", 90_000), ("30m", 1_800_000), ("5h", 18_000_000), ("7d", 604_800_000)]
        {
            let read = parse(text).unwrap();
            assert_eq!(read, Duration::from_millis(millis), "{text}");
            assert_eq!(words(read), text);
        }
        assert_eq!(words(Duration::ZERO), "0s");
    }

    #[test]
    fn people_are_told_days_hours_and_minutes() {
        let told = |minutes| spoken(Duration::from_mins(minutes));
        assert_eq!([told(90), told(30), told(2880 + 61)], ["1 h 30 min", "30 min", "2 d 1 h 1 min"]);
        assert_eq!(spoken(Duration::from_secs(20)), "20s");
    }

    #[test]
    fn everything_else_is_refused_with_the_remedy() {
        for text in ["", "90", "s", "1.5h", "-4h", "4 h", "4H", "1h30m", "99999999999999999999s", "9999999d"] {
            let remedy = parse(text).unwrap_err();
            assert!(remedy.contains("such as 90s") || remedy.contains("3650d"), "{text}: {remedy}");
        }
    }
}
