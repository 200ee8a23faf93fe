//! A stretch of open time within a day, as people write it: `9:00-17:00`, `22:00-06:00`, `00:00-24:00`.
//!
//! It belongs to the day on which it begins, so that a night shift ends at its own time, whatever the next day is.

use std::fmt;

/// Minutes in a day of 24 hours.
const DAY: u16 = 24 * 60;

/// From `begin` until before `end`, both in minutes after the midnight with which its day begins, by the clock on the
/// wall. `begin` is below 24:00; `end` is later, and past 24:00 when the stretch runs over midnight (for less than a day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub begin: u16,
    pub end: u16,
}

impl Span {
    /// Reads one stretch.
    pub fn read(text: &str) -> Result<Self, String> {
        let remedy =
            || format!("`{}` is no span of hours; write them as 9:00-17:00, or 22:00-06:00 over midnight", text.trim());
        let (begin, end) = text.split_once('-').ok_or_else(remedy)?;
        let (begin, end) = (minutes(begin).ok_or_else(remedy)?, minutes(end).ok_or_else(remedy)?);
        if begin == end {
            return Err(format!("`{}` begins when it ends; a whole day is 00:00-24:00", text.trim()));
        }
        if begin == DAY {
            return Err(format!("`{}` begins at 24:00; the day begins at 00:00", text.trim()));
        }
        Ok(Span { begin, end: if end < begin { end + DAY } else { end } })
    }

    /// Reads stretches with commas between them, sorted; nothing, or the word `closed`, is none.
    pub fn read_all(text: &str) -> Result<Vec<Self>, String> {
        if text.trim().is_empty() || text.trim() == "closed" {
            return Ok(Vec::new());
        }
        let mut spans = text.split(',').map(Span::read).collect::<Result<Vec<_>, _>>()?;
        spans.sort_unstable();
        if let Some((one, next)) = spans.iter().zip(spans.iter().skip(1)).find(|(one, next)| next.begin < one.end) {
            return Err(format!("{one} and {next} overlap; write them as one"));
        }
        Ok(spans)
    }

    /// Writes what [`Span::read_all`] reads.
    pub fn write_all(spans: &[Self]) -> String {
        spans.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.end > DAY { self.end - DAY } else { self.end };
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.begin / 60, self.begin % 60, end / 60, end % 60)
    }
}

/// Minutes after midnight of `9:00` or `09:00`, up to 24:00.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str, most: usize| {
        let plain = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2).filter(|_| minute.len() == 2)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= DAY).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_alike() {
        for (text, written) in [
            ("9:00-17:00", "09:00-17:00"),
            (" 13:00 - 17:30 , 9:00-12:00 ", "09:00-12:00, 13:00-17:30"),
            ("22:00-06:00", "22:00-06:00"),
            ("00:00-24:00", "00:00-24:00"),
            ("18:00-0:00", "18:00-24:00"),
            ("closed", ""),
            ("", ""),
        ] {
            assert_eq!(Span::write_all(&Span::read_all(text).unwrap()), written, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_remedy() {
        for text in
            ["9-17", "9:00", "9:00-17:0", "9:00-25:00", "9:60-10:00", "9am-5pm", "-", "+9:00-17:00", "009:00-17:00"]
        {
            assert!(Span::read_all(text).unwrap_err().contains("write them as 9:00-17:00"), "{text}");
        }
        assert!(Span::read("9:00-9:00").unwrap_err().contains("00:00-24:00"));
        assert!(Span::read("24:00-06:00").unwrap_err().contains("begins at 24:00"));
        assert!(Span::read_all("9:00-12:00, 11:00-13:00").unwrap_err().contains("overlap"));
    }
}
