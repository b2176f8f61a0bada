//! The rows of a table, patched in place where their Resources change.

use std::time::Duration;

use leptos::prelude::*;
use reactive_stores::{AtKeyed, Store};

use crate::api::Row;

/// How long a value that changed stays marked.
const MARKED_FOR: Duration = Duration::from_millis(2_500);

/// The rows of a table.
#[derive(Clone, Debug, Default, Store)]
pub(crate) struct Rows {
    #[store(key: String = |row| row.id.clone())]
    rows: Vec<LiveRow>,
}

/// A row, and what of it has just changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveRow {
    /// The path of the Resource's page.
    pub(crate) id: String,
    /// What it shows.
    pub(crate) row: Row,
    /// The entry of the change log up to which that is current.
    pub(crate) seq: i64,
    /// What has just changed.
    pub(crate) changed: Changed,
}

/// What of a row has just changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Its State.
    pub(crate) state: bool,
    /// Its runtime.
    pub(crate) runtime: bool,
    /// Its health.
    pub(crate) health: bool,
}

impl Changed {
    fn between(old: &Row, new: &Row) -> Self {
        Self {
            state: old.state != new.state,
            runtime: old.runtime != new.runtime,
            health: (&old.health.level, old.health.stuck) != (&new.health.level, new.health.stuck),
        }
    }

    /// The changes in words, for those who do not see them.
    fn announced(self, row: &Row) -> Vec<String> {
        let name = &row.key.name;
        let runtime = if row.runtime.is_empty() { "none" } else { &row.runtime };
        [
            (self.state, "state", row.state.as_str()),
            (self.runtime, "runtime", runtime),
            (self.health, "health", row.health.word()),
        ]
        .into_iter()
        .filter(|(changed, ..)| *changed)
        .map(|(_, what, now)| format!("{name}: {what} is now {now}"))
        .collect()
    }
}

/// One row of a [`RowStore`].
pub(crate) type RowField = AtKeyed<Store<Rows>, Rows, String, Vec<LiveRow>>;

/// The rows of a table, by the paths of their Resources' pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowStore(Store<Rows>);

impl RowStore {
    /// A table without rows, for as long as the current owner lives.
    pub(crate) fn new() -> Self {
        Self(Store::new(Rows::default()))
    }

    /// The rows, as they are followed by views.
    pub(crate) fn fields(self) -> impl Iterator<Item = RowField> {
        self.0.rows().into_iter()
    }

    /// Whether there are no rows, as it is followed by views.
    pub(crate) fn is_empty(self) -> bool {
        self.0.rows().read().is_empty()
    }

    /// How many rows there are, as it is followed by views.
    pub(crate) fn count(self) -> usize {
        self.0.rows().read().len()
    }

    /// Shows other rows, current up to an entry of the change log.
    pub(crate) fn show(self, rows: Vec<Row>, seq: i64) {
        let rows =
            rows.into_iter().map(|row| LiveRow { id: row.id(), row, seq, changed: Changed::default() }).collect();
        self.0.rows().set(rows);
    }

    /// The rows as they are now.
    pub(crate) fn rows(self) -> Vec<Row> {
        self.live_rows().into_iter().map(|live| live.row).collect()
    }

    fn live_rows(self) -> Vec<LiveRow> {
        self.0.rows().try_read_untracked().map(|rows| rows.to_vec()).unwrap_or_default()
    }

    /// Changes what rows show, without adding, removing or moving one; gives what changed in words. A row that is current
    /// up to a later entry than `seq` stays as it is: these rows were overtaken on their way.
    pub(crate) fn patch(self, rows: Vec<Row>, seq: i64) -> Vec<String> {
        let shown = self.live_rows();
        let mut announced = Vec::new();
        for row in rows {
            let Some(old) = shown.iter().find(|old| old.row.key == row.key && old.seq <= seq) else { continue };
            if old.row == row {
                self.confirm(&old.id, seq);
                continue;
            }
            let changed = Changed::between(&old.row, &row);
            announced.extend(changed.announced(&row));
            self.set(LiveRow { id: row.id(), row, seq, changed });
        }
        announced
    }

    /// Says that a row is as it is up to a later entry of the change log, which changes nothing on the screen.
    fn confirm(self, id: &str, seq: i64) {
        AtKeyed::new(self.0.rows(), id.to_owned()).update_untracked(|live| live.seq = seq);
    }

    fn set(self, row: LiveRow) {
        let field = AtKeyed::new(self.0.rows(), row.id.clone());
        let marked = row.changed != Changed::default();
        field.set(row);
        if marked {
            set_timeout(
                move || {
                    if let Some(mut row) = field.try_write() {
                        row.changed = Changed::default();
                    }
                },
                MARKED_FOR,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Health, HealthLevel, HealthReason, Key, State, Timestamp};

    fn row(runtime: &str, health: HealthLevel) -> Row {
        Row {
            key: Key::new("service", Some("public"), "orders-api").expect("a key"),
            state: State::Active,
            runtime: runtime.to_owned(),
            runtime_unknown: false,
            health: Health { level: health, reason: HealthReason::Running, stuck: false },
            owner: None,
            tags: Vec::new(),
            more_tags: Vec::new(),
            depot_source: None,
            description: String::new(),
            created_at: None,
            runtime_since: None,
            health_since: None,
            changed_at: Timestamp(0),
            observed_at: None,
            stale_since: None,
        }
    }

    #[test]
    fn changed_values_are_announced_by_name() {
        let (old, new) = (row("running:1", HealthLevel::Healthy), row("failed", HealthLevel::Failed));
        let changed = Changed::between(&old, &new);
        assert_eq!(changed.announced(&new), ["orders-api: runtime is now failed", "orders-api: health is now Failed"]);
        assert_eq!(Changed::between(&old, &old), Changed::default());
    }

    #[test]
    fn only_rows_on_the_screen_are_patched() {
        Owner::new().with(|| {
            let rows = RowStore::new();
            assert!(rows.patch(vec![row("failed", HealthLevel::Failed)], 1).is_empty());
            rows.show(vec![row("running:1", HealthLevel::Healthy)], 7);
            let field = rows.fields().next().expect("a row");
            assert_eq!(field.get_untracked().row.runtime, "running:1");
            assert!(rows.patch(vec![row("failed", HealthLevel::Failed)], 6).is_empty(), "it was overtaken");
            assert!(rows.patch(vec![row("running:1", HealthLevel::Healthy)], 9).is_empty(), "it is as it was");
            assert!(
                rows.patch(vec![row("failed", HealthLevel::Failed)], 8).is_empty(),
                "overtaken by what confirmed it"
            );
            assert_eq!(field.key(), "/resources/services/public.orders-api");
        });
    }
}
