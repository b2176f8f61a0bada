//! The files of the site, embedded in the binary (in debug builds read from `target/site`).

use std::collections::HashMap;
use std::sync::LazyLock;

use app::SiteFiles;
use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::WasmSplitManifest;
use leptos::prelude::ArcStoredValue;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use super::HttpState;
use super::cache_policy::CachePolicy;
use super::encoding::{Accepted, Coding};
use super::etag::{names, names_any};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/target/site"]
struct Site;

/// Files of `public/` that are served at the root.
const PUBLIC_FILES: [&str; 2] = ["favicon.svg", "robots.txt"];

/// What the names of the files begin with that pages load first, and no others.
const OUTPUT_NAME: &str = "pharos";

/// Where the files are that the browser half is built into.
const PACKAGE: &str = "pkg/";

/// The addresses of the files that pages load; `None` when the server was built without a site.
pub(super) fn site_files() -> Option<SiteFiles> {
    let find = |ending| {
        let name = Site::iter().find(|name| is_main_file(name, ending));
        name.map(|name| format!("{}/{}", package_path(), &name[PACKAGE.len()..])).unwrap_or_default()
    };
    let files = SiteFiles { css: find("css"), js: find("js"), wasm: find("wasm") };
    (!files.css.is_empty()).then_some(files)
}

/// Which parts of the split WebAssembly each lazy page needs, for the links that load them ahead; `None` when it was
/// built in one piece.
pub(super) fn split_manifest() -> Option<WasmSplitManifest> {
    static MANIFEST: LazyLock<Option<WasmSplitManifest>> = LazyLock::new(|| {
        let find = |start: &str, ending: &str| {
            Site::iter().find_map(|name| {
                let name = name.strip_prefix(PACKAGE)?;
                (name.starts_with(start) && name.ends_with(ending)).then(|| name.to_owned())
            })
        };
        let manifest = find("__wasm_split_manifest", ".json")?;
        let loader = find("__wasm_split.", ".js")?;
        let text = Site::get(&format!("{PACKAGE}{manifest}"))?;
        let parts = match parts_of(&text.data, |part| Site::get(&format!("{PACKAGE}{part}.wasm")).is_some()) {
            Ok(parts) => parts,
            Err(error) => {
                tracing::error!(%error, manifest, "the parts of the WebAssembly are not known ahead");
                return None;
            }
        };
        Some(WasmSplitManifest(ArcStoredValue::new((package_path().to_owned(), parts, loader))))
    });
    MANIFEST.clone()
}

/// A word that changes with the build of the site: with any of its files.
pub(super) fn build_tag() -> &'static str {
    static TAG: LazyLock<String> = LazyLock::new(|| {
        let mut names: Vec<_> = Site::iter().collect();
        names.sort_unstable();
        let mut digest = Sha256::new();
        for name in names {
            digest.update(name.as_bytes());
            digest.update(Site::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
        }
        hexadecimal(&digest.finalize()[..8])
    });
    &TAG
}

/// Where the files of this build are. Their names alone do not tell builds apart: cargo-leptos names a file by what it
/// holds before it writes the names of others into it, so that a file may change and keep its name. In a folder of
/// their own, files of one build find one another and no others.
fn package_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| format!("/{PACKAGE}{}", build_tag()));
    &PATH
}

/// Whether a file of the site is the one that pages load first: `pkg/pharos.js`, or with a hash `pkg/pharos.HASH.js`.
fn is_main_file(name: &str, ending: &str) -> bool {
    let middle = || name.strip_prefix(PACKAGE)?.strip_prefix(OUTPUT_NAME)?.strip_suffix(ending)?.strip_suffix('.');
    middle().is_some_and(|middle| match middle.strip_prefix('.') {
        Some(hash) => !hash.is_empty() && !hash.contains(['.', '/']),
        None => middle.is_empty(),
    })
}

/// The parts that a manifest names for each lazy page, as far as they exist: cargo-leptos 0.3.7 garbles the names of
/// some.
fn parts_of(manifest: &[u8], exists: impl Fn(&str) -> bool) -> serde_json::Result<HashMap<String, Vec<String>>> {
    let mut parts: HashMap<String, Vec<String>> = serde_json::from_slice(manifest)?;
    for names in parts.values_mut() {
        names.retain(|name| exists(name));
    }
    Ok(parts)
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
    match file.strip_prefix(build_tag()).and_then(|file| file.strip_prefix('/')) {
        Some(file) => answer(&format!("{PACKAGE}{file}"), &headers, CachePolicy::Immutable),
        None => answer(&format!("{PACKAGE}{file}"), &headers, CachePolicy::Revalidate),
    }
}

