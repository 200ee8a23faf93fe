//! Twilio's formats, used by carrier, hooks and simulator alike, so that there is one signature.

pub mod codes;
pub mod create;
pub mod error;
pub mod form;
pub mod inbound;
pub mod media;
pub mod message;
pub mod number;
pub mod receipt;
pub mod signature;
pub mod signing_keys;
mod tolerant;
pub mod webhook;

/// The answer to a webhook that says nothing to anybody; any text here, or another type, would reach the person.
pub const EMPTY_RESPONSE: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

/// The version in every path and in every webhook.
pub const API_VERSION: &str = "2010-04-01";
