//! The order of a listing, and pages out of it at a cost that depends neither on their depth nor on the size of the
//! catalog.
//!
//! Every order is one of two kept ones, by name or by change, inside of groups that come one after the other.

use std::cmp::Ordering;

use app::model::{Cursor, FacetName, SortKey, Sorting};
use roaring::RoaringBitmap;

use super::column::{Column, NO_VALUE, rank_key};
use super::cursor;
use super::tables::{Tables, newest_first};
use super::text::Scored;

/// When to stop walking along a kept order and put a set in order instead.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// Sets of up to this many Resources are put in order as a whole.
    pub(super) small: u64,
    /// So are sets of up to this part of the catalog.
    pub(super) part: u64,
    /// How many Resources are looked at along a kept order before the set is put in order after all.
    pub(super) patience: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { small: 2_000, part: 50, patience: 20_000 }
    }
}

/// Where a row stands, in the order of the screen: its group, and its key within the group. `rest` tells rows with equal
/// keys apart, or a row from the place right before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    group: u32,
    key: u64,
    rest: u32,
    /// The Resource.
    pub(super) number: u32,
}

/// Which way a listing is walked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Towards its end.
    Forward,
    /// Towards its beginning.
    Backward,
}

#[derive(Clone, Copy)]
enum Kept {
    ByName,
    ByChange,
}

enum Groups<'a> {
    One,
    Scores(&'a Scored),
    Values(&'a Column),
}

/// The order of one listing.
pub(super) struct Order<'a> {
    tables: &'a Tables,
    sorting: Sorting,
    kept: Kept,
    /// Whether the kept order is followed from its end.
    reversed: bool,
    groups: Groups<'a>,
    effort: Effort,
}

impl<'a> Order<'a> {
    /// The order of a listing whose matches have these scores.
    pub(super) fn new(tables: &'a Tables, sorting: Sorting, scored: &'a Scored, effort: Effort) -> Self {
        let of = |facet| tables.column(facet).map_or(Groups::One, Groups::Values);
        let (kept, reversed, groups) = match sorting.key {
            SortKey::Relevance => (Kept::ByChange, false, Groups::Scores(scored)),
            SortKey::Updated => (Kept::ByChange, !sorting.descending, Groups::One),
            SortKey::Name => (Kept::ByName, sorting.descending, Groups::One),
            SortKey::Type => (Kept::ByName, false, of(FacetName::Type)),
            SortKey::State => (Kept::ByName, false, of(FacetName::State)),
            SortKey::Runtime => (Kept::ByName, false, of(FacetName::Runtime)),
            SortKey::Workspace => (Kept::ByName, false, of(FacetName::Workspace)),
            SortKey::Owner => (Kept::ByName, false, of(FacetName::Owner)),
            SortKey::Source => (Kept::ByName, false, of(FacetName::Source)),
        };
        Self { tables, sorting, kept, reversed, groups, effort }
    }

    /// Up to `limit` of the hits from beyond a place, in the direction of the walk.
    pub(super) fn walk(
        &self,
        hits: &RoaringBitmap,
        from: Option<Place>,
        direction: Direction,
        limit: usize,
    ) -> Vec<Place> {
        let mut found = Vec::new();
        // The best groups are small where there are words, and mostly enough: the others are then not looked at.
        if hits.len() <= self.small() && !matches!(self.groups, Groups::Scores(_)) {
            let mut places = self.places(hits);
            places.retain(|&place| beyond(place, from, direction));
            select(places, direction, limit, &mut found);
            return found;
        }
        for group in self.groups_along(from, direction) {
            let members = self.members(group, hits);
            if members.as_ref().is_some_and(RoaringBitmap::is_empty) {
                continue;
            }
            let members = members.as_ref().unwrap_or(hits);
            self.walk_group(group, members, from, direction, limit, &mut found);
            if found.len() >= limit {
                break;
            }
        }
        found
    }

    /// Sets of up to this many Resources are put in order as a whole.
    fn small(&self) -> u64 {
        self.effort.small.max(self.tables.all.len() / self.effort.part)
    }

    /// Where a hit stands.
    pub(super) fn place(&self, number: u32) -> Option<Place> {
        let group = match &self.groups {
            Groups::One => 0,
            Groups::Scores(scored) => {
                let (score, _) = scored.iter().find(|(_, set)| set.contains(number))?;
                score_group(*score, !self.tables.live.contains(number))
            }
            Groups::Values(column) => self.value_group(column, column.places.get(number)),
        };
        Some(self.place_in(group, number))
    }

