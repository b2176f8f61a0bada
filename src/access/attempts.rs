//! How often refused tokens may come before whoever brings them has to wait.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;

/// Refused attempts with tokens of one start that an address has in a window.
const OF_A_START: u32 = 10;

/// Refused attempts that an address has in a window, whatever the tokens: many may share the address of a proxy.
const OF_AN_ADDRESS: u32 = 100;

/// How long failures are counted together.
const WINDOW: Duration = Duration::from_secs(60);

/// How much is remembered at once.
const REMEMBERED: u64 = 20_000;

/// How many characters of a token tell it from others.
const START_CHARS: usize = 15;

/// What failures are counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Address(IpAddr),
    Start(IpAddr, Box<str>),
}

#[derive(Debug)]
struct Window {
    began: Instant,
    failed: AtomicU32,
}

/// Failed attempts by address, and by address and start of the token.
#[derive(Debug)]
pub(super) struct Attempts {
    windows: Cache<Subject, Arc<Window>>,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self { windows: Cache::builder().max_capacity(REMEMBERED).time_to_live(WINDOW).build() }
    }

    /// Counts a failed attempt with a text that was brought as a token. Tells how long to wait, where there have been
    /// too many already: this one then counts no more.
    pub(super) fn failed(&self, address: IpAddr, brought: &str) -> Option<Duration> {
        let address = network(address);
        let start = brought.chars().take(START_CHARS).collect::<String>().into_boxed_str();
        let limits = [(Subject::Start(address, start), OF_A_START), (Subject::Address(address), OF_AN_ADDRESS)];
        if let Some(left) = limits.iter().find_map(|(subject, allowed)| self.wait(subject, *allowed)) {
            return Some(left);
        }
        for (subject, _) in limits {
            let window = self
                .windows
                .get_with(subject, || Arc::new(Window { began: Instant::now(), failed: AtomicU32::new(0) }));
            window.failed.fetch_add(1, Ordering::Relaxed);
        }
        None
    }

    fn wait(&self, subject: &Subject, allowed: u32) -> Option<Duration> {
        let window = self.windows.get(subject)?;
        let left = WINDOW.checked_sub(window.began.elapsed())?;
        (window.failed.load(Ordering::Relaxed) >= allowed).then_some(left)
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

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn who_brings_the_same_refused_token_again_and_again_waits_and_others_do_not() {
        let attempts = Attempts::new();
        for _ in 0..OF_A_START {
            assert_eq!(attempts.failed(ONE, "pharos_abcdefgh-1"), None);
        }
        assert!(attempts.failed(ONE, "pharos_abcdefgh-2").is_some_and(|left| left <= WINDOW), "the start is the same");
        assert_eq!(attempts.failed(ONE, "pharos_ijklmnop"), None, "another token from there");
        assert_eq!(attempts.failed(IpAddr::from([192, 0, 2, 2]), "pharos_abcdefgh"), None, "another address");
    }

    #[test]
    fn an_address_has_only_so_many_attempts_with_different_tokens() {
        let attempts = Attempts::new();
        for number in 0..OF_AN_ADDRESS {
            assert_eq!(attempts.failed(ONE, &format!("{number}")), None);
        }
        assert!(attempts.failed(ONE, "another").is_some());
    }

    #[test]
    fn a_network_counts_as_one_address() {
        let attempts = Attempts::new();
        for host in 0..u128::from(OF_A_START) {
            attempts.failed(IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | host)), "guess");
        }
        assert!(attempts.failed("2001:db8::ffff".parse().unwrap(), "guess").is_some());
        assert!(attempts.failed("2001:db8:0:1::1".parse().unwrap(), "guess").is_none());
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), ONE);
    }
}
