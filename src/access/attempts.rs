//! How often an address may fail before it has to wait.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;

/// Failed attempts that an address has in a window.
const ALLOWED: u32 = 10;

/// How long failures are counted together.
const WINDOW: Duration = Duration::from_secs(60);

/// Addresses that are remembered at once.
const ADDRESSES: u64 = 10_000;

#[derive(Debug)]
struct Window {
    began: Instant,
    failed: AtomicU32,
}

/// Failed attempts by address.
#[derive(Debug)]
pub(super) struct Attempts {
    windows: Cache<IpAddr, Arc<Window>>,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self { windows: Cache::builder().max_capacity(ADDRESSES).time_to_live(WINDOW).build() }
    }

    /// How long an address has to wait before its next attempt, if it has to.
    pub(super) fn wait(&self, address: IpAddr) -> Option<Duration> {
        let window = self.windows.get(&network(address))?;
        let left = WINDOW.checked_sub(window.began.elapsed())?;
        (window.failed.load(Ordering::Relaxed) >= ALLOWED).then_some(left)
    }

    /// Counts a failed attempt.
    pub(super) fn failed(&self, address: IpAddr) {
        let window = self
            .windows
            .get_with(network(address), || Arc::new(Window { began: Instant::now(), failed: AtomicU32::new(0) }));
        window.failed.fetch_add(1, Ordering::Relaxed);
    }
}

/// What counts as one address: whoever has an IPv6 address has the 2^64 of its network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits((address.to_bits() >> 64) << 64)),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_after_its_failures_and_others_do_not() {
        let attempts = Attempts::new();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..ALLOWED {
            assert_eq!(attempts.wait(one), None);
            attempts.failed(one);
        }
        assert!(attempts.wait(one).is_some_and(|left| left <= WINDOW));
        assert_eq!(attempts.wait(other), None);
    }

    #[test]
    fn a_network_counts_as_one_address() {
        let attempts = Attempts::new();
        for host in 0..u128::from(ALLOWED) {
            attempts.failed(IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | host)));
        }
        assert!(attempts.wait("2001:db8::ffff".parse().unwrap()).is_some());
        assert!(attempts.wait("2001:db8:0:1::1".parse().unwrap()).is_none());
        attempts.failed(IpAddr::from([192, 0, 2, 1]));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), IpAddr::from([192, 0, 2, 1]));
    }
}
