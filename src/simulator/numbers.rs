//! The numbers that the account rents, and those that it could rent.
//!
//! A number knows where its texts are posted; a carrier does no other routing.

use serde::Serialize;

use crate::clock::At;

/// A number that the account rents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnNumber {
    /// `PN` and 32 hexadecimal digits.
    pub sid: String,
    /// E.164.
    pub number: String,
    /// What people call it; empty for numbers that are not published.
    pub label: String,
    /// What the API calls it; empty: as people call it.
    pub friendly_name: String,
    /// Where inbound texts are posted; empty: to the simulator's default.
    pub sms_url: String,
    /// `POST` or `GET`.
    pub sms_method: String,
    /// Where they are posted if that fails; empty: nowhere.
    pub sms_fallback_url: String,
    /// `POST` or `GET`.
    pub sms_fallback_method: String,
    /// An application whose addresses win over both; empty: none.
    pub sms_application_sid: String,
    /// When it was rented.
    pub created_at: At,
}

/// A change to a number: the fields that are given.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberChange {
    pub(super) label: Option<String>,
    pub(super) friendly_name: Option<String>,
    pub(super) sms_url: Option<String>,
    pub(super) sms_method: Option<String>,
    pub(super) sms_fallback_url: Option<String>,
    pub(super) sms_fallback_method: Option<String>,
    pub(super) sms_application_sid: Option<String>,
}

impl OwnNumber {
    pub(super) fn change(&mut self, change: NumberChange) {
        let NumberChange {
            label,
            friendly_name,
            sms_url,
            sms_method,
            sms_fallback_url,
            sms_fallback_method,
            sms_application_sid,
        } = change;
        for (field, value) in [
            (&mut self.label, label),
            (&mut self.friendly_name, friendly_name),
            (&mut self.sms_url, sms_url),
            (&mut self.sms_method, sms_method),
            (&mut self.sms_fallback_url, sms_fallback_url),
            (&mut self.sms_fallback_method, sms_fallback_method),
            (&mut self.sms_application_sid, sms_application_sid),
        ] {
            if let Some(value) = value {
                *field = value;
            }
        }
    }
}

/// The numbers of the account, in the order in which they were rented.
#[derive(Debug, Default)]
pub(super) struct Numbers(Vec<OwnNumber>);

impl Numbers {
    pub(super) fn all(&self) -> &[OwnNumber] {
        &self.0
    }

    pub(super) fn find(&self, number: &str) -> Option<&OwnNumber> {
        self.0.iter().find(|own| own.number == number)
    }

    pub(super) fn by_sid_mut(&mut self, sid: &str) -> Option<&mut OwnNumber> {
        self.0.iter_mut().find(|own| own.sid == sid)
    }

    /// Rents `number`, or changes it if it is rented already.
    pub(super) fn rent(&mut self, number: &str, sid: String, now: At, change: NumberChange) -> OwnNumber {
        let place = self.0.iter().position(|own| own.number == number).unwrap_or_else(|| {
            self.0.push(OwnNumber {
                sid,
                number: number.to_owned(),
                label: String::new(),
                friendly_name: String::new(),
                sms_url: String::new(),
                sms_method: "POST".to_owned(),
                sms_fallback_url: String::new(),
                sms_fallback_method: "POST".to_owned(),
                sms_application_sid: String::new(),
                created_at: now,
            });
            self.0.len() - 1
        });
        self.0[place].change(change);
        self.0[place].clone()
    }

    /// Gives a number back; whether there was one.
    pub(super) fn release(&mut self, sid: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|own| own.sid != sid);
        self.0.len() < before
    }

    /// Up to `count` numbers that could be rented, in the shape of `kind` and `area`, the same every time until rented.
    pub(super) fn available(&self, kind: &str, area: Option<u16>, contains: &str, count: usize) -> Vec<String> {
        let toll_free = [800_u16, 833, 844, 855, 866, 877, 888];
        let local = [205_u16, 207, 303, 406, 505, 602, 701, 802, 907];
        let areas: &[u16] = if kind == "TollFree" { &toll_free } else { &local };
        let pattern: String = contains.chars().filter(char::is_ascii_digit).collect();
        // 555-0100 to 555-0199 are reserved for fiction: nobody is called by mistake.
        areas
            .iter()
            .filter(|code| area.is_none_or(|wanted| wanted == **code))
            .flat_map(|code| (0..100).map(move |last| format!("+1{code}55501{last:02}")))
            .filter(|number| number.contains(&pattern) && self.find(number).is_none())
            .take(count)
            .collect()
    }
}
