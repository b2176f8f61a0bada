//! The order of a listing, and pages out of it at a cost that depends neither on their depth nor on the size of the
//! catalog.
//!
//! Every order is one of two kept ones, by name or by change, inside of groups that come one after the other.

use std::borrow::Cow;
use std::cmp::Ordering;

use app::model::{Cursor, FacetName, ListingQuery, SortKey, Sorting};
use roaring::RoaringBitmap;

use super::column::{Column, NO_VALUE, rank_key};
use super::cursor;
use super::tables::{Tables, newest_first};
use super::text::Scored;

/// Listings of up to this part of the catalog are put in order by value as a whole, not value by value.
const PART_PICKED: u64 = 50;

/// How many members of a set are read at once.
const READ_AT_ONCE: usize = 1_024;

/// When to walk along a kept order, and when to pick the first of a set instead.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// The first of sets of up to this many Resources are picked without further thought.
    pub(super) small: u64,
    /// What a look at a Resource along a kept order costs, in Resources that could be picked from meanwhile.
    pub(super) look: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { small: 500, look: 4 }
    }
}

/// How much of a text a cursor holds, in bytes. Cursors stand in addresses, which are bounded, and texts may be long: what
/// is cut off is found by the number of the row.
const CURSOR_TEXT_BYTES: usize = 90;

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
    /// By how well the words match; `None` where there are no words.
    Scores(Option<&'a Scored>),
    Values(&'a Column),
}

/// The order of one listing.
pub(super) struct Order<'a> {
    tables: &'a Tables,
    sorting: Sorting,
    kept: Kept,
    /// The Resources in that order: all of them, or all of the type that is listed.
    along: &'a [u32],
    /// Whether the kept order is followed from its end.
    reversed: bool,
    groups: Groups<'a>,
    effort: Effort,
}

impl<'a> Order<'a> {
    /// The order of a listing whose matches have these scores.
    pub(super) fn new(tables: &'a Tables, query: &ListingQuery, scored: Option<&'a Scored>, effort: Effort) -> Self {
        let sorting = query.sorting;
        let of = |facet| tables.column(facet).map_or(Groups::One, Groups::Values);
        let (kept, reversed, groups) = match sorting.key {
            SortKey::Relevance => (Kept::ByChange, false, Groups::Scores(scored)),
            SortKey::Updated => (Kept::ByChange, !sorting.descending, Groups::One),
            SortKey::Name => (Kept::ByName, sorting.descending, Groups::One),
            SortKey::Type => (Kept::ByName, false, of(FacetName::Type)),
            SortKey::State => (Kept::ByName, false, of(FacetName::State)),
            SortKey::Runtime => (Kept::ByName, false, of(FacetName::Runtime)),
            SortKey::Health => (Kept::ByName, false, of(FacetName::Health)),
            SortKey::Workspace => (Kept::ByName, false, of(FacetName::Workspace)),
            SortKey::Owner => (Kept::ByName, false, of(FacetName::Owner)),
            SortKey::Source => (Kept::ByName, false, of(FacetName::Source)),
        };
        let along = match (kept, &query.resource_type) {
            (Kept::ByName, _) => tables.by_name.as_slice(),
            (Kept::ByChange, None) => tables.by_change.as_slice(),
            (Kept::ByChange, Some(resource_type)) => tables.by_change_of(resource_type.as_str()),
        };
        Self { tables, sorting, kept, along, reversed, groups, effort }
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
        if let Groups::Values(column) = &self.groups
            && hits.len() <= self.effort.small.max(self.tables.all.len() / PART_PICKED)
        {
            let mut first = First::new(limit, direction);
            for number in hits {
                let place = self.place_in(self.value_group(column, column.places.get(number)), number);
                if beyond(place, from, direction) {
                    first.offer(place);
                }
            }
            first.add_to(&mut found);
            return found;
        }
        for group in self.groups_along(from, direction) {
            let Some(members) = self.members(group, hits).filter(|members| !members.is_empty()) else { continue };
            self.walk_group(group, &members, from, direction, limit, &mut found);
            if found.len() >= limit {
                break;
            }
        }
        found
    }

