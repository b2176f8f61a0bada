//! The files of the site, embedded in the binary (in debug builds read from `target/site`).

use std::sync::LazyLock;

use app::SiteFiles;
use axum::Router;
use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::HttpState;
use super::caching::{CachePolicy, names};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/target/site"]
struct Site;

/// Files of `public/` that are served at the root.
const PUBLIC_FILES: [&str; 2] = ["favicon.svg", "robots.txt"];

/// The addresses of the files that pages load; `None` when the server was built without a site.
pub(super) fn site_files() -> Option<SiteFiles> {
    let find = |ending: &str| {
        Site::iter()
            .find(|name| name.starts_with("pkg/pharos") && name.ends_with(ending))
            .map(|name| format!("/{name}"))
            .unwrap_or_default()
    };
    let files = SiteFiles { css: find(".css"), js: find(".js"), wasm: find(".wasm") };
    (!files.css.is_empty()).then_some(files)
}

/// A word that changes with the build of the site.
pub(super) fn build_tag() -> &'static str {
    static TAG: LazyLock<String> = LazyLock::new(|| {
        site_files().map_or_else(String::new, |files| format!("{}{}{}", files.css, files.js, files.wasm))
    });
    &TAG
}

pub(super) fn routes() -> Router<HttpState> {
    let mut router = Router::new().route("/pkg/{*file}", get(package_file));
    for name in PUBLIC_FILES {
        router = router.route(
            &format!("/{name}"),
            get(move |headers: HeaderMap| async move { answer(name, &headers, CachePolicy::Revalidate) }),
        );
    }
    router
}

async fn package_file(Path(file): Path<String>, headers: HeaderMap) -> Response {
    answer(&format!("pkg/{file}"), &headers, CachePolicy::Immutable)
}

fn answer(name: &str, headers: &HeaderMap, policy: CachePolicy) -> Response {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| {
        accepted.split(',').any(|entry| {
            let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
            name.trim() == coding && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    let encoded = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts(coding))
        .find_map(|(coding, ending)| Some((Some(coding), Site::get(&format!("{name}{ending}"))?)));
    let Some((coding, file)) = encoded.or_else(|| Some((None, Site::get(name)?))) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let tag = tag_of(&file);
    let mut response = if headers.get(IF_NONE_MATCH).is_some_and(|known| names(known, &tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = file.data.into_response();
        response.headers_mut().insert(CONTENT_TYPE, content_type(name));
        if let Some(coding) = coding {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, policy.header());
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn tag_of(file: &EmbeddedFile) -> HeaderValue {
    let digest: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{digest}\"")).expect("hexadecimal digits are valid in a header")
}

fn content_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}
