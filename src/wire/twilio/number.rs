//! Phone numbers in the carrier's REST API: those that we rent, and those for rent.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::message::Paging;
use super::tolerant::{flag, maybe_text, text};

/// A number that an account rents. Source: Twilio, `IncomingPhoneNumber` resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IncomingPhoneNumber {
    /// The carrier's id, `PN…`.
    #[serde(deserialize_with = "text")]
    pub sid: String,
    /// The account that rents it.
    #[serde(deserialize_with = "text")]
    pub account_sid: String,
    /// E.164.
    #[serde(deserialize_with = "text")]
    pub phone_number: String,
    /// Its name at the carrier.
    #[serde(deserialize_with = "text")]
    pub friendly_name: String,
    /// Where inbound texts are posted; empty if nowhere.
    #[serde(deserialize_with = "text")]
    pub sms_url: String,
    /// `POST` or `GET`.
    #[serde(deserialize_with = "text")]
    pub sms_method: String,
    /// Where they are posted if that fails; empty if nowhere.
    #[serde(deserialize_with = "text")]
    pub sms_fallback_url: String,
    /// `POST` or `GET`.
    #[serde(deserialize_with = "text")]
    pub sms_fallback_method: String,
    /// An application whose settings override the addresses above; empty if none.
    #[serde(deserialize_with = "text")]
    pub sms_application_sid: String,
    /// Where calls go; empty if nowhere.
    #[serde(deserialize_with = "text")]
    pub voice_url: String,
    /// What it can do.
    pub capabilities: NumberCapabilities,
    /// New on the carrier's platform.
    #[serde(deserialize_with = "flag")]
    pub beta: bool,
    /// `twilio` or `hosted`.
    #[serde(deserialize_with = "text")]
    pub origin: String,
    /// Such as `in-use`.
    #[serde(deserialize_with = "text")]
    pub status: String,
    /// `none`, `any`, `local` or `foreign`.
    #[serde(deserialize_with = "text")]
    pub address_requirements: String,
    /// `2010-04-01`.
    #[serde(deserialize_with = "text")]
    pub api_version: String,
    /// When it was rented, RFC 2822.
    #[serde(deserialize_with = "maybe_text")]
    pub date_created: Option<String>,
    /// When it last changed, RFC 2822.
    #[serde(deserialize_with = "maybe_text")]
    pub date_updated: Option<String>,
    /// Its path.
    #[serde(deserialize_with = "text")]
    pub uri: String,
}

/// One page of the list of rented numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IncomingPhoneNumberPage {
    /// The numbers.
    pub incoming_phone_numbers: Vec<IncomingPhoneNumber>,
    /// Where this page stands in the list.
    #[serde(flatten)]
    pub paging: Paging,
}

/// A number that can be rented. Source: Twilio, `AvailablePhoneNumber` resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AvailablePhoneNumber {
    /// As people write it.
    #[serde(deserialize_with = "text")]
    pub friendly_name: String,
    /// E.164.
    #[serde(deserialize_with = "text")]
    pub phone_number: String,
    /// The town.
    #[serde(deserialize_with = "maybe_text")]
    pub locality: Option<String>,
    /// The state or province.
    #[serde(deserialize_with = "maybe_text")]
    pub region: Option<String>,
    /// The postal code.
    #[serde(deserialize_with = "maybe_text")]
    pub postal_code: Option<String>,
    /// Two letters.
    #[serde(deserialize_with = "text")]
    pub iso_country: String,
    /// The carrier's schema says number, its example a text.
    #[serde(deserialize_with = "maybe_text")]
    pub latitude: Option<String>,
    /// As [`AvailablePhoneNumber::latitude`].
    #[serde(deserialize_with = "maybe_text")]
    pub longitude: Option<String>,
    /// `none`, `any`, `local` or `foreign`.
    #[serde(deserialize_with = "text")]
    pub address_requirements: String,
    /// New on the carrier's platform.
    #[serde(deserialize_with = "flag")]
    pub beta: bool,
    /// What it can do.
    pub capabilities: NumberCapabilities,
}

/// The answer to a search; it has one page only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AvailablePhoneNumberPage {
    /// The numbers.
    pub available_phone_numbers: Vec<AvailablePhoneNumber>,
    /// This search.
    #[serde(deserialize_with = "text")]
    pub uri: String,
}

/// What a number can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the carrier's own object has these four members")]
pub struct NumberCapabilities {
    /// Calls.
    pub voice: bool,
    /// Texts.
    pub sms: bool,
    /// Pictures.
    pub mms: bool,
    /// Facsimiles.
    pub fax: bool,
}

impl<'de> Deserialize<'de> for NumberCapabilities {
    /// Names are documented in lower case and occur as `SMS` and `Voice` too; null means none.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let members = Value::deserialize(from)?;
        let can = |name: &str| {
            let mut members = members.as_object().into_iter().flatten();
            members.any(|(key, value)| key.eq_ignore_ascii_case(name) && value.as_bool() == Some(true))
        };
        Ok(Self { voice: can("voice"), sms: can("sms"), mms: can("mms"), fax: can("fax") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rented_number_reads_back_as_written_and_with_gaps() {
        let number = IncomingPhoneNumber {
            sid: "PN00000000000000000000000000000001".into(),
            phone_number: "+15557122661".into(),
            sms_url: "https://relay.example.org/hooks".into(),
            capabilities: NumberCapabilities { sms: true, ..NumberCapabilities::default() },
            ..IncomingPhoneNumber::default()
        };
        let page = IncomingPhoneNumberPage { incoming_phone_numbers: vec![number], paging: Paging::default() };
        let text = serde_json::to_string(&page).unwrap();
        assert_eq!(serde_json::from_str::<IncomingPhoneNumberPage>(&text).unwrap(), page);
        let sparse = r#"{"phone_number":"+1","sms_url":null,"capabilities":null,"beta":null,"emergency_status":"x"}"#;
        let sparse: IncomingPhoneNumber = serde_json::from_str(sparse).unwrap();
        assert_eq!((sparse.sms_url.as_str(), sparse.capabilities.sms), ("", false));
    }

    #[test]
    fn an_offered_number_reads_whatever_its_casing_and_coordinates() {
        let text = r#"{"available_phone_numbers":[{"phone_number":"+15557122661","latitude":"37.1","longitude":-122.5,
            "iso_country":"US","capabilities":{"Voice":true,"SMS":true,"MMS":false,"fax":"no"},"beta":false}]}"#;
        let page: AvailablePhoneNumberPage = serde_json::from_str(text).unwrap();
        let number = &page.available_phone_numbers[0];
        assert_eq!((number.latitude.as_deref(), number.longitude.as_deref()), (Some("37.1"), Some("-122.5")));
        assert_eq!(number.capabilities, NumberCapabilities { voice: true, sms: true, mms: false, fax: false });
    }
}
