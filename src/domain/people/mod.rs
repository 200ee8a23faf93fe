//! People with a login, and the peer of a request.

pub mod colleague;
pub mod password;
pub mod peer;
pub mod person;
pub mod phone_code;
pub mod throttle;
