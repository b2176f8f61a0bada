//! The pages and the server functions behind them.

use std::sync::Arc;

use app::shell::{SiteFiles, shell};
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{ErrorHandler, LeptosRoutes, ResponseOptions, generate_route_list};

use super::{HttpState, assets, security};

pub(super) fn routes(state: &HttpState) -> Router<HttpState> {
    let routes = generate_route_list(app::App);
    let context = {
        let catalog = state.catalog();
        let files = assets::site_files();
        move || {
            provide_context(Arc::clone(&catalog));
            if let Some(files) = &files {
                provide_context::<SiteFiles>(files.clone());
            }
            content_security_policy();
        }
    };
    let shell_options = state.options.clone();
    Router::new()
        .leptos_routes_with_context(state, routes, context.clone(), move || shell(shell_options.clone()))
        .fallback_service(ErrorHandler::new_with_context(context, shell, state.options.clone()))
}

/// Lets the page's own scripts run, told apart by the nonce of this answer, and nothing else. Server functions have
/// no nonce and get the policy of plain answers.
fn content_security_policy() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    if let Ok(policy) = HeaderValue::from_str(&security::page_policy(&nonce)) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
