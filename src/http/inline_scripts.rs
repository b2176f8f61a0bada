//! Lets the inline scripts of a page run by what they say instead of by a nonce.
//!
//! Leptos marks its scripts with a nonce, which makes every rendering of a page different from every other. Here the
//! nonce is taken out, and the policy of the page names the hashes of the marked scripts: the same page then is the
//! same bytes, which can be kept, and kept compressed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderValue, header::CONTENT_SECURITY_POLICY};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::{memchr, memmem, memrchr};
use sha2::{Digest, Sha256};

/// How the policy of a page names its nonce.
const SOURCE_START: &str = "'nonce-";

/// What stands before the nonce in the tag of a marked script.
const ATTRIBUTE_START: &[u8] = b" nonce=\"";

/// The nonce that the policy of an answer names.
pub(super) fn nonce_of(headers: &HeaderMap) -> Option<String> {
    let policy = headers.get(CONTENT_SECURITY_POLICY)?.to_str().ok()?;
    let (nonce, _) = policy.split_once(SOURCE_START)?.1.split_once('\'')?;
    (!nonce.is_empty()).then(|| nonce.to_owned())
}

/// The policy with hashes in the place of a nonce.
pub(super) fn policy_of_hashes(policy: &HeaderValue, nonce: &str, hashes: &BTreeSet<String>) -> Option<HeaderValue> {
    let mut sources = String::with_capacity(hashes.len() * 54);
    for hash in hashes {
        let _ = write!(sources, "'sha256-{hash}' ");
    }
    let policy = policy.to_str().ok()?;
    let named = format!("{SOURCE_START}{nonce}'");
    // With the blank behind it, so that none is left over without hashes.
    let policy = policy.replace(&format!("{named} "), &sources).replace(&named, sources.trim_end());
    HeaderValue::try_from(policy).ok()
}

/// The page without its nonce, and the hashes of the inline scripts that carried it. Only these are ours: nobody who
/// wrote what a page shows knows its nonce.
pub(super) fn without_nonce(page: &[u8], nonce: &str) -> (Vec<u8>, BTreeSet<String>) {
    let mut bare = Vec::with_capacity(page.len());
    // Where the tags of marked scripts end.
    let mut tags = Vec::new();
    let mut copied = 0;
    for at in memmem::find_iter(page, nonce) {
        let after = at + nonce.len();
        let is_attribute = page[copied..at].ends_with(ATTRIBUTE_START) && page.get(after) == Some(&b'"');
        if is_attribute {
            let attribute = at - ATTRIBUTE_START.len();
            bare.extend_from_slice(&page[copied..attribute]);
            copied = after + 1;
            if is_inline_script(&page[..attribute]) {
                tags.push(bare.len());
            }
        } else {
            bare.extend_from_slice(&page[copied..at]);
            copied = after;
        }
    }
    bare.extend_from_slice(&page[copied..]);
    let hashes = tags.into_iter().filter_map(|tag| Some(hash(script(&bare, tag)?))).collect();
    (bare, hashes)
}

/// Whether a page breaks off inside the tag of a script without a file of its own.
fn is_inline_script(before: &[u8]) -> bool {
    let Some(start) = memrchr(b'<', before) else { return false };
    let Some(attributes) = before[start..].strip_prefix(b"<script") else { return false };
    attributes.first().is_none_or(u8::is_ascii_whitespace) && memmem::find(attributes, b" src=").is_none()
}

/// What a script says, by a place in its tag behind which no attribute holds a `>`.
fn script(page: &[u8], tag: usize) -> Option<&[u8]> {
    let start = tag + memchr(b'>', &page[tag..])? + 1;
    let end = start + memmem::find(&page[start..], b"</script")?;
    Some(&page[start..end])
}

