//! The peer of a request: the address that connected, or the one that a trusted proxy names.
//!
//! What a stranger can write into a header must neither name somebody else nor make all people one.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// So many entries of `X-Forwarded-For` are looked at, from the right; nobody stands behind more proxies.
const MOST_HOPS: usize = 64;

/// The proxies whose `X-Forwarded-For` counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and networks with commas between: `127.0.0.1, 10.0.0.0/8, 2001:db8::/32`. Nothing, or `none`, is
    /// no proxy.
    ///
    /// # Errors
    /// The remedy, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() || text.trim() == "none" {
            return Ok(TrustedProxies::default());
        }
        text.split(',').map(|entry| net(entry.trim())).collect::<Result<_, _>>().map(TrustedProxies)
    }

    /// Whether none is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&if all.is_empty() { "none".to_owned() } else { all.join(", ") })
    }
}

fn net(entry: &str) -> Result<IpNet, String> {
    let net = match entry.parse::<IpAddr>() {
        Ok(address) => IpNet::from(plain(address)),
        Err(_) => entry.parse::<IpNet>().map_err(|_| {
            "write addresses and networks of your proxies with commas between, such as 127.0.0.1, 10.0.0.0/8".to_owned()
        })?,
    };
    if net.prefix_len() == 0 {
        return Err(format!("{entry} is every address, so that anybody could name themselves: name your proxies"));
    }
    let mapped = match net {
        IpNet::V6(net) if net.prefix_len() >= 96 => {
            net.network().to_ipv4_mapped().map(|v4| (v4, net.prefix_len() - 96))
        }
        _ => None,
    };
    match mapped {
        Some((_, 0)) => Err(format!("{entry} is every address of IPv4: name your proxies")),
        // A network of mapped addresses is one of IPv4, as addresses are compared after they have been made plain.
        Some((v4, length)) => IpNet::new(v4.into(), length).map_err(|error| error.to_string()),
        None => Ok(net.trunc()),
    }
}

/// What is known about the other end of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// This address.
    At(IpAddr),
    /// Somebody behind a proxy that does not say who, or is not trusted to.
    Hidden,
}

impl Client {
    /// Who asks. `peer` connected; `forwarded` are the lines of `X-Forwarded-For` in their order; `told` says whether any
    /// header of a proxy is there; `published` whether people reach the program by a public address with TLS, which only a
    /// proxy gives it: the program speaks no TLS itself.
    #[must_use]
    pub fn of<'a>(
        peer: Option<IpAddr>,
        forwarded: impl IntoIterator<Item = &'a str>,
        told: bool,
        published: bool,
        proxies: &TrustedProxies,
    ) -> Self {
        let Some(peer) = peer.map(plain) else { return Client::Hidden };
        if proxies.has(peer) {
            let lines: Vec<&str> = forwarded.into_iter().collect();
            return named(&lines.join(","), proxies);
        }
        // Without the setting, every peer of a published program is its proxy, from any address; before any other
        // program, a neighbour that says so is one. A stranger's header alone makes nobody a proxy.
        if proxies.is_empty() && (published || (told && is_near(peer))) {
            return Client::Hidden;
        }
        Client::At(peer)
    }

    /// What wrong passwords are counted by: an address of IPv4, or the network of one of IPv6, of which anybody has as
    /// many addresses as they like. `None` if it is not known: then all who are hidden would be one.
    #[must_use]
    pub fn key(self) -> Option<String> {
        match self {
            Client::At(IpAddr::V4(address)) => Some(address.to_string()),
            Client::At(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Some(format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
            Client::Hidden => None,
        }
    }
}

/// The rightmost entry that is no trusted proxy: everything to its right was added by proxies that are, and everything to
/// its left may be anybody's invention. If all are trusted, the first: a proxy's own neighbour.
fn named(line: &str, proxies: &TrustedProxies) -> Client {
    let mut client = Client::Hidden;
    for entry in line.rsplit(',').map(str::trim).filter(|entry| !entry.is_empty()).take(MOST_HOPS) {
        // A trusted proxy could not or would not say who it was; what stands to the left is not believed.
        let Some(address) = address(entry) else { return Client::Hidden };
        client = Client::At(address);
        if !proxies.has(address) {
            break;
        }
    }
    client
}

/// The address in an entry: bare, quoted, in brackets, with a port or a zone.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim_matches('"').trim();
    let bare = if let Some(rest) = entry.strip_prefix('[') {
        let (inside, port) = rest.split_once(']')?;
        let port = port.strip_prefix(':').unwrap_or(port);
        port.bytes().all(|byte| byte.is_ascii_digit()).then_some(inside)?
    } else if entry.matches(':').count() == 1 {
        let (host, port) = entry.split_once(':')?;
        (port.bytes().all(|byte| byte.is_ascii_digit()) && host.contains('.')).then_some(host)?
    } else {
        entry
    };
    let bare = bare.split_once('%').map_or(bare, |(bare, _)| bare);
    bare.parse().ok().map(plain)
}

