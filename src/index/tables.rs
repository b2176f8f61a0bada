//! The tables in memory: facets, names, and the two orders that all sorting goes back to.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use app::model::{FacetName, STUCK};
use roaring::RoaringBitmap;

use super::column::{COLUMNS, Column, Dictionary, NO_VALUE};
use super::row::Row;
use super::sets::SetColumn;

/// The distance of neighbours that nothing has been put between yet.
const LABEL_DISTANCE: u64 = 1 << 40;

/// All Resources, by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tables {
    /// The lower-case names, one after the other.
    pub(super) letters: Vec<u8>,
    /// Where the name of a Resource begins.
    pub(super) name_starts: Vec<u32>,
    /// How many bytes it has.
    pub(super) name_lengths: Vec<u16>,
    /// All Resources.
    pub(super) all: RoaringBitmap,
    /// Those that are not deleted.
    pub(super) live: RoaringBitmap,
    /// The facets in the order of [`FacetName::ALL`], but for the last two.
    pub(super) columns: [Column; COLUMNS],
    /// The tags.
    pub(super) tags: SetColumn,
    /// The sources that reported what is known.
    pub(super) reporters: Dictionary,
    /// What has been starting for too long.
    pub(super) stuck: Dictionary,
    /// What is stale; not kept on disk.
    pub(super) fresh: Dictionary,
    /// All that was said to be stale, and not only what is here and live.
    pub(super) told_stale: RoaringBitmap,
    /// When a Resource changed last.
    pub(super) changed_at: Vec<i64>,
    /// The Resources by name, workspace, type and number.
    pub(super) by_name: Vec<u32>,
    /// For each Resource a label that grows along `by_name`, so that two can be compared without their names.
    pub(super) labels: Vec<u64>,
    /// The Resources by time of change, the newest first, then by number.
    pub(super) by_change: Vec<u32>,
    /// The same of each type: those of one type are often imported together, and then far from the beginning of all.
    pub(super) by_change_of_type: Vec<Vec<u32>>,
    /// When the health of Resources becomes another through time alone.
    pub(super) review_at: HashMap<u32, i64>,
}

/// A key of the order by change that grows from the newest to the oldest.
pub(super) fn newest_first(changed_at: i64) -> u64 {
    !oldest_first(changed_at)
}

/// A key that grows from the oldest to the newest.
fn oldest_first(changed_at: i64) -> u64 {
    changed_at.cast_unsigned() ^ (1 << 63)
}

impl Tables {
    /// One more than the highest number.
    pub(super) fn bound(&self) -> usize {
        self.name_starts.len()
    }