/// The hash of a script as policies write it.
pub(super) fn hash(script: &[u8]) -> String {
    // Browsers know one kind of line end only.
    let digest = if memchr(b'\r', script).is_none() {
        Sha256::digest(script)
    } else {
        let mut said = script.to_vec();
        let mut read = script.iter().copied().peekable();
        said.clear();
        while let Some(byte) = read.next() {
            if byte == b'\r' {
                let _ = read.next_if_eq(&b'\n');
            }
            said.push(if byte == b'\r' { b'\n' } else { byte });
        }
        Sha256::digest(said)
    };
    STANDARD.encode(digest)
}

#[cfg(test)]
mod tests {
    use super::super::security::page_policy;
    use super::*;

    const NONCE: &str = "Xk3fP0mJ2vQ9aB7cD1eG5g";

    fn hashes(page: &str) -> (String, Vec<String>) {
        let (bare, hashes) = without_nonce(page.replace("NONCE", NONCE).as_bytes(), NONCE);
        (String::from_utf8(bare).expect("text"), hashes.into_iter().collect())
    }

    #[test]
    fn a_hash_is_the_one_that_browsers_compute() {
        // The example of MDN and of the specification.
        let (page, found) = hashes("<script nonce=\"NONCE\">alert('Hello, world.');</script>");
        assert_eq!(page, "<script>alert('Hello, world.');</script>");
        assert_eq!(found, ["qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="]);
        assert_eq!(hash(b"a\r\nb\rc\n"), hash(b"a\nb\nc\n"), "browsers read line ends alike");
    }

    #[test]
    fn what_only_looks_like_a_script_of_ours_is_not_hashed() {
        for page in [
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
            "<p><script>alert(1)</script></p>",
            "<p><script nonce=\"guessed\">alert(1)</script></p>",
            "<p title='<script nonce=\"\">alert(1)</script>'></p>",
            "<script src=\"/a.js\" nonce=\"NONCE\"></script>",
            "<style nonce=\"NONCE\">a{}</style>",
            "<scripted nonce=\"NONCE\">a</scripted>",
        ] {
            let (bare, found) = hashes(page);
            assert_eq!(found, Vec::<String>::new(), "{page}");
            assert_eq!(bare, page.replace(" nonce=\"NONCE\"", ""));
        }
        // A text beside ours: only ours runs.
        let (_, found) = hashes(
            "<p>&lt;script nonce=&quot;x&quot;&gt;</p><script>alert(1)</script><script type=\"module\" nonce=\"NONCE\">1</script>",
        );
        assert_eq!(found, [hash(b"1")]);
    }

    #[test]
    fn the_nonce_is_gone_from_the_page() {
        let (page, found) = hashes(
            "<link rel=\"preload\" href=\"/a.wasm\" crossorigin=\"NONCE\"><script nonce=\"NONCE\">1</script>\
             <script nonce=\"NONCE\" type=\"module\">2</script><script nonce=\"NONCE\">1</script>NONCE",
        );
        assert_eq!(
            page,
            "<link rel=\"preload\" href=\"/a.wasm\" crossorigin=\"\"><script>1</script>\
             <script type=\"module\">2</script><script>1</script>"
        );
        assert_eq!(found.len(), 2, "the same script twice has one hash");
    }

    #[test]
    fn the_policy_names_hashes_instead_of_the_nonce() {
        let policy = page_policy(NONCE);
        let mut headers = HeaderMap::new();
        assert_eq!(nonce_of(&headers), None);
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
        assert_eq!(nonce_of(&headers).as_deref(), Some(NONCE));
        let named = |hashes: &[&str]| {
            let hashes = hashes.iter().map(|hash| (*hash).to_owned()).collect();
            let policy = policy_of_hashes(&policy, NONCE, &hashes).expect("a policy");
            let policy = policy.to_str().expect("text");
            policy.split("; ").find_map(|part| part.strip_prefix("script-src ")).expect("scripts").to_owned()
        };
        assert_eq!(named(&["a=", "b="]), "'self' 'sha256-a=' 'sha256-b=' 'wasm-unsafe-eval'");
        assert_eq!(named(&[]), "'self' 'wasm-unsafe-eval'");
    }
}
