//! The front: our own listener and HTTP server, which passes whole requests to Rocket inside the process.
//!
//! Rocket 0.5 waits for heads and bodies without a limit and does not count connections. Here every wait for a peer has
//! a limit, before Rocket sees the request.
//!
//! A connection is accepted ([`Door`]), takes a seat (`seats`), and is served by hyper (`connection`). The front
//! collects the body of a request up to a size and within a time (`body`), passes the request to Rocket by
//! `rocket::local`, which works without a listener (`hand_on`), and sends the answer, streams as they come (`reply`).

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
