//! Which network addresses are public. Somebody who may name an address to which we post must not reach what is beside
//! us: this machine, this network, the cloud's own services.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether packets to this address leave for the public internet (the special-purpose registries of RFC 6890 and their
/// later entries taken out). An IPv4 address inside an IPv6 one counts as that IPv4 address.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // This network, private networks, this machine, link-local; multicast and what is reserved.
    let beside = matches!((a, b), (0 | 10 | 127 | 224.., _) | (100, 64..128) | (169, 254) | (172, 16..32) | (192, 168));
    // Protocol assignments, documentation, relays, benchmarks.
    let special =
        matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113));
    !beside && !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        // Mapped (::ffff:a.b.c.d), translated (64:ff9b::a.b.c.d) and 6to4: where the IPv4 address inside leads.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            embedded(high, low)
        }
        // Protocol assignments (Teredo among them) and documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast is 2000::/3, and nothing else leads out.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Whether a `Host` header, or the host and port of an address, names this machine itself: `localhost` or a loopback
/// address, with or without a port. Anything that is not exactly that does not.
#[must_use]
pub fn names_this_machine(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((name, port)) if name.contains(':') => (name, port),
            _ => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let has_a_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    let is_here =
        name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    has_a_port && is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_named_by_localhost_and_loopback_addresses_with_any_port() {
        for host in
            ["localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:8000", "127.255.255.254:1", "[::1]", "[::1]:80"]
        {
            assert!(names_this_machine(host), "{host}");
        }
        for host in [
            "",
            ":8000",
            "texts.example.com",
            "evil.example:8000",
            "localhost.evil.example",
            "localhost@evil.example",
            "localhost:8000@evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1:port",
            "127.0.0.1:99999",
            "127.0.0.1:80:80",
            "127.1",
            "2130706433",
            "128.0.0.1",
            "0.0.0.0",
            "192.168.1.4",
            "::1",
            "[::1",
            "[127.0.0.1]",
            "[::2]",
            "[::1]evil.example",
            " 127.0.0.1",
        ] {
            assert!(!names_this_machine(host), "{host}");
        }
    }

    #[test]
    fn what_stands_beside_us_is_not_out_in_the_world() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_is_out_in_the_world_is() {
        for address in [
            "1.1.1.1",
            "9.9.9.9",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.1",
            "::ffff:9.9.9.9",
            "64:ff9b::909:909",
            "2001:4860:4860::8888",
            "2002:909:909::1",
            "2620:fe::fe",
            "2a00:1450::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
