//! Twilio over HTTP.
