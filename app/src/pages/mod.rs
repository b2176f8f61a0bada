//! The pages. Each is rendered on the server, for its own address and for browsers that go there from another page.

#[cfg(feature = "ssr")]
mod listing;
#[cfg(feature = "ssr")]
mod outcome;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod resource;
mod shown;
#[cfg(feature = "ssr")]
mod sources;

#[cfg(feature = "ssr")]
pub(crate) use outcome::outcome;
pub(crate) use shown::Page;
#[cfg(feature = "ssr")]
pub(crate) use shown::window_title;

#[cfg(feature = "ssr")]
use crate::api::{ApiError, Fragment};
#[cfg(feature = "ssr")]
use crate::catalog::Catalog;

/// The page at an address, path and query. What is not there, and what makes no sense, has a page that says so.
///
/// # Errors
/// When store or index do not answer.
#[cfg(feature = "ssr")]
pub(crate) async fn page(catalog: &dyn Catalog, address: &str) -> Result<Fragment, ApiError> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let segments: Vec<_> = path
        .trim_matches('/')
        .split('/')
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy())
        .collect();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    // Read before the page is made, so that what comes meanwhile is told again rather than missed.
    let seq = catalog.index_status().await.indexed_seq;
    let answer = match segments.as_slice() {
        [""] => overview::page(catalog).await,
        ["sources"] => sources::page(catalog).await,
        ["resources"] => listing::page(catalog, "", query).await,
        ["resources", types] => listing::page(catalog, types, query).await,
        ["resources", _, _] | ["resources", _, _, _] => resource::page(catalog, path, query).await,
        _ => Err(ApiError::NotFound { what: path.to_owned(), near: Vec::new() }),
    };
    let answer = answer.map(|fragment| followed(fragment, &segments, seq));
    match answer {
        Err(error @ (ApiError::NotFound { .. } | ApiError::Invalid(_))) => Ok(outcome(error)),
        answer => answer,
    }
}

/// The page with a marker that says which changes concern it. `seq` is the entry of the log up to which it is current.
#[cfg(feature = "ssr")]
fn followed(fragment: Fragment, segments: &[&str], seq: i64) -> Fragment {
    use crate::model::ResourceType;

    let follow = match segments {
        ["resources", types, ..] if fragment.follow.is_empty() => form_urlencoded::Serializer::new(String::new())
            .append_pair("type", ResourceType::from_slug(types).as_str())
            .finish(),
        _ => fragment.follow.clone(),
    };
    let marker = crate::components::marker(&follow, seq);
    Fragment { html: [marker.as_str(), &fragment.html].concat(), ..fragment }
}
