//! Phone numbers and the other things that can stand in a text's "from".
//!
//! Only the form of E.164 is checked; whether a number exists is the carrier's business.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A phone number in E.164 form: `+`, then 7 to 15 digits of which the first is not 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is not a [`Phone`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is written as E.164, `+` and 7 to 15 digits such as +15055550121; this is {shape}")]
pub struct NotAPhone {
    shape: String,
}

impl Phone {
    /// Reads an E.164 number.
    ///
    /// # Errors
    /// [`NotAPhone`] describes the shape of what was given, without repeating it.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let digits = text.strip_prefix('+').unwrap_or("");
        let shaped = (FEWEST_DIGITS..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if shaped { Ok(Phone(text.to_owned())) } else { Err(NotAPhone { shape: shape_of(text) }) }
    }

    /// The number as E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a rep sees instead of the number: `••` and its last two digits.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.0)
    }

    /// In the North American numbering plan (+1).
    #[must_use]
    pub fn is_north_american(&self) -> bool {
        self.0.starts_with("+1")
    }

    /// A North American toll-free number: +1 and 800, 833, 844, 855, 866, 877 or 888.
    #[must_use]
    pub fn is_toll_free(&self) -> bool {
        ["800", "833", "844", "855", "866", "877", "888"]
            .iter()
            .any(|code| self.0.strip_prefix("+1").is_some_and(|rest| rest.starts_with(code)))
    }
}

impl TryFrom<String> for Phone {
    type Error = NotAPhone;
    fn try_from(text: String) -> Result<Self, NotAPhone> {
        Phone::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What staff without the right to see a sender's number see of it: `••` and the last two digits of a phone number. A
/// short code and a name hide nobody, and are shown whole.
#[must_use]
pub fn masked(text: &str) -> String {
    if is_open(text) {
        return text.to_owned();
    }
    let tail: Vec<char> = text.chars().rev().take(2).collect();
    format!("••{}", tail.iter().rev().collect::<String>())
}

/// A short code, or a name that has no phone number in it.
fn is_open(text: &str) -> bool {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    match Sender::read(without_channel(text)) {
        Sender::Phone(_) => false,
        Sender::ShortCode(_) => true,
        Sender::Name(name) => digits < FEWEST_DIGITS && name.chars().any(char::is_alphabetic),
    }
}

/// The fewest digits of a phone number.
const FEWEST_DIGITS: usize = 7;

/// Channels of a carrier, beside SMS, on which people have their phone number: `whatsapp:+15055550121` is the person
/// who has `+15055550121`. The number if `from` is written so, else `from` as it stands.
#[must_use]
pub fn without_channel(from: &str) -> &str {
    let number = from.split_once(':').filter(|(channel, _)| is_channel(channel)).map(|(_, number)| number.trim());
    number.filter(|number| Phone::parse(number).is_ok()).unwrap_or(from)
}

fn is_channel(word: &str) -> bool {
    (1..=20).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn shape_of(text: &str) -> String {
    if text.is_empty() {
        return "empty".to_owned();
    }
    let plus = if text.starts_with('+') { "with" } else { "without" };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().count() - digits - usize::from(text.starts_with('+'));
    format!("{plus} `+`, {digits} digits, {others} other characters")
}

/// Who a text came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// An ordinary number; can be answered.
    Phone(Phone),
    /// A short code, 3 to 8 digits; can be answered.
    ShortCode(String),
    /// A name in letters; cannot be answered.
    Name(String),
}

impl Sender {
    /// Reads what a carrier put into "from". Everything has a reading.
    #[must_use]
    pub fn read(text: &str) -> Self {
        if let Ok(phone) = Phone::parse(text) {
            Sender::Phone(phone)
        } else if (3..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Sender::ShortCode(text.to_owned())
        } else {
            Sender::Name(text.to_owned())
        }
    }

    /// As the carrier wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Sender::Phone(phone) => phone.as_str(),
            Sender::ShortCode(text) | Sender::Name(text) => text,
        }
    }

    /// Whether a text can be sent back.
    #[must_use]
    pub fn answerable(&self) -> bool {
        !matches!(self, Sender::Name(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shape_of_e164_passes() {
        for good in ["+15055550121", "+4930901820", "+8618612345678"] {
            assert_eq!(Phone::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "15055550121", "+0123456789", "+1505555012x", "+1 505 555 0121", "+123456", "+1234567890123456"]
        {
            assert!(Phone::parse(bad).is_err(), "{bad}");
        }
        let said = Phone::parse("1505 5550199").unwrap_err().to_string();
        assert!(said.contains("without `+`, 11 digits, 1 other") && !said.contains("0199"), "{said}");
    }

    #[test]
    fn a_number_is_the_same_person_on_every_channel() {
        for from in [
            "+15055550121",
            "whatsapp:+15055550121",
            "rcs:+15055550121",
            "RCS:+15055550121",
            "sms:+15055550121",
            "mms: +15055550121",
            "messenger:+15055550121",
        ] {
            assert_eq!(without_channel(from), "+15055550121", "{from}");
        }
        for from in [
            "AMAZON",
            "messenger:100012345678",
            "rcs:brand_agent",
            "72345",
            ":+15055550121",
            "two words:+15055550121",
            "sip:me@example.com",
            "whatsapp:",
        ] {
            assert_eq!(without_channel(from), from);
        }
    }

    #[test]
    fn a_number_is_masked_and_what_hides_nobody_is_not() {
        for (from, shown) in [
            ("+15055550121", "••21"),
            ("whatsapp:+15055550121", "••21"),
            ("15055550121", "••21"),
            ("Call 5055550121", "••21"),
            ("messenger:100012345678", "••78"),
            ("AMAZON", "AMAZON"),
            ("Acme Bank", "Acme Bank"),
            ("Shop24", "Shop24"),
            ("72345", "72345"),
            ("Πόστα", "Πόστα"),
            ("client:bo", "client:bo"),
            ("", "••"),
            ("+", "••+"),
        ] {
            assert_eq!(masked(from), shown, "{from}");
        }
    }

    #[test]
    fn senders_are_told_apart() {
        assert_eq!(Sender::read("+15055550121").as_str(), "+15055550121");
        assert_eq!(Sender::read("72345"), Sender::ShortCode("72345".into()));
        assert!(!Sender::read("AcmeBank").answerable());
    }
}
