//! The HTML document that the server sends.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;

/// The addresses of the files that a page loads. The server provides them in the context; without them, as in tests
/// of the HTML alone, a page is plain and does not hydrate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteFiles {
    /// The style sheet.
    pub css: String,
    /// The JavaScript module that loads the WebAssembly.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
}

/// Applies what the reader chose before anything is painted: the theme, and how listings look.
pub const PREFERENCES_SCRIPT: &str = "try{for(const k of['theme','density','without']){const v=localStorage.getItem('pharos-'+k);\
     if(v)document.documentElement.dataset[k]=v}}catch{}";

/// The document round [`App`].
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let files = use_context::<SiteFiles>();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content="Every Resource of the data platform: is it there, is it working, and where did it break?"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <script nonce=use_nonce()>{PREFERENCES_SCRIPT}</script>
                {files.map(site_files)}
                <AutoReload options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Loads the page again where the WebAssembly has ended, as it does when a part of it could not be fetched: a page that no
/// longer follows its links would be of no use. Waits for the server, and does so once a minute at most.
const RELOAD_SCRIPT: &str = "{const again=()=>fetch('/healthz').then(()=>location.reload(),()=>setTimeout(again,3e3));\
    addEventListener('error',({error})=>{const last=sessionStorage.getItem('pharos-reloaded')||0;\
    if(error instanceof WebAssembly.RuntimeError&&Date.now()-last>6e4){\
    sessionStorage.setItem('pharos-reloaded',Date.now());again()}})}";

fn site_files(files: SiteFiles) -> impl IntoView {
    let hydrate = (!files.js.is_empty() && !files.wasm.is_empty()).then(|| {
        // The page is whole and its links work without the WebAssembly, so that waits until all of it is shown.
        let script = format!(
            "addEventListener('load',()=>(self.requestIdleCallback||setTimeout)(()=>import({:?})\
             .then(page=>page.default({{module_or_path:{:?}}}).then(page.hydrate))))",
            files.js, files.wasm
        );
        view! {
            <script nonce=use_nonce()>{RELOAD_SCRIPT}</script>
            <script nonce=use_nonce()>{script}</script>
        }
    });
    view! {
        <link rel="stylesheet" href=files.css/>
        {hydrate}
    }
}
