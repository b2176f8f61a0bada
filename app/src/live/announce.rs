//! Announces changes to those who do not see them.

use std::time::Duration;

use leptos::prelude::*;

use super::Throttle;

/// The most that is announced: once in so long.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(5);

/// More changes than these are summed up.
const ANNOUNCED: usize = 3;

/// Gathers changes and announces them, but not all the time.
#[derive(Clone, Copy)]
pub(super) struct Announcer {
    gathered: StoredValue<Vec<String>>,
    throttle: Throttle,
    announcement: RwSignal<String>,
}

impl Announcer {
    pub(super) fn new(announcement: RwSignal<String>) -> Self {
        Self { gathered: StoredValue::new(Vec::new()), throttle: Throttle::new(ANNOUNCE_EVERY), announcement }
    }

    pub(super) fn announce(self, changes: Vec<String>) {
        if changes.is_empty() {
            return;
        }
        self.gathered.update_value(|gathered| gathered.extend(changes));
        self.throttle.run(move || {
            let changes = self.gathered.try_update_value(std::mem::take).unwrap_or_default();
            if let Some(text) = summed_up(&changes) {
                self.announcement.set(text);
            }
        });
    }
}

fn summed_up(changes: &[String]) -> Option<String> {
    match changes.len() {
        0 => None,
        count if count > ANNOUNCED => Some(format!("{count} values have changed")),
        _ => Some(changes.join(". ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_changes_are_summed_up() {
        let changes = |count: usize| vec!["a is now b".to_owned(); count];
        assert_eq!(summed_up(&changes(0)), None);
        assert_eq!(summed_up(&changes(2)).as_deref(), Some("a is now b. a is now b"));
        assert_eq!(summed_up(&changes(12)).as_deref(), Some("12 values have changed"));
    }
}
