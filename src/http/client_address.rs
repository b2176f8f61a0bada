//! The address that a request comes from, also where proxies stand in between.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// What most proxies say it in.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are believed when they say for whom they ask.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Proxies with addresses in these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whom a request is from: whoever connected, or, where that is a trusted proxy, the last address it names that is
    /// none. What stands before that was written by whoever has that address.
    pub(super) fn client(&self, connected: IpAddr, headers: &HeaderMap) -> IpAddr {
        let connected = connected.to_canonical();
        if !self.trust(connected) {
            return connected;
        }
        let forwarded = |element: &str| {
            let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
            pairs
                .into_iter()
                .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
                .and_then(|(_, node)| address(node))
        };
        let by_for = self.last_unknown(connected, headers, &X_FORWARDED_FOR, address);
        let by_forwarded = self.last_unknown(connected, headers, &FORWARDED, forwarded);
        match (by_for, by_forwarded) {
            (Some(client), None) | (None, Some(client)) => client,
            (Some(client), Some(other)) if client == other => client,
            // A proxy writes one of them, and may hand on the other as anybody wrote it.
            _ => connected,
        }
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Goes back from proxy to proxy; `None` where the header is not there.
    fn last_unknown(
        &self,
        connected: IpAddr,
        headers: &HeaderMap,
        name: &HeaderName,
        read: impl Fn(&str) -> Option<IpAddr>,
    ) -> Option<IpAddr> {
        let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default()).collect();
        let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).peekable();
        hops.peek()?;
        let mut last = connected;
        for hop in hops {
            match read(hop) {
                Some(address) => last = address,
                // `unknown` or a name of the proxy's own: nobody beyond it can be told apart.
                None => break,
            }
            if !self.trust(last) {
                break;
            }
        }
        Some(last)
    }
}

/// An address as proxies write it, with or without a port.
fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim().trim_matches('"');
    let bracketed = || node.strip_prefix('[')?.split_once(']').map(|(inside, _)| inside);
    let address = match node.parse::<SocketAddr>() {
        Ok(address) => Some(address.ip()),
        Err(_) => bracketed().unwrap_or(node).parse().ok(),
    };
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(connected: &str, headers: &[(HeaderName, &str)]) -> String {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8", "2001:db8:1::/48"].map(|network| network.parse().unwrap());
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::try_from(*value).unwrap())).collect();
        TrustedProxies::new(trusted.to_vec()).client(connected.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_trusted_proxy_says_whom_it_asks_for() {
        for (value, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("198.51.100.1, 192.0.2.7", "192.0.2.7"),
            ("198.51.100.1, 192.0.2.7, 10.1.2.3", "192.0.2.7"),
            ("192.0.2.7:4711 , 10.1.2.3", "192.0.2.7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("2001:db8::7, 2001:db8:1::9", "2001:db8::7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("10.9.9.9", "10.9.9.9"),
            ("192.0.2.7, unknown, 10.1.2.3", "10.1.2.3"),
            ("nonsense", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(client("127.0.0.1", &[(X_FORWARDED_FOR, value)]), expected, "{value}");
        }
        for (value, expected) in [
            ("for=192.0.2.7;proto=https;by=10.0.0.1", "192.0.2.7"),
            ("For=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=198.51.100.1, proto=http;for=192.0.2.7, for=10.0.0.2", "192.0.2.7"),
            ("for=_hidden, for=10.0.0.2", "10.0.0.2"),
            ("proto=https", "127.0.0.1"),
        ] {
            assert_eq!(client("::ffff:127.0.0.1", &[(FORWARDED, value)]), expected, "{value}");
        }
        let lines = [(X_FORWARDED_FOR, "198.51.100.1"), (X_FORWARDED_FOR, "192.0.2.7")];
        assert_eq!(client("10.0.0.1", &lines), "192.0.2.7", "the last line is the last proxy's");
    }

    #[test]
    fn nobody_else_is_believed() {
        assert_eq!(client("192.0.2.1", &[(X_FORWARDED_FOR, "198.51.100.1")]), "192.0.2.1");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        let both = [(X_FORWARDED_FOR, "192.0.2.7"), (FORWARDED, "for=198.51.100.1")];
        assert_eq!(client("127.0.0.1", &both), "127.0.0.1", "one of them may be the client's own");
        let both = [(X_FORWARDED_FOR, "192.0.2.7"), (FORWARDED, "for=192.0.2.7")];
        assert_eq!(client("127.0.0.1", &both), "192.0.2.7");
    }
}
