//! Durations as people write them: `500ms`, `90s`, `4h`, `7d`, `1h30m`. Every number has its unit, so that nobody has
//! to guess what a number means.

use std::time::Duration;

/// Units from the longest to the shortest, in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// The longest that can be set: ten years of 365 days.
const LONGEST: Duration = crate::clock::days(3650);

/// What is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Not whole numbers, each with its unit.
    Strange,
    /// More than can be counted.
    TooLong,
}

/// Reads whole numbers, each with its unit, one after the other; the case and white space make no difference.
///
/// # Errors
/// Why it is none.
pub fn read(text: &str) -> Result<Duration, Unread> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    let (mut rest, mut total) = (text.as_str(), None);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(digits);
        let (unit, then) = behind.split_at(behind.bytes().take_while(u8::is_ascii_lowercase).count());
        let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(Unread::Strange)?;
        if number.is_empty() {
            return Err(Unread::Strange);
        }
        // More digits than a number can have are a time that is too long.
        let count: u64 = number.parse().map_err(|_| Unread::TooLong)?;
        let part = count.checked_mul(*millis).map(Duration::from_millis).ok_or(Unread::TooLong)?;
        total = Some(total.unwrap_or(Duration::ZERO).checked_add(part).ok_or(Unread::TooLong)?);
        rest = then;
    }
    total.ok_or(Unread::Strange)
}

/// Reads a duration that is set: as [`read`], at most ten years.
///
/// # Errors
/// The remedy, in words.
pub fn parse(text: &str) -> Result<Duration, String> {
    match read(text) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        Ok(_) | Err(Unread::TooLong) => Err("write at most 3650d".to_owned()),
        Err(Unread::Strange) => {
            Err("write a whole number and a unit, one of ms, s, m, h, d, such as 90s, 72h or 1h30m".to_owned())
        }
    }
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
    fn several_are_added_whatever_the_case_and_the_space_between() {
        for (text, minutes) in
            [("1h30m", 90), ("1H 30M", 90), ("1d2h5m", 1565), (" 4 h ", 240), ("30m1h", 90), ("90s 30s", 2)]
        {
            assert_eq!(parse(text), Ok(Duration::from_mins(minutes)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_the_remedy() {
        for text in
            ["", "90", "s", "1.5h", "-4h", "1h30", "h1", "4 hours", "1h 30", "99999999999999999999s", "9999999d"]
        {
            let remedy = parse(text).unwrap_err();
            assert!(remedy.contains("such as 90s") || remedy.contains("3650d"), "{text}: {remedy}");
        }
    }
}
