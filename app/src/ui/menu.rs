//! A button with a panel of choices below it.

use leptos::prelude::*;

use super::{Icon, IconName};

/// The choices are links, buttons and labels; a paragraph is the title of those below it.
const PANEL: &str = "absolute right-0 z-20 mt-1 max-h-[70dvh] w-56 overflow-y-auto rounded-lg border border-line bg-ground p-1.5 \
    shadow-panel max-md:right-auto max-md:left-0 [&_:is(a,button,label)]:flex [&_:is(a,button,label)]:min-h-8 \
    [&_:is(a,button,label)]:w-full [&_:is(a,button,label)]:items-center [&_:is(a,button,label)]:justify-between \
    [&_:is(a,button,label)]:gap-3 [&_:is(a,button,label)]:rounded-sm [&_:is(a,button,label)]:px-2 [&_:is(a,button,label)]:text-ink \
    [&_:is(a,button,label)]:hover:bg-hover [&_a]:hover:no-underline [&_[aria-current]]:font-semibold \
    [&_[aria-current]]:text-accent [&_p]:px-2 [&_p]:pt-2 [&_p]:text-sm [&_p]:font-semibold [&_p]:text-muted";

/// Choices that fold out below a button, which `name` names as a group. It works without JavaScript, since it is an element that browsers fold; only one
/// is open at a time.
#[component]
pub(crate) fn Menu(
    name: &'static str,
    label: impl Fn() -> String + Send + Sync + 'static,
    icon: IconName,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="group relative" name="menus">
            <summary class="inline-flex min-h-8 list-none items-center gap-1.5 rounded-md border border-line bg-ground px-3 whitespace-nowrap hover:bg-hover [&::-webkit-details-marker]:hidden">
                <Icon name=icon/>
                {label}
            </summary>
            <div class=PANEL role="group" aria-label=name>
                {children()}
            </div>
        </details>
    }
}
