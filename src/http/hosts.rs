//! The names that a server answers to.
//!
//! A page of another site may let its own name lead to this machine (DNS rebinding), and then reads whatever everybody
//! may read here. Its requests still name that site as their `Host`.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::HOST;

/// The names that requests may ask for.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// These names, whatever the port, and those of this machine itself.
    #[must_use]
    pub fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| bare(name).to_ascii_lowercase()).collect())
    }

    /// Whether all that a request says of its host is allowed. Only programs say nothing.
    pub(super) fn allow(&self, request: &Request) -> bool {
        let asked = request.uri().host();
        let mut said = request.headers().get_all(HOST).iter();
        asked.is_none_or(|host| self.allows(host)) && said.all(|host| host.to_str().is_ok_and(|host| self.allows(host)))
    }

    fn allows(&self, host: &str) -> bool {
        let host = bare(host).to_ascii_lowercase();
        host == "localhost"
            || host.ends_with(".localhost")
            // An address leads where it says, whoever names it.
            || host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
            || self.0.contains(&host)
    }
}

/// A host without its port, and without the dot that ends a whole name.
fn bare(host: &str) -> &str {
    let host = host.trim();
    let name = match (host.starts_with('['), host.rsplit_once(':')) {
        (true, Some((name, port))) if name.ends_with(']') && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        (false, Some((name, port))) if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn only_names_of_this_machine_and_allowed_ones_are_answered() {
        let hosts = AllowedHosts::new(&["Pharos.example.com:443".to_owned()]);
        for host in [
            "localhost",
            "LOCALHOST:3000",
            "pharos.localhost:3000",
            "127.0.0.1:3000",
            "[::1]:3000",
            "::1",
            "192.0.2.1",
            "pharos.example.com",
            "pharos.example.com.:8443",
        ] {
            assert!(hosts.allows(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:3000",
            "evil.example:80:127.0.0.1",
            "notlocalhost",
            "pharos.example.com.evil.example",
            "[::1].evil.example",
            "[evil]",
        ] {
            assert!(!hosts.allows(host), "{host}");
        }
    }

    #[test]
    fn every_host_that_a_request_names_has_to_be_allowed() {
        let allow = |address: &str, hosts: &[&str]| {
            let request = hosts.iter().fold(Request::get(address), |request, host| request.header(HOST, *host));
            AllowedHosts::default().allow(&request.body(Body::empty()).unwrap())
        };
        assert!(allow("/", &[]) && allow("/", &["localhost"]));
        assert!(!allow("/", &["localhost", "evil.example"]));
        assert!(!allow("http://evil.example/", &["localhost"]));
        assert!(allow("http://localhost:3000/", &["localhost:3000"]));
    }
}
