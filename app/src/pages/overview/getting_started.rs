//! What the overview of an empty catalog says.

use leptos::prelude::*;

/// The three ways to fill the catalog.
pub(super) fn getting_started() -> impl IntoView {
    view! {
        <div class="empty-state">
            <h2>"The catalog is empty"</h2>
            <p>"Import a listing of the platform, a manifest, or look around with made-up Resources:"</p>
            <pre class="code-block">
                <code>
                    "dataos-ctl get -t depot -a | pharos import -\npharos import my-service.yaml\npharos demo --resources 1000"
                </code>
            </pre>
        </div>
    }
}
