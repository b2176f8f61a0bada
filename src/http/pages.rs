//! The pages and the server functions behind them.

use std::sync::{Arc, OnceLock};

use app::catalog::Catalog;
use app::document::{Document, Frame, SiteFiles, document, shell};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::config::LeptosOptions;
use leptos::nonce::{Nonce, use_nonce};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, render_app_async_with_context};
use tokio::sync::OnceCell;

use super::{HttpState, assets, security};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What pages are made with.
#[derive(Clone)]
pub(super) struct Pages {
    catalog: Arc<dyn Catalog>,
    options: LeptosOptions,
    frame: Arc<OnceCell<Frame>>,
}

pub(super) fn routes(state: &HttpState) -> Router<HttpState> {
    let catalog = state.catalog();
    let pages = Pages { catalog: Arc::clone(&catalog), options: state.options.clone(), frame: Arc::default() };
    let page = get(page).with_state(pages);
    Router::new()
        // No route of the application: these are the server functions alone.
        .leptos_routes_with_context(state, Vec::new(), move || provide_context(Arc::clone(&catalog)), || ())
        .route("/", page.clone())
        .route("/{*any}", page)
}

async fn page(State(pages): State<Pages>, address: Uri) -> Response {
    let frame = match pages.frame.get_or_try_init(|| frame(pages.options.clone())).await {
        Ok(frame) => frame,
        Err(reason) => {
            tracing::error!(reason, "the frame of the pages could not be rendered");
            return (StatusCode::INTERNAL_SERVER_ERROR, super::BROKEN).into_response();
        }
    };
    let address = address.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    let nonce = Nonce::new().to_string();
    let Document { status, html } = document(pages.catalog.as_ref(), frame, address, &nonce).await;
    // Lets the page's own scripts run, told apart by the nonce of this answer, and nothing else.
    let policy = security::page_policy(&nonce);
    (status, [(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, policy)], html).into_response()
}

/// Renders the application as the frame of all pages.
async fn frame(options: LeptosOptions) -> Result<Frame, &'static str> {
    let nonce = Arc::new(OnceLock::new());
    let context = {
        let (nonce, files) = (Arc::clone(&nonce), assets::site_files());
        move || {
            if let Some(files) = &files {
                provide_context::<SiteFiles>(files.clone());
            }
            if let Some(used) = use_nonce() {
                let _ = nonce.set(used.to_string());
            }
        }
    };
    let render = render_app_async_with_context(context, move || shell(options.clone()));
    let rendered = render(Request::new(Body::empty())).await;
    let body = axum::body::to_bytes(rendered.into_body(), usize::MAX).await.map_err(|_| "it broke off")?;
    let html = std::str::from_utf8(&body).map_err(|_| "it is no text")?;
    let nonce = nonce.get().ok_or("it has no nonce")?;
    Frame::of(html, nonce).ok_or("it lacks a place for a part of the page")
}