    /// The text that stands for the place of a Resource.
    pub(super) fn cursor(&self, number: u32) -> Cursor {
        let tables = self.tables;
        let number_text = number.to_string();
        let key = self.sorting.key.as_str();
        let changed_at = tables.changed_at.get(number as usize).copied().unwrap_or_default().to_string();
        let (name, workspace, resource_type, _) = tables.name_key(number);
        let name = std::str::from_utf8(name).unwrap_or_default();
        match &self.groups {
            Groups::Scores(scored) => {
                let score = scored.iter().find(|(_, set)| set.contains(number)).map_or(0, |(score, _)| *score);
                let deleted = if tables.live.contains(number) { "0" } else { "1" };
                cursor::encode(&[key, &score.to_string(), deleted, &changed_at, &number_text])
            }
            Groups::Values(column) => {
                let word = column.word(number);
                let valued = if word.is_some() { "1" } else { "0" };
                cursor::encode(&[key, valued, word.unwrap_or_default(), name, workspace, resource_type, &number_text])
            }
            Groups::One => match self.kept {
                Kept::ByChange => cursor::encode(&[key, &changed_at, &number_text]),
                Kept::ByName => cursor::encode(&[key, name, workspace, resource_type, &number_text]),
            },
        }
    }

    /// Reads the text of [`Self::cursor`]; `None` for a text that is none, or of another order.
    pub(super) fn read_cursor(&self, cursor: &Cursor) -> Option<Place> {
        let fields = cursor::decode(cursor)?;
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let (&key, fields) = fields.split_first()?;
        if key != self.sorting.key.as_str() {
            return None;
        }
        match (&self.groups, self.kept, fields) {
            (Groups::Scores(_), _, [score, deleted, changed_at, number]) => {
                let score: u32 = score.parse().ok().filter(|&score| score < 1_000)?;
                Some(self.changed_place(score_group(score, *deleted == "1"), changed_at, number)?)
            }
            (Groups::Values(column), _, [valued, word, name, workspace, resource_type, number]) => {
                let group =
                    if *valued == "1" { self.word_group(column, word) } else { self.value_group(column, NO_VALUE) };
                self.named_place(group, name, workspace, resource_type, number)
            }
            (Groups::One, Kept::ByChange, [changed_at, number]) => self.changed_place(0, changed_at, number),
            (Groups::One, Kept::ByName, [name, workspace, resource_type, number]) => {
                self.named_place(0, name, workspace, resource_type, number)
            }
            _ => None,
        }
    }

    fn changed_place(&self, group: u32, changed_at: &str, number: &str) -> Option<Place> {
        let key = newest_first(changed_at.parse().ok()?);
        let number: u32 = number.parse().ok()?;
        Some(Place { number, ..self.turned(group, key, number) })
    }

    fn named_place(&self, group: u32, name: &str, workspace: &str, resource_type: &str, number: &str) -> Option<Place> {
        let number: u32 = number.parse().ok()?;
        let key = (name.as_bytes(), workspace, resource_type, number);
        let tables = self.tables;
        let at = tables.by_name.partition_point(|&other| tables.compare_name(other, key) == Ordering::Less);
        // A row that is not there any more stands right before the next one.
        Some(match tables.by_name.get(at) {
            Some(&other) if tables.compare_name(other, key) == Ordering::Equal => self.place_in(group, other),
            Some(&other) => self.turned(group, tables.labels[other as usize], 0),
            None => self.turned(group, u64::MAX, 0),
        })
    }

    fn place_in(&self, group: u32, number: u32) -> Place {
        let (key, rest) = self.key(number);
        Place { number, ..self.turned(group, key, rest) }
    }

    fn key(&self, number: u32) -> (u64, u32) {
        match self.kept {
            Kept::ByName => (self.tables.labels[number as usize], 1),
            Kept::ByChange => self.tables.change_key(number),
        }
    }

    fn turned(&self, group: u32, key: u64, rest: u32) -> Place {
        let (key, rest) = if self.reversed { (!key, !rest) } else { (key, rest) };
        Place { group, key, rest, number: 0 }
    }

    /// Values stand at odd groups, so that a value that is gone has its place at an even one.
    fn value_group(&self, column: &Column, place: u32) -> u32 {
        let count = u32::try_from(column.ascending.len()).unwrap_or(u32::MAX / 4);
        match column.ranks.get(place as usize) {
            Some(&rank) if self.sorting.descending => 2 * (count - 1 - rank) + 1,
            Some(&rank) => 2 * rank + 1,
            None => 2 * count + 1,
        }
    }

    fn word_group(&self, column: &Column, word: &str) -> u32 {
        let key = rank_key(word);
        let values = &column.dictionary.values;
        let rank = column.ascending.partition_point(|&place| rank_key(&values[place as usize].word) < key);
        match column.ascending.get(rank) {
            Some(&place) if values[place as usize].word == word => self.value_group(column, place),
            _ => {
                let rank = u32::try_from(rank).unwrap_or_default();
                let count = u32::try_from(column.ascending.len()).unwrap_or_default();
                if self.sorting.descending { 2 * (count - rank) } else { 2 * rank }
            }
        }
    }

