//! People with a login, what they and others did, and the peer of a request.

pub mod audit;
pub mod colleague;
pub mod password;
pub mod peer;
pub mod person;
pub mod phone_code;
pub mod throttle;
