//! What a page can be told when it does not get what it asked for.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use super::encoding::JsonText;
use crate::model::Suggestion;

/// An outcome that a user can be shown. Holds nothing of the inside: that is logged where it happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// There is no such type or Resource.
    #[error("`{what}` is not in the catalog")]
    NotFound {
        /// What was asked for.
        what: String,
        /// Resources of a similar name.
        near: Vec<Suggestion>,
    },
    /// The request makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The server or its database does not answer.
    #[error("Pharos does not answer at the moment; try again in a while")]
    Unavailable,
    /// Something broke inside.
    #[error("something went wrong inside Pharos; its log has the details")]
    Internal,
}

/// A message as a sentence.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

impl FromServerFnError for ApiError {
    type Encoder = JsonText;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unavailable,
            // What answers with something else than Pharos does is a proxy, or Pharos under too much load.
            ServerFnErrorErr::Deserialization(_) if cfg!(not(feature = "ssr")) => Self::Unavailable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                let error = Self::Invalid("the request could not be read; load the page again".to_owned());
                #[cfg(feature = "ssr")]
                let error = error.with_status();
                error
            }
            _ => Self::Internal,
        }
    }
}

#[cfg(feature = "ssr")]
mod ssr {
    use http::StatusCode;
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    use super::ApiError;
    use crate::catalog::CatalogError;

    impl From<CatalogError> for ApiError {
        fn from(error: CatalogError) -> Self {
            match error {
                CatalogError::Unavailable | CatalogError::Rebuilding => Self::Unavailable,
                CatalogError::Invalid(reason) => Self::Invalid(reason),
                CatalogError::WouldDeleteTooMuch { .. } => Self::Invalid(error.to_string()),
                CatalogError::Internal => Self::Internal,
            }
        }
    }

    impl ApiError {
        /// The status of an answer that carries this.
        #[must_use]
        pub fn status(&self) -> StatusCode {
            match self {
                Self::NotFound { .. } => StatusCode::NOT_FOUND,
                Self::Invalid(_) => StatusCode::BAD_REQUEST,
                Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }

        /// Gives the answer under way (a page or a server function's) the status of this outcome.
        #[must_use]
        pub fn with_status(self) -> Self {
            if let Some(response) = use_context::<ResponseOptions>() {
                response.set_status(self.status());
            }
            self
        }
    }
}
