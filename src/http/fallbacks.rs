//! What programs are answered where no route takes their request.

use axum::http::{Method, Uri};

use super::problem::{Problem, ProblemKind};

/// What an address answers to a method that it does not take.
pub(super) async fn method_not_allowed(method: Method, address: Uri) -> Problem {
    let detail = format!(
        "`{}` does not take `{method}`. The header `Allow` has the methods that it takes; `/api` describes them.",
        shown(&address)
    );
    Problem::new(ProblemKind::MethodNotAllowed, detail)
}

/// What is answered where there is nothing.
pub(super) async fn unknown_address(address: Uri) -> Problem {
    let detail = format!("There is nothing at `{}`. `/api` describes all addresses.", shown(&address));
    Problem::new(ProblemKind::UnknownAddress, detail)
}

fn shown(address: &Uri) -> String {
    address.path().chars().take(200).collect()
}
