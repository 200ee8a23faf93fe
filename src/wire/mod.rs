//! Carriers' formats, pure: bytes and values in, values out.

pub mod standard_webhooks;
pub mod twilio;
