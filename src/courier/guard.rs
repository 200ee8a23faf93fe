//! Looks names up and passes only public addresses on. What a name leads to is known only at the moment of connecting,
//! and may change at any moment.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::programs::public_address;
use crate::outgoing::causes;

/// Why something was not posted.
pub(super) const REFUSED: &str = "it leads to a private address: name one that can be reached from the internet, or set \
     SWITCHBOARD_EVENTS__ALLOW_PRIVATE=true";

/// A name that leads nowhere else than beside us.
#[derive(Debug)]
struct TurnedBack;

impl fmt::Display for TurnedBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to private addresses only")
    }
}

impl std::error::Error for TurnedBack {}

/// The resolver.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutIntoTheWorld;

impl Resolve for OutIntoTheWorld {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The client puts the port in when it connects.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let out: Vec<SocketAddr> =
                found.into_iter().filter(|found| public_address::is_public(found.ip())).collect();
            if out.is_empty() {
                return Err(TurnedBack.into());
            }
            Ok(Box::new(out.into_iter()) as Addrs)
        })
    }
}

/// Whether a request failed because of the resolver above.
pub(super) fn turned_back(error: &reqwest::Error) -> bool {
    causes(error).any(<dyn Error>::is::<TurnedBack>)
}
