//! How well many Resources are, as a stacked bar.

use leptos::prelude::*;

use super::count_text;
use crate::model::HealthLevel;

/// The width of the drawing, in its own units.
const WIDTH: u64 = 1_000;

/// Every part that is not empty is at least this wide: one failed among a million must be seen.
const LEAST: u64 = 8;

/// Counts per level as a bar, what is deleted left out, and the same in words: those that are not well for all readers, the
/// rest for screen readers.
#[component]
pub(crate) fn HealthBar(levels: Vec<(HealthLevel, u64)>) -> impl IntoView {
    let mut levels: Vec<(HealthLevel, u64)> =
        levels.into_iter().filter(|(level, count)| *level != HealthLevel::Deleted && *count > 0).collect();
    levels.sort_by_key(|(level, _)| (level.needs_attention(), level.clone()));
    if levels.is_empty() {
        return None;
    }
    let counts: Vec<u64> = levels.iter().map(|(_, count)| *count).collect();
    let mut x = 0;
    let parts = levels
        .iter()
        .zip(widths(&counts))
        .map(|((level, _), width)| {
            let start = x;
            x += width;
            view! { <rect class=fill(level) x=start y="0" width=width height="8"></rect> }
        })
        .collect_view();
    let (bad, rest): (Vec<_>, Vec<_>) = levels.iter().partition(|(level, _)| level.needs_attention());
    let words = |levels: Vec<&(HealthLevel, u64)>| {
        let words =
            levels.into_iter().map(|(level, count)| format!("{} {}", count_text(*count), level.label().to_lowercase()));
        words.collect::<Vec<_>>().join(", ")
    };
    let rest = words(rest);
    let bad = words(bad);
    let both = if rest.is_empty() || bad.is_empty() { "" } else { ", " };
    Some(view! {
        <span class="flex items-center gap-2">
            <svg class="h-2 min-w-16 flex-1 rounded-full" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
                {parts}
            </svg>
            <span class="sr-only">{[rest.as_str(), both].concat()}</span>
            <span class="w-36 flex-none truncate text-sm">{bad}</span>
        </span>
    })
}

fn fill(level: &HealthLevel) -> &'static str {
    match level {
        HealthLevel::Healthy => "fill-good/70",
        HealthLevel::Scheduled => "fill-good/35",
        HealthLevel::InProgress | HealthLevel::Starting => "fill-info/60",
        HealthLevel::Degraded => "fill-warn",
        HealthLevel::Failed => "fill-bad",
        HealthLevel::Unknown | HealthLevel::Deleted | HealthLevel::Other(_) => "fill-edge",
    }
}

/// The widths of the parts of a bar: in proportion, but none too narrow to be seen.
fn widths(counts: &[u64]) -> Vec<u64> {
    let total: u128 = counts.iter().map(|&count| u128::from(count)).sum::<u128>().max(1);
    let mut widths: Vec<u64> = counts
        .iter()
        .map(|&count| u64::try_from(u128::from(count) * u128::from(WIDTH) / total).unwrap_or(WIDTH).max(LEAST))
        .collect();
    // What the narrow parts have too much, and what rounding left over, is for the widest.
    let sum: u64 = widths.iter().sum();
    if let Some(widest) = widths.iter_mut().max() {
        *widest = (*widest + WIDTH).saturating_sub(sum);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_wide_as_its_place_and_shows_the_smallest_part() {
        for counts in [vec![1], vec![999_999, 1], vec![3, 3, 3], vec![1; 8], vec![u64::MAX / 2, 1, 1, 5]] {
            let widths = widths(&counts);
            assert_eq!(widths.iter().sum::<u64>(), WIDTH, "{counts:?}");
            assert!(widths.iter().all(|&width| width >= LEAST), "{counts:?}: {widths:?}");
        }
    }
}
