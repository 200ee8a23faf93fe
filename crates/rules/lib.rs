//! The ground floor of Switchboard, which has the client for HTTP, and its rules, which know no database and no network.

#[path = "../../src/clock.rs"]
pub mod clock;
#[path = "../../src/faults.rs"]
pub mod faults;
#[path = "../../src/metrics.rs"]
pub mod metrics;
#[path = "../../src/outgoing.rs"]
pub mod outgoing;
#[path = "../../src/secret.rs"]
pub mod secret;

#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/wire/mod.rs"]
pub mod wire;
