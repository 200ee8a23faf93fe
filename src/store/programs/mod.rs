//! Apps, their tokens, endpoints and events.

pub mod api_events;
pub mod api_tokens;
pub mod apps;
pub mod endpoints;
pub mod event_posts;
pub mod idempotency;
