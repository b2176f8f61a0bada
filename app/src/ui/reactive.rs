//! Parts of a view that follow signals.
//!
//! A closure in a view says the same, and is right for a text or an attribute. For whole parts of a page these are
//! quicker on the server: it calls a closure below a `Suspense` once to look for what must be loaded and once more to
//! render, and so makes everything in it twice.

use std::hash::Hash;

use leptos::prelude::*;
use leptos::tachys::reactive_graph::OwnedView;
use leptos::tachys::view::keyed::{SerializableKey, keyed};

/// A part of a view that is made anew whenever a signal that it reads changes. On the server, where no signal changes
/// while a page is rendered, it is made once, at once.
pub(crate) fn reactive<V: IntoView + 'static>(part: impl Fn() -> V + Send + 'static) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let part = untrack(part).into_any();
    #[cfg(not(feature = "ssr"))]
    let part = move || part().into_any();
    part
}

/// As `<For>`: one view per item, which is kept, and moved where the item moves, for as long as there is an item of its
/// key.
pub(crate) fn each<T, I, K, V>(
    items: impl Fn() -> I + Send + 'static,
    key: impl Fn(&T) -> K + Clone + Send + 'static,
    view: impl Fn(T) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    I: IntoIterator<Item = T> + Send + 'static,
    K: Eq + Hash + SerializableKey + 'static,
    V: IntoView + 'static,
{
    let parent = Owner::current().expect("views are made in an owner");
    let view = move |_, item| {
        let owner = parent.with(Owner::new);
        let view = owner.with(|| view(item));
        (drop, OwnedView::new_with_owner(view, owner))
    };
    reactive(move || keyed(items(), key.clone(), view.clone()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn the_server_makes_a_part_once() {
        let made = Arc::new(AtomicU32::new(0));
        let html = Owner::new().with(|| {
            let made = Arc::clone(&made);
            let mut view = reactive(move || {
                made.fetch_add(1, Ordering::Relaxed);
                view! { <p>"text"</p> }
            });
            view.dry_resolve();
            view.to_html()
        });
        assert!(html.contains("<p>text"), "{html}");
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }
}
