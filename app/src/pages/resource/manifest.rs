//! The Manifest tab: the text as it was reported, numbered and coloured.

use leptos::prelude::*;

use super::parts::command;
use super::tab::{replace, tab};
use super::yaml;
use crate::api::{Current, ManifestView, load_manifest};
use crate::model::Key;
use crate::ui::{ButtonLink, CodeBlock, Copied, CopyButton, EmptyState, Icon, IconName};

/// The manifest of a Resource, or how to report one.
#[component]
pub(super) fn ManifestTab() -> impl IntoView {
    tab(|address| load_manifest(address.types, address.fqn), replace, |_, answer| manifest_view(answer).into_any())
}

fn manifest_view(answer: &Current<ManifestView>) -> impl IntoView + use<> {
    let ManifestView { key, text, lines } = answer.value.clone();
    let key = key?;
    Some(match text {
        Some(text) => view! { <Manifest key text lines/> }.into_any(),
        None => view! { <NoManifest key/> }.into_any(),
    })
}

#[component]
fn Manifest(key: Key, text: String, lines: u32) -> impl IntoView {
    let html = yaml::to_html(&text);
    let shown = text.lines().count();
    let is_whole = usize::try_from(lines).is_ok_and(|lines| lines <= shown);
    let download = key.path().replacen("/resources/", "/export/manifest/", 1) + ".yaml";
    let extent = if is_whole {
        format!("{lines} {}.", if lines == 1 { "line" } else { "lines" })
    } else {
        format!("The first {shown} of {lines} lines; the download has all of them.")
    };
    let copy = is_whole.then(|| view! { <CopyButton what=Copied::Text(text) label="Copy manifest"/> });
    view! {
        <section class="grid grid-cols-[minmax(0,1fr)] gap-2" aria-labelledby="manifest-title">
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
                <h2 id="manifest-title">"Manifest"</h2>
                <p class="min-w-48 flex-1 text-muted">{extent} " Secrets are masked."</p>
                {copy}
                <ButtonLink href=download download=true rel="external">
                    <Icon name=IconName::Download/>
                    "Download"
                </ButtonLink>
            </div>
            <pre class="manifest" tabindex="0"><code inner_html=html></code></pre>
        </section>
    }
}

#[component]
fn NoManifest(key: Key) -> impl IntoView {
    view! {
        <EmptyState title="No manifest has been reported">
            <p>"Reading the Resource with its details reports it:"</p>
            <CodeBlock text=command("get -d", &key)/>
        </EmptyState>
    }
}
