//! The message resource and its list, as the carrier's REST API shows them.
//!
//! Reading is tolerant and writing is exact: the carrier adds and changes members, our simulator must not.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::API_VERSION;
use super::tolerant::{maybe_text, maybe_whole, text};
use crate::clock::At;

/// One message. Source: Twilio, "Messages resource".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageResource {
    /// The carrier's id; see [`is_message_sid`].
    #[serde(deserialize_with = "text")]
    pub sid: String,
    /// The account that sent or received it.
    #[serde(deserialize_with = "text")]
    pub account_sid: String,
    /// `2010-04-01`.
    #[serde(deserialize_with = "text")]
    pub api_version: String,
    /// The text; the carrier may have replaced characters.
    #[serde(deserialize_with = "maybe_text")]
    pub body: Option<String>,
    /// When it was made, RFC 2822; see [`MessageResource::created_at`].
    #[serde(deserialize_with = "maybe_text")]
    pub date_created: Option<String>,
    /// When it was sent, RFC 2822; null while it waits.
    #[serde(deserialize_with = "maybe_text")]
    pub date_sent: Option<String>,
    /// When it last changed, RFC 2822.
    #[serde(deserialize_with = "maybe_text")]
    pub date_updated: Option<String>,
    /// `inbound`, `outbound-api`, `outbound-call` or `outbound-reply`.
    #[serde(deserialize_with = "text")]
    pub direction: String,
    /// Why it failed.
    #[serde(deserialize_with = "maybe_whole")]
    pub error_code: Option<i64>,
    /// The same in words, which may change.
    #[serde(deserialize_with = "maybe_text")]
    pub error_message: Option<String>,
    /// The sender.
    #[serde(deserialize_with = "maybe_text")]
    pub from: Option<String>,
    /// The service that it was sent through.
    #[serde(deserialize_with = "maybe_text")]
    pub messaging_service_sid: Option<String>,
    /// Files with it, a number as a text.
    #[serde(deserialize_with = "text")]
    pub num_media: String,
    /// Parts of it, a number as a text.
    #[serde(deserialize_with = "text")]
    pub num_segments: String,
    /// What it cost, negative.
    #[serde(deserialize_with = "maybe_text")]
    pub price: Option<String>,
    /// The currency of the price.
    #[serde(deserialize_with = "maybe_text")]
    pub price_unit: Option<String>,
    /// The carrier's word for its state; see [`super::receipt::rank`].
    #[serde(deserialize_with = "text")]
    pub status: String,
    /// Paths of what belongs to it.
    pub subresource_uris: Value,
    /// The recipient.
    #[serde(deserialize_with = "text")]
    pub to: String,
    /// Its path.
    #[serde(deserialize_with = "text")]
    pub uri: String,
}

/// One page of the list of messages. All its addresses are relative to the host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<MessageResource>,
    /// Where this page stands in the list.
    #[serde(flatten)]
    pub paging: Paging,
}

/// The members that every list has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paging {
    /// The first message's place in the list.
    pub start: i64,
    /// The last message's place in the list.
    pub end: i64,
    /// Number of this page, from 0.
    pub page: i64,
    /// Messages on a full page.
    pub page_size: i64,
    /// This page.
    #[serde(deserialize_with = "text")]
    pub uri: String,
    /// The first page.
    #[serde(deserialize_with = "maybe_text")]
    pub first_page_uri: Option<String>,
    /// The page before this one.
    #[serde(deserialize_with = "maybe_text")]
    pub previous_page_uri: Option<String>,
    /// The page after this one, to be followed as it stands; null on the last.
    #[serde(deserialize_with = "maybe_text")]
    pub next_page_uri: Option<String>,
}

impl MessageResource {
    /// The resource as the carrier answers a create request: queued, every other member at its beginning.
    #[must_use]
    pub fn queued(sid: &str, account_sid: &str, prefix: &str, now: At) -> Self {
        let path = format!("{prefix}{}/{sid}", messages_path(account_sid));
        Self {
            sid: sid.to_owned(),
            account_sid: account_sid.to_owned(),
            api_version: API_VERSION.to_owned(),
            date_created: Some(rfc2822(now)),
            date_updated: Some(rfc2822(now)),
            direction: "outbound-api".to_owned(),
            num_media: "0".to_owned(),
            num_segments: "1".to_owned(),
            status: "queued".to_owned(),
            subresource_uris: json!({ "media": format!("{path}/Media.json") }),
            uri: format!("{path}.json"),
            ..Self::default()
        }
    }

