//! A Twilio-compatible carrier of our own, with virtual phones.