    /// The groups from the one of a place on, in the direction of the walk.
    fn groups_along(&self, from: Option<Place>, direction: Direction) -> Vec<u32> {
        let mut groups: Vec<u32> = match &self.groups {
            Groups::One => vec![0],
            Groups::Scores(scored) => {
                scored.iter().flat_map(|(score, _)| [score_group(*score, false), score_group(*score, true)]).collect()
            }
            Groups::Values(column) => {
                (0..=u32::try_from(column.ascending.len()).unwrap_or_default()).map(|rank| 2 * rank + 1).collect()
            }
        };
        groups.retain(|&group| match (from, direction) {
            (None, _) => true,
            (Some(from), Direction::Forward) => group >= from.group,
            (Some(from), Direction::Backward) => group <= from.group,
        });
        if direction == Direction::Backward {
            groups.reverse();
        }
        groups
    }

    /// The hits of a group; `None` for all of them.
    fn members(&self, group: u32, hits: &RoaringBitmap) -> Option<RoaringBitmap> {
        match &self.groups {
            Groups::One => None,
            Groups::Scores(scored) => {
                let set = scored.iter().find(|(score, _)| *score == group / 2).map(|(_, set)| set)?;
                // Without words everything has the one score, and needs no look at the set.
                let within = if scored.len() == 1 { None } else { Some(hits & set) };
                let within = within.as_ref().unwrap_or(hits);
                Some(if group.is_multiple_of(2) { within & &self.tables.live } else { within - &self.tables.live })
            }
            Groups::Values(column) => {
                let rank = (group / 2) as usize;
                let values = &column.dictionary.values;
                let of = |place: &u32| hits & &values[*place as usize].members;
                let count = column.ascending.len();
                if rank >= count {
                    let mut rest = hits.clone();
                    for value in values {
                        rest -= &value.members;
                    }
                    Some(rest)
                } else if self.sorting.descending {
                    column.ascending.get(count - 1 - rank).map(of)
                } else {
                    column.ascending.get(rank).map(of)
                }
            }
        }
    }

    fn walk_group(
        &self,
        group: u32,
        members: &RoaringBitmap,
        from: Option<Place>,
        direction: Direction,
        limit: usize,
        found: &mut Vec<Place>,
    ) {
        let select_from = |found: &mut Vec<Place>| {
            let mut places: Vec<Place> = members.iter().map(|number| self.place_in(group, number)).collect();
            places.retain(|&place| beyond(place, from, direction));
            select(places, direction, limit, found);
        };
        if members.len() <= self.small() {
            select_from(found);
            return;
        }
        let kept = match self.kept {
            Kept::ByName => &self.tables.by_name,
            Kept::ByChange => &self.tables.by_change,
        };
        // Forward on the screen is backward along a reversed order.
        let along = (direction == Direction::Forward) != self.reversed;
        let before_count = found.len();
        let look = |number: u32, found: &mut Vec<Place>| {
            if members.contains(number) {
                found.push(self.place_in(group, number));
            }
            found.len() >= limit
        };
        let from = from.filter(|from| from.group == group);
        let ahead;
        let enough = if along {
            let start = from.map_or(0, |from| {
                kept.partition_point(|&number| {
                    let place = self.place_in(group, number);
                    if self.reversed { place >= from } else { place <= from }
                })
            });
            ahead = kept.len() - start;
            kept[start..].iter().take(self.effort.patience).any(|&number| look(number, found))
        } else {
            let end = from.map_or(kept.len(), |from| {
                kept.partition_point(|&number| {
                    let place = self.place_in(group, number);
                    if self.reversed { place > from } else { place < from }
                })
            });
            ahead = end;
            kept[..end].iter().rev().take(self.effort.patience).any(|&number| look(number, found))
        };
        if !enough && ahead > self.effort.patience {
            found.truncate(before_count);
            select_from(found);
        }
    }

    /// The places of all hits.
    fn places(&self, hits: &RoaringBitmap) -> Vec<Place> {
        match &self.groups {
            Groups::One | Groups::Scores(_) => hits.iter().filter_map(|number| self.place(number)).collect(),
            Groups::Values(column) => hits
                .iter()
                .map(|number| self.place_in(self.value_group(column, column.places.get(number)), number))
                .collect(),
        }
    }
}

fn score_group(score: u32, deleted: bool) -> u32 {
    2 * score + u32::from(deleted)
}

fn beyond(place: Place, from: Option<Place>, direction: Direction) -> bool {
    match (from, direction) {
        (None, _) => true,
        (Some(from), Direction::Forward) => place > from,
        (Some(from), Direction::Backward) => place < from,
    }
}

/// Adds the first places, in the direction of the walk, until there are `limit`.
fn select(mut places: Vec<Place>, direction: Direction, limit: usize, found: &mut Vec<Place>) {
    let wanted = limit.saturating_sub(found.len());
    let order = |left: &Place, right: &Place| match direction {
        Direction::Forward => left.cmp(right),
        Direction::Backward => right.cmp(left),
    };
    if places.len() > wanted {
        if wanted == 0 {
            return;
        }
        places.select_nth_unstable_by(wanted - 1, order);
        places.truncate(wanted);
    }
    places.sort_unstable_by(order);
    found.extend(places);
}