    /// When the carrier made it, to the second; `None` if it does not say or not in RFC 2822.
    #[must_use]
    pub fn created_at(&self) -> Option<At> {
        read_rfc2822(self.date_created.as_deref()?)
    }

    /// When it was sent, or for a text to us when our webhook was called; to the second.
    #[must_use]
    pub fn sent_at(&self) -> Option<At> {
        read_rfc2822(self.date_sent.as_deref()?)
    }

    /// Sent by us, not to us.
    #[must_use]
    pub fn is_outbound(&self) -> bool {
        self.direction.starts_with("outbound")
    }
}

/// Whether this is the id of a message: `SM` or `MM` and 32 hexadecimal digits.
#[must_use]
pub fn is_message_sid(sid: &str) -> bool {
    let digits = sid.strip_prefix("SM").or_else(|| sid.strip_prefix("MM")).unwrap_or("");
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The path of an account's messages, without `.json`.
#[must_use]
pub fn messages_path(account_sid: &str) -> String {
    format!("/{API_VERSION}/Accounts/{account_sid}/Messages")
}

/// An instant as the carrier writes it: `Thu, 24 Aug 2023 05:01:45 +0000`.
#[must_use]
pub fn rfc2822(at: At) -> String {
    at.utc().unwrap_or_default().format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// An instant that the carrier wrote; `None` if it is no RFC 2822 date.
#[must_use]
pub fn read_rfc2822(text: &str) -> Option<At> {
    DateTime::parse_from_rfc2822(text).ok().map(|time| time.to_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape that Twilio documents.
    const CREATED: &str = r#"{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01",
        "body":"Hi there","date_created":"Thu, 24 Aug 2023 05:01:45 +0000","date_sent":null,
        "date_updated":"Thu, 24 Aug 2023 05:01:45 +0000","direction":"outbound-api","error_code":null,
        "error_message":null,"from":"+15557122661","messaging_service_sid":null,"num_media":"0","num_segments":"1",
        "price":null,"price_unit":null,"sid":"SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"queued",
        "subresource_uris":{"media":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages/SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Media.json"},
        "to":"+15558675310","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages/SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json"}"#;

    #[test]
    fn what_we_write_is_what_twilio_writes() {
        let at = At::from_seconds(1_692_853_305);
        let mut ours =
            MessageResource::queued("SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", at);
        ours.body = Some("Hi there".into());
        ours.from = Some("+15557122661".into());
        ours.to = "+15558675310".into();
        let theirs: Value = serde_json::from_str(CREATED).unwrap();
        assert_eq!(serde_json::to_value(&ours).unwrap(), theirs);
        let read: MessageResource = serde_json::from_str(CREATED).unwrap();
        assert_eq!(read, ours);
        assert_eq!(read.created_at(), Some(at));
        assert!(read.is_outbound() && is_message_sid(&read.sid));
    }

    #[test]
    fn odd_members_do_not_spoil_the_rest() {
        let odd = r#"{"sid":"SM1","num_segments":3,"error_code":"30003","from":null,"to":null,"price":-0.0075,
            "tags":{"a":1},"subresource_uris":null,"date_created":"yesterday"}"#;
        let read: MessageResource = serde_json::from_str(odd).unwrap();
        assert_eq!((read.num_segments.as_str(), read.error_code), ("3", Some(30003)));
        assert_eq!((read.price.as_deref(), read.to.as_str(), read.created_at()), (Some("-0.0075"), "", None));
    }

    #[test]
    fn a_page_says_where_the_next_one_is() {
        let page: MessagePage =
            serde_json::from_str(r#"{"messages":[{"sid":"SM1"}],"next_page_uri":"/2010?PageToken=PA","page":0}"#)
                .unwrap();
        assert_eq!((page.messages.len(), page.paging.next_page_uri.as_deref()), (1, Some("/2010?PageToken=PA")));
        let last = serde_json::to_value(MessagePage::default()).unwrap();
        assert!(last["next_page_uri"].is_null() && last["messages"].is_array());
    }

    #[test]
    fn ids_have_one_shape() {
        assert!(is_message_sid("MM0123456789abcdefABCDEF0123456789"));
        for bad in ["", "SM", "XX0123456789abcdefABCDEF0123456789", "SM0123456789abcdefABCDEF012345678g"] {
            assert!(!is_message_sid(bad), "{bad}");
        }
    }
}
