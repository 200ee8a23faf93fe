//! Whether the port can be had, found out before anything is changed for the sake of serving on it.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener};

use super::Failed;

/// What sets an address, and what sets a port: keys or options.
pub(super) type Names = (&'static str, &'static str);

/// The keys of `serve`.
pub(super) const KEYS: Names = ("ROCKET_ADDRESS", "ROCKET_PORT");

/// Makes sure that nobody else listens there. A port of 0 is free: the system picks it.
pub(super) fn is_free(address: IpAddr, port: u16, names: Names) -> Result<(), Failed> {
    if port == 0 {
        return Ok(());
    }
    // Given back at once: whoever serves binds it again.
    TcpListener::bind((address, port)).map(drop).map_err(|error| Failed::new(trouble(address, port, &error, names)))
}

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
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_named_with_the_remedy() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let said = is_free([127, 0, 0, 1].into(), port, KEYS).unwrap_err().to_string();
        assert!(said.contains(&format!("port {port}")) && said.contains("set ROCKET_PORT"), "{said}");
        drop(taken);
        assert!(is_free([127, 0, 0, 1].into(), port, KEYS).is_ok());
        let elsewhere = is_free([192, 0, 2, 1].into(), port, KEYS).unwrap_err().to_string();
        assert!(elsewhere.contains("no address 192.0.2.1") && elsewhere.contains("ROCKET_ADDRESS"), "{elsewhere}");
        assert!(is_free([127, 0, 0, 1].into(), 0, KEYS).is_ok());
    }
}
