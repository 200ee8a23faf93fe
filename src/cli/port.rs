//! Why the program cannot have a port, in words, and the remedy.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};

/// What sets an address, and what sets a port: keys or options.
pub(super) type Names = (&'static str, &'static str);

/// The keys of `serve`.
pub(super) const KEYS: Names = ("ROCKET_ADDRESS", "ROCKET_PORT");

/// Why it cannot be listened on there, and the remedy.
pub(super) fn trouble(address: IpAddr, port: u16, error: &std::io::Error, (address_by, port_by): Names) -> String {
    let at = SocketAddr::new(address, port);
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "the port {port} on {address} is in use by another program (perhaps another Switchboard): stop that one, or set \
             {port_by} to another port"
        ),
        ErrorKind::PermissionDenied => format!(
            "this user may not listen on {at}: set {port_by} to a port from 1024 on, and let a proxy pass requests on to it"
        ),
        ErrorKind::AddrNotAvailable => format!(
            "this machine has no address {address}: set {address_by} to one that it has, such as 127.0.0.1, or 0.0.0.0 for all"
        ),
        _ => format!(
            "nothing can listen on {at} ({error}): set {address_by} and {port_by} to where this program can listen"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_port_that_is_taken_is_named_with_the_remedy() {
        let why = |address: [u8; 4], port| {
            TcpListener::bind((IpAddr::from(address), port))
                .map(drop)
                .map_err(|error| trouble(address.into(), port, &error, KEYS))
        };
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let said = why([127, 0, 0, 1], port).unwrap_err();
        assert!(said.contains(&format!("port {port}")) && said.contains("set ROCKET_PORT"), "{said}");
        let elsewhere = why([192, 0, 2, 1], port).unwrap_err();
        assert!(elsewhere.contains("no address 192.0.2.1") && elsewhere.contains("ROCKET_ADDRESS"), "{elsewhere}");
    }
}
