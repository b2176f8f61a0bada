//! Tables: dense rows where there is room for columns, cards where there is not, as on a phone.

use leptos::prelude::*;

use super::{Icon, IconName};

/// For the cells and titles of columns that hold numbers.
pub(crate) const NUMBER_CELL: &str = "text-end tabular-nums";

const SCROLLER: &str =
    "overflow-x-auto rounded-lg border border-line @max-[38rem]:overflow-x-visible @max-[38rem]:border-0";

const TABLE: &str = "w-full border-collapse [&_:is(th,td)]:text-start [&_:is(th,td).text-end]:text-end \
    [&_thead_th]:bg-raised [&_thead_th]:text-sm [&_thead_th]:font-semibold [&_thead_th]:whitespace-nowrap \
    [&_thead_th]:text-muted [&_thead_a]:inline-flex [&_thead_a]:items-center [&_thead_a]:gap-1 [&_thead_a]:text-inherit \
    [&_thead_th[aria-sort]_a]:text-ink [&_tbody_th]:font-normal \
    [&_tbody_tr]:border-t [&_tbody_tr]:border-line [&_tbody_tr:hover]:bg-raised ";

/// A cell of a card says what its value is: `data-label` stands before it.
const LABELLED_CARDS: &str = "[&_:is(th,td)]:px-2 [&_:is(th,td)]:py-1.5 \
    [&_:is(th,td)]:align-top \
    @max-[38rem]:block @max-[38rem]:[&_thead]:sr-only @max-[38rem]:[&_tbody]:grid @max-[38rem]:[&_tbody]:gap-2.5 \
    @max-[38rem]:[&_tbody_:is(tr,th)]:block @max-[38rem]:[&_tbody_tr]:min-w-0 @max-[38rem]:[&_tbody_tr]:rounded-lg \
    @max-[38rem]:[&_tbody_tr]:border @max-[38rem]:[&_tbody_tr]:px-3 @max-[38rem]:[&_tbody_tr]:py-2 \
    @max-[38rem]:[&_tbody_:is(th,td)]:px-0 @max-[38rem]:[&_tbody_:is(th,td)]:py-0.5 @max-[38rem]:[&_tbody_:is(th,td)]:wrap-anywhere \
    @max-[38rem]:[&_td]:grid @max-[38rem]:[&_td]:grid-cols-[6.5rem_minmax(0,1fr)] @max-[38rem]:[&_td]:justify-items-start \
    @max-[38rem]:[&_td]:gap-x-2 @max-[38rem]:[&_td.text-end]:text-start @max-[38rem]:[&_td]:before:row-span-6 \
    @max-[38rem]:[&_td]:before:text-muted @max-[38rem]:[&_td]:before:content-[attr(data-label)] @max-[38rem]:[&_td>*]:col-start-2 \
    @max-[38rem]:[&_td:empty]:hidden @max-[38rem]:[&_.badge]:whitespace-normal ";

/// A table with `thead` and `tbody`. `caption` names it to screen readers where no heading does; `class` adds to it.
/// One that `fits` drops columns by container queries where there is no room for them, and has cards of its own; others
/// can be scrolled sideways.
#[component]
pub(crate) fn DataTable(
    #[prop(optional)] caption: Option<&'static str>,
    #[prop(default = "")] class: &'static str,
    #[prop(optional)] fits: bool,
    children: Children,
) -> impl IntoView {
    let classes = [TABLE, if fits { "" } else { LABELLED_CARDS }, class].concat();
    let table = view! {
        <table class=classes>
            {caption.map(|caption| view! { <caption class="sr-only">{caption}</caption> })}
            {children()}
        </table>
    };
    // One that fits has no scroller, so that its titles can stay on top of the window.
    let table = if fits { table.into_any() } else { view! { <div class=SCROLLER>{table}</div> }.into_any() };
    view! { <div class="@container">{table}</div> }
}

/// The arrow of a column that the rows are sorted by; nothing where they are not. The title of the column says it by
/// `aria-sort`.
#[component]
pub(crate) fn SortArrow(descending: Option<bool>) -> impl IntoView {
    descending.map(|descending| {
        let name = if descending { IconName::ArrowDown } else { IconName::ArrowUp };
        view! { <Icon name class="size-3"/> }
    })
}
