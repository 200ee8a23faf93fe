//! The carrier's answer when it refuses: two JSON forms, or a proxy's page that is no JSON at all.

use serde::{Deserialize, Serialize};

use super::tolerant::{maybe_text, maybe_whole};

/// A refusal as it stands on the wire. Written in the 2010 API's shape; read in that one and in RFC 9457's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiError {
    /// The carrier's code; see [`super::codes`].
    #[serde(deserialize_with = "maybe_whole")]
    pub code: Option<i64>,
    /// In words; may contain what was sent, such as a phone number: not for logs.
    #[serde(deserialize_with = "maybe_text", alias = "title")]
    pub message: Option<String>,
    /// Where it is explained.
    #[serde(deserialize_with = "maybe_text", alias = "type")]
    pub more_info: Option<String>,
    /// The HTTP status.
    #[serde(skip_deserializing)]
    pub status: u16,
}

impl ApiError {
    /// A refusal with this HTTP status, code and text.
    #[must_use]
    pub fn new(status: u16, code: i64, message: &str) -> Self {
        Self {
            code: Some(code),
            message: Some(message.to_owned()),
            more_info: Some(format!("https://www.twilio.com/docs/errors/{code}")),
            status,
        }
    }

    /// Reads the body of an answer with HTTP status `status`; a body that makes no sense leaves only the status.
    #[must_use]
    pub fn read(status: u16, body: &[u8]) -> Self {
        let read = serde_json::from_slice(body).unwrap_or_default();
        Self { status, ..read }
    }

    /// As the body of an answer.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_and_none_at_all_are_read() {
        let old =
            br#"{"code":21211,"message":"m","more_info":"https://www.twilio.com/docs/errors/21211","status":400}"#;
        assert_eq!(ApiError::read(400, old), ApiError::new(400, 21211, "m"));
        let new =
            br#"{"type":"https://t","title":"No","status":404,"code":"20404","detail":"d","errors":[{"detail":"x"}]}"#;
        let new = ApiError::read(404, new);
        assert_eq!((new.code, new.message.as_deref(), new.status), (Some(20404), Some("No"), 404));
        for body in [&b"<html>Bad gateway</html>"[..], b"", b"[]", b"\xff", b"{\"code\":{}}"] {
            let none = ApiError::read(502, body);
            assert_eq!((none.code, none.status), (None, 502));
        }
    }

    #[test]
    fn what_we_write_is_the_shape_of_the_2010_api() {
        let ours: serde_json::Value = serde_json::from_str(&ApiError::new(400, 21610, "m").to_json()).unwrap();
        let theirs = serde_json::json!({"code":21610,"message":"m","more_info":"https://www.twilio.com/docs/errors/21610","status":400});
        assert_eq!(ours, theirs);
    }
}
