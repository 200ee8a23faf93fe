//! Carriers' formats, pure: bytes and values in, values out.

pub mod twilio;