/// An address of IPv4 that is written as one of IPv6 is one of IPv4.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Whether an address is this machine's, or of the network around it: nobody out in the world has it.
#[must_use]
pub fn is_near(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            // The last is what providers and overlay networks share among themselves.
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(text: &str) -> TrustedProxies {
        TrustedProxies::read(text).unwrap()
    }

    fn ask(peer: &str, forwarded: &[&str], published: bool, trusted: &str) -> Option<String> {
        let told = !forwarded.is_empty();
        let peer = Some(peer.parse().unwrap());
        Client::of(peer, forwarded.iter().copied(), told, published, &proxies(trusted)).key()
    }

    #[test]
    fn proxies_are_addresses_and_networks_but_not_everybody() {
        assert_eq!(proxies("127.0.0.1, ::1,10.1.2.3/8").to_string(), "127.0.0.1/32, ::1/128, 10.0.0.0/8");
        assert_eq!(proxies("::ffff:10.0.0.1").to_string(), "10.0.0.1/32");
        assert_eq!(proxies("::ffff:10.0.0.0/104").to_string(), "10.0.0.0/8");
        assert!(proxies("").is_empty() && proxies("none").is_empty() && proxies(" ").is_empty());
        for wrong in ["proxy", "10.0.0.0/33", "127.0.0.1,", "127.0.0.1:8000", "[::1]", "10.0.0", ",", "1.2.3.4/-1"] {
            assert!(TrustedProxies::read(wrong).unwrap_err().contains("such as 127.0.0.1"), "{wrong}");
        }
        for all in ["0.0.0.0/0", "::/0", "10.0.0.1, 0.0.0.0/0", "::ffff:0:0/96"] {
            assert!(TrustedProxies::read(all).unwrap_err().contains("every address"), "{all}");
        }
    }

    #[test]
    fn without_a_proxy_the_peer_is_the_client_whatever_headers_say() {
        for (trusted, published) in [("none", false), ("10.0.0.1", false), ("10.0.0.1", true)] {
            for forwarded in [&[][..], &["198.51.100.9"], &["198.51.100.9, 10.0.0.1"]] {
                let said = ask("203.0.113.7", forwarded, published, trusted);
                assert_eq!(said.as_deref(), Some("203.0.113.7"), "{trusted} {forwarded:?}");
            }
        }
        assert_eq!(
            ask("10.0.0.2", &["198.51.100.9"], true, "10.0.0.1").as_deref(),
            Some("10.0.0.2"),
            "another neighbour"
        );
    }

    #[test]
    fn behind_a_trusted_proxy_the_rightmost_stranger_is_the_client() {
        for (forwarded, client) in [
            (&["203.0.113.7"][..], Some("203.0.113.7")),
            (&["198.51.100.9, 203.0.113.7"], Some("203.0.113.7")),
            (&["198.51.100.9", "203.0.113.7"], Some("203.0.113.7")),
            (&["198.51.100.9, 203.0.113.7, 10.0.0.5"], Some("203.0.113.7")),
            (&["198.51.100.9, 203.0.113.7", "10.0.0.5, 10.0.0.6"], Some("203.0.113.7")),
            (&["127.0.0.1, 203.0.113.7"], Some("203.0.113.7")),
            (&["203.0.113.7:4711"], Some("203.0.113.7")),
            (&["::ffff:203.0.113.7"], Some("203.0.113.7")),
            (&["\"[2001:db8:1:2:3:4:5:6]:4711\""], Some("2001:db8:1:2::/64")),
            (&["[2001:db8:1:2:3:4:5:6]"], Some("2001:db8:1:2::/64")),
            (&["2001:db8:1:2:ffff::1"], Some("2001:db8:1:2::/64")),
            (&["fe80::1%eth0"], Some("fe80::/64")),
            (&["203.0.113.7, , "], Some("203.0.113.7")),
            // All are trusted: the one at the far end of them.
            (&["10.0.0.9, 10.0.0.5"], Some("10.0.0.9")),
            // Nobody is named, or not by somebody who is believed.
            (&[], None),
            (&[""], None),
            (&["unknown"], None),
            (&["203.0.113.7, unknown"], None),
            (&["203.0.113.7, _hidden, 10.0.0.5"], None),
            (&["203.0.113.7, 198.51.100.300"], None),
            (&["203.0.113.7, [2001:db8::1"], None),
            (&["203.0.113.7, 198.51.100.9:http"], None),
            (&["203.0.113.7, texts.example.com:80"], None),
        ] {
            assert_eq!(ask("10.0.0.1", forwarded, true, "127.0.0.1, 10.0.0.0/8").as_deref(), client, "{forwarded:?}");
            assert_eq!(ask("::ffff:10.0.0.1", forwarded, true, "10.0.0.0/8").is_some(), client.is_some());
        }
        let long = vec!["10.0.0.5"; 1000].join(",");
        assert_eq!(ask("10.0.0.1", &[&format!("203.0.113.7,{long}")], true, "10.0.0.0/8").as_deref(), Some("10.0.0.5"));
    }

    #[test]
    fn while_no_proxy_is_set_whoever_connects_to_a_published_house_is_nobody_in_particular() {
        for near in
            ["127.0.0.1", "::1", "10.0.0.1", "172.17.0.1", "192.168.1.4", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1"]
        {
            assert_eq!(ask(near, &[], true, "none"), None, "{near}");
            assert_eq!(ask(near, &["203.0.113.7"], false, "none"), None, "{near}: a proxy says that it is one");
            assert!(ask(near, &[], false, "none").is_some(), "{near}: at home, where everybody is a neighbour");
        }
        for far in ["203.0.113.7", "100.128.0.1", "2001:db8::1"] {
            assert_eq!(ask(far, &[], true, "none"), None, "{far}: only a proxy speaks TLS");
            assert!(ask(far, &["198.51.100.9"], false, "none").is_some(), "{far}: anybody can write a header");
            assert!(ask(far, &[], true, "10.0.0.1").is_some(), "{far}: it goes around the proxy");
        }
        assert_eq!(Client::of(None, [], false, false, &TrustedProxies::default()), Client::Hidden);
    }

    #[test]
    fn an_address_of_ipv6_counts_as_its_network_and_a_mapped_one_as_ipv4() {
        assert_eq!(
            ask("2001:db8:0:1::2", &[], false, "none"),
            ask("2001:db8:0:1:ffff:ffff:ffff:ffff", &[], false, "none")
        );
        assert_ne!(ask("2001:db8:0:1::2", &[], false, "none"), ask("2001:db8:0:2::2", &[], false, "none"));
        assert_eq!(ask("::ffff:203.0.113.7", &[], false, "none"), ask("203.0.113.7", &[], false, "none"));
    }
}
