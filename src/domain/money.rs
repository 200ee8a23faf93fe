//! Amounts of money in hundredths of the currency of the carrier's bill, so that nothing is rounded.

use std::fmt;
use std::ops::{Add, Sub};

use super::numbers::country;

/// Hundredths, such as cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub i64);

/// The most that can be written: a hundred million.
const MOST: i64 = 10_000_000_000;

impl Cents {
    /// Reads `3`, `1.5` or `1.15`.
    ///
    /// # Errors
    /// The remedy, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let remedy = || "write an amount such as 1.15 or 200".to_owned();
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let dangling = text.ends_with('.');
        if whole.is_empty() || dangling || !digits(whole) || !digits(part) || part.len() > 2 {
            return Err(remedy());
        }
        let cents = format!("{whole}{part:0<2}").parse().map_err(|_| remedy())?;
        if cents > MOST { Err(remedy()) } else { Ok(Cents(cents)) }
    }

    /// So many times as much.
    #[must_use]
    pub fn times(self, count: i64) -> Self {
        Cents(self.0.saturating_mul(count))
    }
}

impl Add for Cents {
    type Output = Cents;
    fn add(self, other: Cents) -> Cents {
        Cents(self.0.saturating_add(other.0))
    }
}

impl Sub for Cents {
    type Output = Cents;
    fn sub(self, other: Cents) -> Cents {
        Cents(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

/// What a number costs a month, country by country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    usual: Cents,
    of: Vec<(String, Cents)>,
}

impl Default for Prices {
    /// 1.15: a local number of the United States at Twilio, in dollars.
    fn default() -> Self {
        Prices { usual: Cents(115), of: Vec::new() }
    }
}

impl Prices {
    /// Reads one price for all countries, `1.15`, and prices of single ones, `GB=1.00`, with commas between them.
    ///
    /// # Errors
    /// The remedy, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut prices = Prices::default();
        for part in text.split(',').map(str::trim) {
            match part.split_once('=') {
                None => prices.usual = Cents::read(part)?,
                Some((code, price)) => {
                    let code = code.trim().to_uppercase();
                    if !country::is_told(&code) {
                        return Err(format!("`{}` is no country; write codes such as GB=1.00", code.escape_debug()));
                    }
                    let price = Cents::read(price.trim())?;
                    prices.of.retain(|(known, _)| *known != code);
                    prices.of.push((code, price));
                }
            }
        }
        Ok(prices)
    }

    /// What a number of this country costs a month.
    #[must_use]
    pub fn of(&self, country: &str) -> Cents {
        self.of.iter().find(|(code, _)| code == country).map_or(self.usual, |(_, price)| *price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_to_the_hundredth() {
        for (text, cents, told) in [("3", 300, "3.00"), ("1.5", 150, "1.50"), ("1.15", 115, "1.15"), ("0", 0, "0.00")] {
            assert_eq!(Cents::read(text), Ok(Cents(cents)));
            assert_eq!(Cents(cents).to_string(), told);
        }
        assert_eq!(Cents(-5).to_string(), "-0.05");
        for text in ["", ".", "1.", ".5", "1.155", "-1", "1,15", "$1", "99999999999999999999"] {
            assert!(Cents::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_country_has_the_usual_price_or_its_own() {
        let prices = Prices::read("1.15, gb = 1.00,DE=3").unwrap();
        assert_eq!((prices.of("US"), prices.of("GB"), prices.of("DE")), (Cents(115), Cents(100), Cents(300)));
        assert_eq!(Prices::read("GB=1").unwrap().of("US"), Cents(115));
        assert!(Prices::read("Canada=1").unwrap_err().contains("no country"));
        assert!(Prices::read("").is_err());
    }
}
