//! `X-Twilio-Signature`: made and checked.