    /// The lower-case name of a Resource.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        let (Some(&start), Some(&length)) =
            (self.name_starts.get(number as usize), self.name_lengths.get(number as usize))
        else {
            return &[];
        };
        &self.letters[start as usize..start as usize + usize::from(length)]
    }

    /// The lower-case name of a Resource, as text.
    pub(super) fn name_text(&self, number: u32) -> &str {
        std::str::from_utf8(self.name(number)).unwrap_or_default()
    }

    /// The facet's column; `None` for the tags and what is stale.
    pub(super) fn column(&self, facet: FacetName) -> Option<&Column> {
        FacetName::ALL.iter().position(|&name| name == facet).and_then(|index| self.columns.get(index))
    }

    /// The values of a facet.
    pub(super) fn dictionary(&self, facet: FacetName) -> &Dictionary {
        match self.column(facet) {
            Some(column) => &column.dictionary,
            None if facet == FacetName::Fresh => &self.fresh,
            None => &self.tags.dictionary,
        }
    }

    /// All values that a facet can be asked for: those it lists, and further names of what Resources have.
    pub(super) fn dictionaries(&self, facet: FacetName) -> impl Iterator<Item = &Dictionary> {
        let further = match facet {
            FacetName::Health => Some(&self.stuck),
            FacetName::Source => Some(&self.reporters),
            _ => None,
        };
        [self.dictionary(facet)].into_iter().chain(further)
    }

    /// The Resources that have one of the values of a facet, whatever their case.
    pub(super) fn with_any(&self, facet: FacetName, words: &[&str]) -> RoaringBitmap {
        let mut set = RoaringBitmap::new();
        for dictionary in self.dictionaries(facet) {
            for word in words {
                for &place in dictionary.like(word.trim()) {
                    set |= &dictionary.values[place as usize].members;
                }
            }
        }
        set
    }

    /// The key of the order by change.
    pub(super) fn change_key(&self, number: u32) -> (u64, u32) {
        (newest_first(self.changed_at.get(number as usize).copied().unwrap_or_default()), number)
    }

    /// Compares a Resource with a name, workspace, type and number in the order by name.
    pub(super) fn compare_name(&self, number: u32, key: (&[u8], &str, &str, u32)) -> Ordering {
        let workspace = || self.columns[4].word(number).unwrap_or_default();
        let resource_type = || self.columns[0].word(number).unwrap_or_default();
        self.name(number)
            .cmp(key.0)
            .then_with(|| workspace().cmp(key.1))
            .then_with(|| resource_type().cmp(key.2))
            .then_with(|| number.cmp(&key.3))
    }

    /// The key of the order by name, in full.
    pub(super) fn name_key(&self, number: u32) -> (&[u8], &str, &str, u32) {
        let workspace = self.columns[4].word(number).unwrap_or_default();
        (self.name(number), workspace, self.columns[0].word(number).unwrap_or_default(), number)
    }

    /// The stretch of `by_name` whose names begin with a text.
    pub(super) fn named_with_prefix(&self, prefix: &[u8]) -> &[u32] {
        let from = self.by_name.partition_point(|&number| self.name(number) < prefix);
        let length = self.by_name[from..].partition_point(|&number| self.name(number).starts_with(prefix));
        &self.by_name[from..from + length]
    }

    /// The stretch of `by_name` with exactly this name.
    pub(super) fn named(&self, name: &[u8]) -> &[u32] {
        let from = self.by_name.partition_point(|&number| self.name(number) < name);
        let length = self.by_name[from..].partition_point(|&number| self.name(number) == name);
        &self.by_name[from..from + length]
    }

    /// Adds or replaces Resources. Of several rows with one number the last counts.
    pub(super) fn upsert(&mut self, mut rows: Vec<Row>) {
        rows.sort_by_key(|row| row.number);
        rows.reverse();
        rows.dedup_by_key(|row| row.number);
        rows.reverse();
        let Some(last) = rows.last() else { return };
        let bound = self.bound().max(last.number as usize + 1);
        self.name_starts.resize(bound, 0);
        self.name_lengths.resize(bound, 0);
        self.changed_at.resize(bound, 0);
        self.labels.resize(bound, 0);

        let mut renamed: Vec<u32> = Vec::new();
        let mut unordered: Vec<u32> = Vec::new();
        let mut moved: Vec<u32> = Vec::new();
        for row in &rows {
            let number = row.number;
            if self.all.contains(number) {
                let same_key = self.name(number) == row.name.as_bytes()
                    && self.columns[4].word(number) == row.workspace.as_deref()
                    && self.columns[0].word(number) == Some(row.resource_type.as_str());
                if !same_key {
                    renamed.push(number);
                }
                if self.changed_at[number as usize] == row.changed_at && same_key {
                    continue;
                }
                moved.push(number);
            }
            unordered.push(number);
        }
        if !renamed.is_empty() {
            let renamed: RoaringBitmap = renamed.iter().copied().collect();
            self.by_name.retain(|&number| !renamed.contains(number));
        }
        self.take_from_change(&moved);

        let mut unnamed = renamed.clone();
        let renamed: RoaringBitmap = renamed.into_iter().collect();
        for row in &rows {
            let new = self.all.insert(row.number);
            if new || renamed.contains(row.number) {
                self.name_starts[row.number as usize] = u32::try_from(self.letters.len()).unwrap_or(u32::MAX);
                let length = row.name.len().min(usize::from(u16::MAX));
                self.name_lengths[row.number as usize] = u16::try_from(length).unwrap_or(u16::MAX);
                self.letters.extend_from_slice(&row.name.as_bytes()[..length]);
            }
            if new {
                unnamed.push(row.number);
            }
            self.fill(row, new);
        }
        for column in &mut self.columns {
            column.rank();
        }
        self.place_by_change(unordered);
        self.place_by_name(unnamed);
    }

    fn fill(&mut self, row: &Row, new: bool) {
        let number = row.number;
        for (column, word) in self.columns.iter_mut().zip(row.words()) {
            column.set(number, word);
        }
        self.tags.set(number, &row.tags);
        if !new {
            self.reporters.leave_all(number);
            self.stuck.leave_all(number);
        }
        let enter = |dictionary: &mut Dictionary, word: &str| {
            let place = dictionary.place(word);
            dictionary.enter(place, number);
        };
        for reporter in &row.reporters {
            enter(&mut self.reporters, reporter);
        }
        if row.stuck {
            enter(&mut self.stuck, STUCK);
        }
        if row.state == "deleted" {
            self.live.remove(number);
            self.not_stale(number);
        } else {
            self.live.insert(number);
            if new {
                self.stale_if_told(number);
            }
        }
        self.changed_at[number as usize] = row.changed_at;
        match row.review_at {
            Some(at) => self.review_at.insert(number, at),
            None => self.review_at.remove(&number),
        };
    }

    /// The Resources of a type by time of change, the newest first, then by number.
    pub(super) fn by_change_of(&self, resource_type: &str) -> &[u32] {
        match self.columns[0].dictionary.like(resource_type) {
            [place] => self.by_change_of_type.get(*place as usize).map_or(&[], Vec::as_slice),
            // Types of one word in several spellings are not kept apart from the others.
            _ => &self.by_change,
        }
    }

    /// Takes Resources out of the orders by change, as long as they stand where their times say.
    fn take_from_change(&mut self, moved: &[u32]) {
        let positions = |order: &[u32], numbers: &mut dyn Iterator<Item = u32>| {
            let at = |number| {
                let key = self.change_key(number);
                order.partition_point(|&other| self.change_key(other) < key)
            };
            let mut positions: Vec<usize> = numbers.map(at).collect();
            positions.sort_unstable();
            positions
        };
        let of_all = positions(&self.by_change, &mut moved.iter().copied());
        let of_types: Vec<(usize, Vec<usize>)> = self
            .by_type(moved)
            .into_iter()
            .map(|(place, numbers)| (place, positions(&self.by_change_of_type[place], &mut numbers.into_iter())))
            .collect();
        remove_at(&mut self.by_change, &of_all);
        for (place, positions) in of_types {
            remove_at(&mut self.by_change_of_type[place], &positions);
        }
    }

    fn place_by_change(&mut self, mut unordered: Vec<u32>) {
        unordered.sort_unstable_by_key(|&number| self.change_key(number));
        let placed = |order: &[u32], numbers: &[u32]| {
            let mut from = 0;
            let place = |&number: &u32| {
                let key = self.change_key(number);
                from += order[from..].partition_point(|&other| self.change_key(other) < key);
                (from, number)
            };
            numbers.iter().map(place).collect::<Vec<(usize, u32)>>()
        };
        let of_all = placed(&self.by_change, &unordered);
        let of_types: Vec<(usize, Vec<(usize, u32)>)> = self
            .by_type(&unordered)
            .into_iter()
            .map(|(place, numbers)| {
                (place, placed(self.by_change_of_type.get(place).map_or(&[], Vec::as_slice), &numbers))
            })
            .collect();
        insert_at(&mut self.by_change, &of_all);
        self.by_change_of_type.resize(self.columns[0].dictionary.values.len(), Vec::new());
        for (place, placed) in of_types {
            insert_at(&mut self.by_change_of_type[place], &placed);
        }
    }

    /// Resources apart by their type's place in the dictionary.
    fn by_type(&self, numbers: &[u32]) -> BTreeMap<usize, Vec<u32>> {
        let mut apart = BTreeMap::<usize, Vec<u32>>::new();
        for &number in numbers {
            let place = self.columns[0].places.get(number);
            if place != NO_VALUE {
                apart.entry(place as usize).or_default().push(number);
            }
        }
        apart
    }

    /// Derives the orders of each type from the one of all.
    pub(super) fn part_by_change(&mut self) {
        self.by_change_of_type.clear();
        self.by_change_of_type.resize(self.columns[0].dictionary.values.len(), Vec::new());
        for (place, value) in self.columns[0].dictionary.values.iter().enumerate() {
            self.by_change_of_type[place].reserve_exact(usize::try_from(value.count).unwrap_or_default());
        }
        for &number in &self.by_change {
            if let Some(order) = self.by_change_of_type.get_mut(self.columns[0].places.get(number) as usize) {
                order.push(number);
            }
        }
    }

    fn place_by_name(&mut self, unnamed: Vec<u32>) {
        if unnamed.is_empty() {
            return;
        }
        // The first eight bytes decide most comparisons without a look at the names.
        let mut sorted: Vec<(u64, u32)> = unnamed
            .into_iter()
            .map(|number| {
                let mut head = [0; 8];
                let name = self.name(number);
                let length = name.len().min(8);
                head[..length].copy_from_slice(&name[..length]);
                (u64::from_be_bytes(head), number)
            })
            .collect();
        sorted.sort_unstable_by(|left, right| {
            left.0.cmp(&right.0).then_with(|| self.compare_name(left.1, self.name_key(right.1)))
        });
        let mut from = 0;
        let placed: Vec<(usize, u32)> = sorted
            .into_iter()
            .map(|(_, number)| {
                let key = self.name_key(number);
                from += self.by_name[from..].partition_point(|&other| self.compare_name(other, key) == Ordering::Less);
                (from, number)
            })
            .collect();
        let labelled = self.label(&placed);
        insert_at(&mut self.by_name, &placed);
        if !labelled {
            self.label_all();
        }
    }

    /// Gives Resources that are about to be placed labels between those of their neighbours; false if there is no room.
    fn label(&mut self, placed: &[(usize, u32)]) -> bool {
        for run in placed.chunk_by(|left, right| left.0 == right.0) {
            let at = run[0].0;
            let low = at.checked_sub(1).map_or(0, |before| self.labels[self.by_name[before] as usize]);
            let count = run.len() as u64;
            let step = match self.by_name.get(at) {
                Some(&after) => (self.labels[after as usize] - low) / (count + 1),
                None if (u64::MAX - low) / LABEL_DISTANCE > count => LABEL_DISTANCE,
                None => (u64::MAX - low) / (count + 1),
            };
            if step == 0 {
                return false;
            }
            for (index, &(_, number)) in (1..).zip(run) {
                self.labels[number as usize] = low + step * index;
            }
        }
        true
    }

    /// Labels all Resources along `by_name` anew.
    pub(super) fn label_all(&mut self) {
        self.labels.resize(self.bound(), 0);
        let step = LABEL_DISTANCE.min(u64::MAX / (self.by_name.len() as u64 + 2));
        for (index, &number) in (1..).zip(&self.by_name) {
            self.labels[number as usize] = step * index;
        }
    }
}