    /// All hits from beyond a place in a direction, in the order of the screen.
    pub(super) fn sorted(&self, hits: &RoaringBitmap, from: Option<Place>, direction: Direction) -> Vec<u32> {
        let places = hits.iter().filter_map(|number| self.place(number));
        let mut places: Vec<Place> = places.filter(|place| beyond(*place, from, direction)).collect();
        places.sort_unstable();
        places.into_iter().map(|place| place.number).collect()
    }

    /// Where a hit stands.
    pub(super) fn place(&self, number: u32) -> Option<Place> {
        let group = match &self.groups {
            Groups::One => 0,
            Groups::Scores(scored) => score_group(score(*scored, number)?, !self.tables.live.contains(number)),
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
        let name = cut(std::str::from_utf8(name).unwrap_or_default());
        let (workspace, resource_type) = (cut(workspace), cut(resource_type));
        match &self.groups {
            Groups::Scores(scored) => {
                let score = score(*scored, number).unwrap_or_default();
                let deleted = if tables.live.contains(number) { "0" } else { "1" };
                cursor::encode(&[key, &score.to_string(), deleted, &changed_at, &number_text])
            }
            Groups::Values(column) => {
                let word = column.word(number);
                let valued = if word.is_some() { "1" } else { "0" };
                cursor::encode(&[
                    key,
                    valued,
                    cut(word.unwrap_or_default()),
                    name,
                    workspace,
                    resource_type,
                    &number_text,
                ])
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
                let group = match (*valued, number.parse().ok().and_then(|number| column.word(number))) {
                    // The value may be longer than what the cursor holds of it.
                    ("1", Some(now)) if cut(now) == *word => self.word_group(column, now),
                    ("1", _) => self.word_group(column, word),
                    _ => self.value_group(column, NO_VALUE),
                };
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
        let tables = self.tables;
        if tables.all.contains(number) {
            let (whole, of, kind, _) = tables.name_key(number);
            // The same row: what it is named by never changes.
            if (cut(std::str::from_utf8(whole).ok()?), cut(of), cut(kind)) == (name, workspace, resource_type) {
                return Some(self.place_in(group, number));
            }
        }
        let key = (name.as_bytes(), workspace, resource_type, number);
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
                let scores = scored.map_or_else(|| vec![0], |scored| scored.iter().map(|(score, _)| *score).collect());
                scores.into_iter().flat_map(|score| [score_group(score, false), score_group(score, true)]).collect()
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

    /// The hits of a group; `None` when the group holds nothing at all.
    fn members<'h>(&'h self, group: u32, hits: &'h RoaringBitmap) -> Option<Members<'h>> {
        match &self.groups {
            Groups::One => Some(Members { within: Cow::Borrowed(hits), live: None }),
            Groups::Scores(scored) => {
                let within = match scored {
                    None => Cow::Borrowed(hits),
                    Some(scored) => {
                        let (_, set) = scored.iter().find(|(score, _)| *score == group / 2)?;
                        // What matches is apart by score, so without filters each set is among the hits as a whole.
                        let matching: u64 = scored.iter().map(|(_, set)| set.len()).sum();
                        if matching == hits.len() {
                            Cow::Borrowed(set.as_ref())
                        } else {
                            Cow::Owned(hits & set.as_ref())
                        }
                    }
                };
                Some(Members { within, live: Some((&self.tables.live, group.is_multiple_of(2))) })
            }
            Groups::Values(column) => {
                let rank = (group / 2) as usize;
                let values = &column.dictionary.values;
                let count = column.ascending.len();
                let within = if rank >= count {
                    let mut rest = hits.clone();
                    for value in values {
                        rest -= &value.members;
                    }
                    rest
                } else {
                    let at = if self.sorting.descending { count - 1 - rank } else { rank };
                    hits & &values[*column.ascending.get(at)? as usize].members
                };
                Some(Members { within: Cow::Owned(within), live: None })
            }
        }
    }

    fn walk_group(
        &self,
        group: u32,
        members: &Members<'_>,
        from: Option<Place>,
        direction: Direction,
        limit: usize,
        found: &mut Vec<Place>,
    ) {
        let pick_from = |found: &mut Vec<Place>| {
            let mut first = First::new(limit.saturating_sub(found.len()), direction);
            let all = members.all();
            let mut members = all.iter();
            let mut read = [0; READ_AT_ONCE];
            loop {
                let read = members.next_many(&mut read);
                if read.is_empty() {
                    break;
                }
                for &number in &*read {
                    // Most come after the last of those wanted, which their key alone tells.
                    let (key, rest) = self.key(number);
                    if first.is_past(if self.reversed { !key } else { key }) {
                        continue;
                    }
                    let place = Place { number, ..self.turned(group, key, rest) };
                    if beyond(place, from, direction) {
                        first.offer(place);
                    }
                }
            }
            first.add_to(found);
        };
        let kept = self.along;
        // Members stand along the order as if by chance; where they do not, what was lost is less than picking costs.
        let count = members.len();
        let looks = kept.len() as u64 * limit as u64 / count.max(1);
        if count <= self.effort.small || looks.saturating_mul(self.effort.look) > count {
            pick_from(found);
            return;
        }
        let patience = usize::try_from(count / self.effort.look.max(1)).unwrap_or(usize::MAX);
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
            kept[start..].iter().take(patience).any(|&number| look(number, found))
        } else {
            let end = from.map_or(kept.len(), |from| {
                kept.partition_point(|&number| {
                    let place = self.place_in(group, number);
                    if self.reversed { place > from } else { place < from }
                })
            });
            ahead = end;
            kept[..end].iter().rev().take(patience).any(|&number| look(number, found))
        };
        if !enough && ahead > patience {
            found.truncate(before_count);
            pick_from(found);
        }
    }
}

/// The hits of one group.
struct Members<'h> {
    within: Cow<'h, RoaringBitmap>,
    /// Of these only the ones that are in the set, or only the others.
    live: Option<(&'h RoaringBitmap, bool)>,
}

impl Members<'_> {
    fn len(&self) -> u64 {
        match self.live {
            None => self.within.len(),
            Some((live, true)) => self.within.intersection_len(live),
            Some((live, false)) => self.within.difference_len(live),
        }
    }

    fn is_empty(&self) -> bool {
        match self.live {
            None => self.within.is_empty(),
            Some((live, true)) => self.within.is_disjoint(live),
            Some((live, false)) => self.within.is_subset(live),
        }
    }

    fn contains(&self, number: u32) -> bool {
        self.within.contains(number) && self.live.is_none_or(|(live, wanted)| live.contains(number) == wanted)
    }

    /// All of them, as a set.
    fn all(&self) -> Cow<'_, RoaringBitmap> {
        match self.live {
            None => Cow::Borrowed(self.within.as_ref()),
            Some((live, true)) => Cow::Owned(self.within.as_ref() & live),
            Some((live, false)) => Cow::Owned(self.within.as_ref() - live),
        }
    }
}

/// The score of a Resource; `None` when it does not match.
fn score(scored: Option<&Scored>, number: u32) -> Option<u32> {
    let Some(scored) = scored else { return Some(0) };
    scored.iter().find(|(_, set)| set.contains(number)).map(|(score, _)| *score)
}

/// The beginning of a text, as a cursor holds it.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(CURSOR_TEXT_BYTES)]
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

/// The first of some places, in the direction of a walk.
struct First {
    wanted: usize,
    direction: Direction,
    places: Vec<Place>,
    /// The key of the last of those wanted, once there are that many; only good inside of one group.
    last_key: Option<u64>,
}

impl First {
    fn new(wanted: usize, direction: Direction) -> Self {
        Self { wanted, direction, places: Vec::with_capacity(2 * wanted), last_key: None }
    }

    /// Whether a place with this key comes after all that are wanted.
    fn is_past(&self, key: u64) -> bool {
        self.last_key.is_some_and(|last| match self.direction {
            Direction::Forward => key > last,
            Direction::Backward => key < last,
        })
    }

    fn offer(&mut self, place: Place) {
        self.places.push(place);
        if self.places.len() >= 2 * self.wanted {
            self.cut();
            self.last_key = self.places.last().map(|last| last.key);
        }
    }

    /// Keeps those wanted, in order.
    fn cut(&mut self) {
        match self.direction {
            Direction::Forward => self.places.sort_unstable(),
            Direction::Backward => self.places.sort_unstable_by(|left, right| right.cmp(left)),
        }
        self.places.truncate(self.wanted);
    }

    fn add_to(mut self, found: &mut Vec<Place>) {
        self.cut();
        found.append(&mut self.places);
    }
}
