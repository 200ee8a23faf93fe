//! Durations as people write them: `500ms`, `90s`, `4h`, `7d`, `1h30m`, `1 h 30 min`. Every number has its unit, so that
//! nobody has to guess what a number means. People read them as [`spoken`] writes them, programs as [`words`] does.

use std::time::Duration;

/// A unit.
struct Unit {
    /// As programs and settings have it.
    name: &'static str,
    /// As people read it.
    spoken: &'static str,
    /// Its milliseconds.
    millis: u64,
}

/// From the longest to the shortest.
const UNITS: [Unit; 5] = [
    Unit { name: "d", spoken: "d", millis: 86_400_000 },
    Unit { name: "h", spoken: "h", millis: 3_600_000 },
    Unit { name: "m", spoken: "min", millis: 60_000 },
    Unit { name: "s", spoken: "s", millis: 1000 },
    Unit { name: "ms", spoken: "ms", millis: 1 },
];

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

/// Reads whole numbers, each with its unit, one after the other, as [`words`] and as [`spoken`] write them; the case and
/// white space make no difference.
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
        let unit = UNITS.iter().find(|one| one.name == unit || one.spoken == unit).ok_or(Unread::Strange)?;
        if number.is_empty() {
            return Err(Unread::Strange);
        }
        // More digits than a number can have are a time that is too long.
        let count: u64 = number.parse().map_err(|_| Unread::TooLong)?;
        let part = count.checked_mul(unit.millis).map(Duration::from_millis).ok_or(Unread::TooLong)?;
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

/// Writes it for programs, as one number with the longest unit that keeps it whole: `90m`.
#[must_use]
pub fn words(duration: Duration) -> String {
    let millis = whole_millis(duration);
    let whole = UNITS.iter().find(|unit| millis >= unit.millis && millis.is_multiple_of(unit.millis));
    whole.map_or_else(|| "0s".to_owned(), |unit| format!("{}{}", millis / unit.millis, unit.name))
}

/// Writes it for people, to the millisecond: `1 h 30 min`.
#[must_use]
pub fn spoken(duration: Duration) -> String {
    let mut left = whole_millis(duration);
    let mut said = Vec::new();
    for unit in &UNITS {
        if left >= unit.millis {
            said.push(format!("{} {}", left / unit.millis, unit.spoken));
            left %= unit.millis;
        }
    }
    if said.is_empty() { "0 s".to_owned() } else { said.join(" ") }
}

fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
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
    fn people_read_each_unit_once_and_may_type_what_they_read() {
        for (millis, told) in [
            (0, "0 s"),
            (20_000, "20 s"),
            (90_000, "1 min 30 s"),
            (1_800_000, "30 min"),
            (5_400_000, "1 h 30 min"),
            (259_200_000, "3 d"),
            (176_461_250, "2 d 1 h 1 min 1 s 250 ms"),
        ] {
            let duration = Duration::from_millis(millis);
            assert_eq!(spoken(duration), told);
            assert_eq!(read(told), Ok(duration), "{told}");
            assert_eq!(read(&words(duration)), Ok(duration), "{told}");
        }
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
