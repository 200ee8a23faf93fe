//! Twilio's formats, used by carrier, hooks and simulator alike, so that there is one signature.

pub mod codes;
pub mod form;
pub mod message;
pub mod signature;
