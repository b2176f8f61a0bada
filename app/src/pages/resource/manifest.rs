//! The Manifest tab: the text as it was reported, numbered and coloured.

use leptos::prelude::*;

use super::load::{ManifestPage, SHOWN_LINES};
use super::yaml;
use crate::components::{Copied, CopyButton, Icon};
use crate::model::Key;

/// The id of what the copy button copies.
const TEXT_ID: &str = "manifest-text";

/// The manifest of a Resource, or how to report one.
pub(super) fn manifest(page: ManifestPage, key: &Key) -> impl IntoView + use<> {
    let Some(text) = page.text else {
        return missing(key).into_any();
    };
    let html = yaml::to_html(&text);
    let whole = usize::try_from(page.lines).is_ok_and(|lines| lines <= SHOWN_LINES);
    let download = key.path().replacen("/resources/", "/export/manifest/", 1) + ".yaml";
    let extent = if whole {
        format!("{} {}.", page.lines, if page.lines == 1 { "line" } else { "lines" })
    } else {
        format!("The first {SHOWN_LINES} of {} lines; the download has all of them.", page.lines)
    };
    view! {
        <section class="manifest" aria-labelledby="manifest-title">
            <div class="manifest-bar">
                <h2 id="manifest-title">"Manifest"</h2>
                <p class="muted">{extent}" Secrets are masked."</p>
                {whole.then(|| view! { <CopyButton what=Copied::Content(TEXT_ID) label="Copy manifest"/> })}
                <a class="button" href=download download="" rel="external">
                    <Icon name="download"/>
                    "Download"
                </a>
            </div>
            <pre class="code-block manifest-text" tabindex="0"><code id=TEXT_ID inner_html=html></code></pre>
        </section>
    }
    .into_any()
}

fn missing(key: &Key) -> impl IntoView + use<> {
    view! {
        <div class="empty-state">
            <h2>"No manifest has been reported"</h2>
            <p>"Reading the Resource with its details reports it:"</p>
            <pre class="code-block"><code>{super::runtime::command("get -d", key)}</code></pre>
        </div>
    }
}
