//! The pages of the application and its server functions.

use std::sync::Arc;

use app::{App, shell};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list_with_exclusions_and_ssg_and_context};

use super::caching::{self, Revalidation};
use super::page_cache::PageCache;
use super::{HttpState, assets, redirects, security};

/// Every route of the application, rendered on the server, and every server function.
pub(super) fn routes(state: &HttpState) -> Router<HttpState> {
    let context = {
        let (catalog, files, split) = (state.catalog(), assets::site_files(), assets::split_manifest());
        move || {
            provide_context(Arc::clone(&catalog));
            if let Some(files) = &files {
                provide_context(files.clone());
            }
            // Pages ask for the part of the WebAssembly that they need before they are hydrated.
            if let Some(split) = &split {
                provide_context(split.clone());
            }
            // Lets the page's own scripts run, told apart by the nonce of this answer, and nothing else.
            if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
                response.insert_header(CONTENT_SECURITY_POLICY, security::page_policy(&nonce));
            }
        }
    };
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, || ());
    let options = Arc::clone(&state.options);
    let kept = PageCache::new(state.services.metrics.page_cache());
    let revalidation = Arc::new(Revalidation { catalog: state.catalog(), pages: kept });
    Router::new()
        .leptos_routes_with_context(state, routes, context, move || shell(options.as_ref().clone()))
        .layer(from_fn_with_state(revalidation, answer))
}

/// Leads to the one address of a page and answers there, from the kept pages where that is possible.
async fn answer(State(revalidation): State<Arc<Revalidation>>, request: Request, next: Next) -> Response {
    match redirects::to_canonical(&request) {
        Some(redirect) => redirect,
        None => caching::revalidate(&revalidation, request, next).await,
    }
}
