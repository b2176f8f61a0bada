//! What is offered while a text is typed.

use crate::api::ApiError;
use crate::api::suggest::{SuggestView, UnknownValue};
use crate::catalog::Catalog;
use crate::model::{FacetName, FacetValue, ListingQuery, MAX_QUERY_BYTES, ResourceType, SearchText};

/// Resources that are offered at a time.
const RESOURCES: usize = 10;

/// Values of a facet that are offered at a time.
const VALUES: usize = 8;

/// How many qualifiers of a text are looked at.
const QUALIFIERS: usize = 8;

/// What is offered for a text; nothing for a blank one, or one that is longer than any search. `types` is the segment of
/// the path of a listing; empty for all types.
pub(in crate::api) async fn suggestions(
    catalog: &dyn Catalog,
    text: &str,
    types: &str,
) -> Result<SuggestView, ApiError> {
    if text.trim().is_empty() || text.len() > MAX_QUERY_BYTES {
        return Ok(SuggestView::default());
    }
    let resource_type = ListingQuery::from_url(Some(types), "").resource_type;
    let resource_type = resource_type.as_ref();
    let mut view = SuggestView { resources: catalog.suggestions(text, RESOURCES).await?, ..SuggestView::default() };
    let mut begun = None;
    if let Some(word) = SearchText::unfinished(text)
        && let Some(facet) = word.facet
    {
        let value = facet.read_value(&word.begun).to_lowercase();
        view.values = values(catalog, facet, resource_type, &value, VALUES + 1).await?;
        view.values.retain(|offered| !is_named(offered, &value));
        view.values.truncate(VALUES);
        begun = Some((facet, value)).filter(|_| !view.values.is_empty());
    }
    view.unknown = unknown_values(catalog, resource_type, text, begun.as_ref()).await?;
    Ok(view)
}

/// What a listing asks for and no Resource has. Where something was found all the same, only what is not even a word of
/// the platform is told: that nothing failed is no mistake of who asks for what failed or is degraded.
pub(super) async fn unknown_in_listing(
    catalog: &dyn Catalog,
    query: &ListingQuery,
    total: u64,
) -> Result<Vec<UnknownValue>, ApiError> {
    let SearchText { qualifiers, excluded_qualifiers, .. } = query.search_text();
    let filters = query.filters.iter().map(|(facet, value)| (*facet, value.to_lowercase()));
    let is_strange =
        |(facet, value): &(FacetName, String)| facet.vocabulary().is_none_or(|words| !words.contains(&value.as_str()));
    let beside = excluded_qualifiers.into_iter().chain(filters).filter(is_strange);
    match total {
        0 => unknown_of(catalog, query.resource_type.as_ref(), qualifiers.into_iter().chain(beside), None).await,
        _ => unknown_of(catalog, None, beside, None).await,
    }
}

/// The values of a text that no Resource has, or none of a type. One that may still become another is left out.
async fn unknown_values(
    catalog: &dyn Catalog,
    resource_type: Option<&ResourceType>,
    text: &str,
    begun: Option<&(FacetName, String)>,
) -> Result<Vec<UnknownValue>, ApiError> {
    let SearchText { qualifiers, excluded_qualifiers, .. } = SearchText::parse(text);
    unknown_of(catalog, resource_type, qualifiers.into_iter().chain(excluded_qualifiers), begun).await
}

async fn unknown_of(
    catalog: &dyn Catalog,
    resource_type: Option<&ResourceType>,
    asked: impl Iterator<Item = (FacetName, String)>,
    begun: Option<&(FacetName, String)>,
) -> Result<Vec<UnknownValue>, ApiError> {
    let mut unknown: Vec<UnknownValue> = Vec::new();
    for qualifier in asked.take(QUALIFIERS) {
        let is_told = unknown.iter().any(|told| told.facet == qualifier.0 && told.value == qualifier.1);
        if is_told || begun == Some(&qualifier) {
            continue;
        }
        let (facet, value) = qualifier;
        // Most are known, and that is told quickly.
        if catalog.values(facet, resource_type, &value, 1).await?.first().is_some_and(|first| is_named(first, &value)) {
            continue;
        }
        let mut like = catalog.values(facet, resource_type, &value, VALUES + 1).await?;
        like.retain(|offered| SearchText::can_say(&offered.value));
        for frequent in values(catalog, facet, resource_type, "", VALUES + 1).await? {
            if !like.contains(&frequent) {
                like.push(frequent);
            }
        }
        let more = like.len() > VALUES;
        like.truncate(VALUES);
        unknown.push(UnknownValue { facet, value, values: like, more });
    }
    Ok(unknown)
}

async fn values(
    catalog: &dyn Catalog,
    facet: FacetName,
    resource_type: Option<&ResourceType>,
    begun: &str,
    limit: usize,
) -> Result<Vec<FacetValue>, ApiError> {
    let mut values = catalog.values(facet, resource_type, begun, limit).await?;
    values.retain(|value| SearchText::can_say(&value.value));
    Ok(values)
}

/// Whether a value is the one of a search text.
fn is_named(offered: &FacetValue, value: &str) -> bool {
    offered.value.to_lowercase() == value.trim()
}
