//! The front: our own listener and HTTP server, which hands whole requests to Rocket inside the process.
//! Rocket 0.5 waits for heads and bodies without an end and says nothing of connections; whatever waits for somebody else
//! is bounded here, before Rocket is asked.
//!
//! A connection is accepted ([`Door`]), takes a seat (`seats`), and is served by hyper (`connection`). Its request's body
//! is collected up to a size and within a time (`body`), the request is handed to Rocket by `rocket::local`, which works
//! without a listener (`hand_on`), and the answer goes back, streams as they come (`reply`).

mod body;
mod connection;
mod door;
mod hand_on;
mod limits;
mod refused;
mod reply;
mod seat;
mod seats;
mod wire;

pub use door::{Door, House, Open};
pub use limits::{Limits, raise_file_limit};
