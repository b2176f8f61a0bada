//! What is remembered of the addresses that a window was at last.

/// How many addresses are remembered: further back than anybody goes step by step.
const LIMIT: usize = 100;

/// Values by address, those of the addresses that were seen last.
#[derive(Debug)]
pub(super) struct ByAddress<T>(Vec<(String, T)>);

impl<T> Default for ByAddress<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByAddress<T> {
    /// The value of an address.
    pub(super) fn get(&self, address: &str) -> Option<&T> {
        self.0.iter().rev().find(|(known, _)| known == address).map(|(_, value)| value)
    }

    /// Remembers a value, and forgets that of the address that was seen longest ago where there are too many.
    pub(super) fn insert(&mut self, address: String, value: T) {
        self.remove(&address);
        if self.0.len() >= LIMIT {
            self.0.remove(0);
        }
        self.0.push((address, value));
    }

    /// Forgets the value of an address.
    pub(super) fn remove(&mut self, address: &str) {
        self.0.retain(|(known, _)| known != address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_addresses_seen_last_are_remembered() {
        let mut remembered = ByAddress::default();
        for at in 0..=LIMIT {
            remembered.insert("/resources/depots".to_owned(), at);
            remembered.insert(format!("/resources/depots/d{at}"), at);
        }
        assert_eq!(remembered.0.len(), LIMIT);
        assert_eq!(remembered.get("/resources/depots"), Some(&LIMIT), "it was seen again and again");
        assert_eq!(remembered.get("/resources/depots/d0"), None);
        assert_eq!(remembered.get(&format!("/resources/depots/d{LIMIT}")), Some(&LIMIT));
        remembered.remove("/resources/depots");
        assert_eq!(remembered.get("/resources/depots"), None);
    }
}
