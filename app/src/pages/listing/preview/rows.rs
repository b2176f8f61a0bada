//! The rows on the screen: which one has the focus, and how it gets it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::layout::{RESULTS_ID, focus_in_place};

/// The path of the Resource whose row has the focus.
pub(super) fn focused_row() -> Option<String> {
    path_of_row(&document().active_element()?)
}

/// The path of the Resource in whose row an element is.
pub(super) fn path_of_row(element: &Element) -> Option<String> {
    let row = element.closest(&["#", RESULTS_ID, " tbody tr"].concat()).ok()??;
    let href = row.query_selector("th[scope=row] a[href]").ok()??.get_attribute("href")?;
    Some(href.split('?').next().unwrap_or_default().to_owned())
}

/// Gives the focus to the row of a Resource, if it is on the screen.
pub(super) fn focus_row(path: &str) {
    // Of letters, digits and `-_.~%/` only, so that it can stand in a selector.
    let selector = ["#", RESULTS_ID, " th[scope=row] a[href^=\"", path, "?\"]"].concat();
    let row = document().query_selector(&selector).ok().flatten();
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        focus_in_place(&row);
    }
}
