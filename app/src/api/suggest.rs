//! Suggestions while typing.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::encoding::Json;
use super::{ApiError, Current};
use crate::model::{FacetName, FacetValue, ResourceType, Suggestion};

/// What is offered for a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestView {
    /// The Resources that best fit it, the best first.
    pub resources: Vec<Suggestion>,
    /// Values that its last word may become.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<FacetValue>,
    /// Its values that no Resource has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownValue>,
}

/// A value that a search asks for and no Resource has, and those that there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownValue {
    /// Of what it would be a value.
    pub facet: FacetName,
    /// The value as the search text reads it.
    pub value: String,
    /// Values that there are: those like it first, then the most frequent.
    pub values: Vec<FacetValue>,
    /// Whether there are others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

impl UnknownValue {
    /// What there is to say about it, before the values are listed. `resource_type` is the type that the search is
    /// limited to.
    #[must_use]
    pub fn note(&self, resource_type: Option<&ResourceType>) -> String {
        let what = resource_type.map_or_else(|| "Resources".to_owned(), ResourceType::plural);
        let facet = if self.facet == FacetName::Tag { "Tag" } else { self.facet.label() };
        let rest = match (self.values.is_empty(), self.more) {
            (true, _) => "",
            (false, false) => " There are:",
            (false, true) => " There are, among others:",
        };
        format!("No {what} have the {facet} “{}”.{rest}", crate::model::shortened(&self.value))
    }
}

/// What is offered for what has been typed so far. `types` is the segment of the path of the listing that the search is
/// limited to, empty for all types.
///
/// # Errors
/// When index or store do not answer.
#[server(prefix = "/api/ui", endpoint = "suggest", input = GetUrl, output = Json)]
pub async fn suggest(
    #[server(default)] text: String,
    #[server(default)] types: String,
) -> Result<Current<SuggestView>, ApiError> {
    use super::build;

    let catalog = build::catalog()?;
    build::current(&*catalog, build::suggestions(&*catalog, &text, &types)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_what_has_no_such_value() {
        let mut unknown =
            UnknownValue { facet: FacetName::Tag, value: "foo".to_owned(), values: Vec::new(), more: false };
        assert_eq!(unknown.note(None), "No Resources have the Tag “foo”.");
        unknown.values.push(FacetValue { value: "gold".to_owned(), count: 1 });
        assert_eq!(unknown.note(None), "No Resources have the Tag “foo”. There are:");
        unknown.more = true;
        let depot = ResourceType::new("depot");
        assert_eq!(unknown.note(Some(&depot)), "No Depots have the Tag “foo”. There are, among others:");
    }
}
