//! How a row on the screen gets the focus.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::layout::{RESULTS_ID, focus_in_place};

/// Gives the focus to the row of a Resource, if it is on the screen.
pub(super) fn focus_row(path: &str) {
    // Of letters, digits and `-_.~%/` only, so that it can stand in a selector.
    let selector = ["#", RESULTS_ID, " th[scope=row] a[href^=\"", path, "?\"]"].concat();
    let row = document().query_selector(&selector).ok().flatten();
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        focus_in_place(&row);
    }
}
