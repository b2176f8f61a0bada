//! How far apart two words are.

/// How many letters must be added, left out, replaced, or swapped with their neighbour to make one name of another.
pub(super) fn typos_between(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, &from) in left.iter().enumerate() {
        let mut this = vec![row + 1; right.len() + 1];
        for (column, &to) in right.iter().enumerate() {
            let mut cost = (last[column] + usize::from(from != to)).min(last[column + 1] + 1).min(this[column] + 1);
            if row > 0 && column > 0 && from == right[column - 1] && left[row - 1] == to {
                cost = cost.min(before_last[column - 1] + 1);
            }
            this[column + 1] = cost;
        }
        before_last = std::mem::replace(&mut last, this);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_counted_as_people_make_them() {
        for (left, right, typos) in
            [("", "", 0), ("orders", "ordres", 1), ("orders", "order", 1), ("años", "anos", 1), ("abc", "xyz", 3)]
        {
            assert_eq!(typos_between(left, right), typos, "{left} {right}");
        }
    }
}
