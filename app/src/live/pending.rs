//! Rows on the screen that stay where they are.

/// Puts new values into the rows on the screen, which keep their places. Also gives how many rows would be added,
/// removed or moved if the new ones were shown as they are.
pub(crate) fn patch_in_place<T: Clone, Id: PartialEq>(shown: &[T], new: &[T], id: impl Fn(&T) -> Id) -> (Vec<T>, u32) {
    let mut patched = shown.to_vec();
    let (mut kept, mut moved, mut last) = (0, 0, 0);
    for row in new {
        let Some(place) = shown.iter().position(|old| id(old) == id(row)) else { continue };
        kept += 1;
        moved += usize::from(place < last);
        last = last.max(place);
        row.clone_into(&mut patched[place]);
    }
    // On a full page one that comes pushes another one out: that is one change.
    let pending = moved + (shown.len() - kept).max(new.len() - kept);
    (patched, u32::try_from(pending).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(shown: &[(u8, char)], new: &[(u8, char)]) -> (Vec<(u8, char)>, u32) {
        patch_in_place(shown, new, |row| row.0)
    }

    #[test]
    fn values_change_where_they_are() {
        assert_eq!(patch(&[(1, 'a'), (2, 'a')], &[(1, 'b'), (2, 'a')]), (vec![(1, 'b'), (2, 'a')], 0));
    }

    #[test]
    fn rows_that_would_be_added_removed_or_moved_are_counted() {
        assert_eq!(patch(&[(1, 'a'), (2, 'a')], &[(3, 'a'), (1, 'a'), (2, 'b')]), (vec![(1, 'a'), (2, 'b')], 1));
        assert_eq!(patch(&[(1, 'a'), (2, 'a')], &[(2, 'a')]), (vec![(1, 'a'), (2, 'a')], 1));
        assert_eq!(patch(&[(1, 'a'), (2, 'a'), (3, 'a')], &[(3, 'b'), (1, 'a'), (2, 'a')]).1, 2);
        assert_eq!(patch(&[], &[(1, 'a')]), (vec![], 1));
    }
}