/// Takes the elements at ascending positions out.
fn remove_at(order: &mut Vec<u32>, positions: &[usize]) {
    let Some(&first) = positions.first() else { return };
    let mut to = first;
    for (index, &position) in positions.iter().enumerate() {
        let end = positions.get(index + 1).copied().unwrap_or(order.len());
        order.copy_within(position + 1..end, to);
        to += end - position - 1;
    }
    order.truncate(to);
}

/// Puts elements in front of what is at ascending positions.
fn insert_at(order: &mut Vec<u32>, placed: &[(usize, u32)]) {
    let mut end = order.len();
    order.resize(end + placed.len(), 0);
    for (index, &(position, number)) in placed.iter().enumerate().rev() {
        order.copy_within(position..end, position + index + 1);
        order[position + index] = number;
        end = position;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, name: &str, changed_at: i64) -> Row {
        Row {
            number,
            name: name.to_owned(),
            resource_type: "service".to_owned(),
            workspace: Some("public".to_owned()),
            state: "active".to_owned(),
            runtime: "running".to_owned(),
            health: "healthy".to_owned(),
            stuck: false,
            owner: None,
            source: None,
            tags: vec!["a".to_owned()],
            reporters: Vec::new(),
            changed_at,
            review_at: None,
        }
    }

    #[test]
    fn both_orders_stay_right_however_rows_arrive() {
        let mut tables = Tables::default();
        tables.upsert(vec![row(3, "c", 10), row(1, "a", 30), row(2, "b", 20)]);
        tables.upsert(vec![row(4, "ab", 25), row(3, "c", 40)]);
        tables.upsert(vec![row(5, "z", 1), row(6, "0", 1), row(1, "a", 1)]);
        assert_eq!(tables.by_name, [6, 1, 4, 2, 3, 5]);
        assert_eq!(tables.by_change, [3, 4, 2, 1, 5, 6]);
        assert_eq!(tables.by_change_of("service"), tables.by_change);
        assert!(tables.by_name.is_sorted_by_key(|&number| tables.labels[number as usize]));
    }

    #[test]
    fn labels_are_renewed_when_there_is_no_room_between_two() {
        let mut tables = Tables::default();
        tables.upsert(vec![row(1, "a", 1), row(2, "b", 1)]);
        for number in 3..200 {
            tables.upsert(vec![row(number, &format!("a{}", "a".repeat(number as usize)), 1)]);
            assert!(
                tables
                    .by_name
                    .is_sorted_by(|&left, &right| { tables.labels[left as usize] < tables.labels[right as usize] })
            );
        }
    }

    #[test]
    fn the_last_row_of_a_number_counts() {
        let mut tables = Tables::default();
        let gone = Row { state: "deleted".to_owned(), ..row(1, "a", 2) };
        tables.upsert(vec![row(1, "a", 1), gone]);
        assert!(tables.live.is_empty() && tables.all.contains(1));
    }
}
