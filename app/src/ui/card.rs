//! Boxes round what belongs together.

use leptos::prelude::*;

/// A box with a line round it.
#[component]
pub(crate) fn Card(children: Children) -> impl IntoView {
    view! { <div class="rounded-lg border border-line bg-ground px-4 py-3">{children()}</div> }
}

/// A list whose entries are parted by lines. The entries are `<li>` elements.
#[component]
pub(crate) fn CardList(children: Children) -> impl IntoView {
    view! {
        <ul class="rounded-lg border border-line [&>li]:grid [&>li]:grid-cols-[minmax(0,1fr)] [&>li]:gap-x-3 [&>li]:gap-y-0.5 [&>li]:px-3 [&>li]:py-1.5 md:[&>li]:grid-cols-[minmax(0,1fr)_auto] [&>li+li]:border-t [&>li+li]:border-line">
            {children()}
        </ul>
    }
}