fn answer(name: &str, headers: &HeaderMap, policy: CachePolicy) -> Response {
    let encoded = Accepted::of(headers).codings().find_map(|coding| {
        let ending = match coding {
            Coding::Brotli => "br",
            Coding::Gzip => "gz",
        };
        Some((Some(coding), Site::get(&format!("{name}.{ending}"))?))
    });
    let Some((coding, file)) = encoded.or_else(|| Some((None, Site::get(name)?))) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let tag = tag_of(&file);
    let mut response = if names(headers, &tag) || names_any(headers) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = file.data.into_response();
        response.headers_mut().insert(CONTENT_TYPE, content_type(name));
        if let Some(coding) = coding {
            response.headers_mut().insert(CONTENT_ENCODING, coding.header());
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
    let digest = hexadecimal(&file.metadata.sha256_hash()[..12]);
    HeaderValue::try_from(format!("\"{digest}\"")).expect("hexadecimal digits are valid in a header")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn content_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `cargo leptos build --split --precompress` makes, with hashed names.
    const FILES: [&str; 14] = [
        "favicon.svg",
        "pkg/__wasm_split.5Qm1l8Kx3nU7cW0aZbYdEf.js",
        "pkg/__wasm_split_manifest.Aq1l8Kx3nU7cW0aZbYdEf0.json",
        "pkg/chunk_1.Bq1l8Kx3nU7cW0aZbYdEf0.wasm",
        "pkg/chunk_1.Bq1l8Kx3nU7cW0aZbYdEf0.wasm.br",
        "pkg/pharos.Cq1l8Kx3nU7cW0aZbYdEf0.css",
        "pkg/pharos.Dq1l8Kx3nU7cW0aZbYdEf0.js",
        "pkg/pharos.Eq1l8Kx3nU7cW0aZbYdEf0.wasm",
        "pkg/pharos.Eq1l8Kx3nU7cW0aZbYdEf0.wasm.br",
        "pkg/pharos.d.Fq1l8Kx3nU7cW0aZbYdEf0.ts",
        "pkg/pharos_bg.wasm.d.Gq1l8Kx3nU7cW0aZbYdEf0.ts",
        "pkg/snippets/app-0/pharos.js",
        "pkg/split_pharos_listing.Hq1l8Kx3nU7cW0aZbYdEf0.wasm",
        "robots.txt",
    ];

    #[test]
    fn a_part_is_never_taken_for_the_whole() {
        let found = |ending| FILES.into_iter().filter(|name| is_main_file(name, ending)).collect::<Vec<_>>();
        assert_eq!(found("css"), ["pkg/pharos.Cq1l8Kx3nU7cW0aZbYdEf0.css"]);
        assert_eq!(found("js"), ["pkg/pharos.Dq1l8Kx3nU7cW0aZbYdEf0.js"]);
        assert_eq!(found("wasm"), ["pkg/pharos.Eq1l8Kx3nU7cW0aZbYdEf0.wasm"]);
        assert!(is_main_file("pkg/pharos.wasm", "wasm") && !is_main_file("pkg/pharos..wasm", "wasm"));
    }

    #[test]
    fn only_parts_that_exist_are_loaded_ahead() {
        let manifest = br#"{"listing": ["chunk_1.Bq1", "chunk_1.Bq10", "split_listing.H"], "overview": []}"#;
        let parts = parts_of(manifest, |part| !part.ends_with('0')).expect("a manifest");
        assert_eq!(parts["listing"], ["chunk_1.Bq1", "split_listing.H"]);
        assert!(parts["overview"].is_empty());
        assert!(parts_of(b"{", |_| true).is_err());
    }

    #[test]
    fn files_tell_what_they_are() {
        for (name, expected) in
            [("a.H.json", "application/json"), ("a.H.wasm", "application/wasm"), ("a", "application/octet-stream")]
        {
            assert_eq!(content_type(name), expected);
        }
    }
}
