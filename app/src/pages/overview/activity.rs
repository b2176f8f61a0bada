//! When Resources changed, as a histogram.

use leptos::prelude::*;

use crate::model::Timestamp;
use crate::ui::count_text;

/// The height of the drawing, in its own units.
const HEIGHT: u64 = 48;

/// The width of an hour in the drawing.
const HOUR: usize = 10;

/// How many Resources changed for the last time in each hour, the newest hour last. `now` is when the newest one ends.
#[component]
pub(super) fn Activity(changed: Vec<u64>, now: Timestamp) -> impl IntoView {
    let total: u64 = changed.iter().sum();
    let most = changed.iter().copied().max().unwrap_or_default();
    let said = match (total, busiest(&changed)) {
        (0, _) | (_, None) => "No Resource has changed in the last 24 hours.".to_owned(),
        (1, _) => "1 Resource changed in the last 24 hours.".to_owned(),
        (_, Some((hours, count))) => {
            let when = match hours {
                0 => "in the last hour".to_owned(),
                _ => Timestamp(now.0 - hours * 60 * 60 * 1_000).relative_to(now),
            };
            format!("{} Resources changed, most {when}: {}.", count_text(total), count_text(count))
        }
    };
    let bars = changed
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(hour, count)| {
            let height = bar_height(*count, most);
            view! { <rect x=hour * HOUR + 1 y=HEIGHT - height width=HOUR - 2 height=height rx="1"></rect> }
        })
        .collect_view();
    let drawing = (total > 0).then(|| {
        view! {
            <svg class="h-9 w-full fill-accent" viewBox="0 0 240 49" preserveAspectRatio="none" aria-hidden="true">
                <rect class="fill-line" x="0" y="48" width="240" height="1"></rect>
                {bars}
            </svg>
        }
    });
    view! {
        <section class="grid content-start gap-1 rounded-lg max-xl:order-1 border border-line px-4 py-2.5" aria-labelledby="activity">
            <h2 id="activity" class="text-base font-normal text-muted">"Last 24 hours"</h2>
            <p class="text-sm">{said}</p>
            {drawing}
        </section>
    }
}

/// How high a bar is: in proportion, but never too low to be seen.
fn bar_height(count: u64, most: u64) -> u64 {
    if count == 0 { 0 } else { (count.saturating_mul(HEIGHT) / most.max(1)).clamp(2, HEIGHT) }
}

/// How many hours ago most Resources changed, and how many; the latest such hour.
fn busiest(changed: &[u64]) -> Option<(i64, u64)> {
    let (ago, count) =
        changed.iter().rev().enumerate().max_by_key(|(ago, count)| (**count, std::cmp::Reverse(*ago)))?;
    Some((i64::try_from(ago).ok()?, *count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hour_with_a_change_has_a_bar_that_can_be_seen() {
        assert_eq!((bar_height(0, 9), bar_height(1, 1_000_000), bar_height(9, 9)), (0, 2, HEIGHT));
        assert_eq!(busiest(&[5, 0, 7, 7, 1]), Some((1, 7)));
        assert_eq!(busiest(&[]), None);
    }
}
