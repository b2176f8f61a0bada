//! What an answer is made from, told by its address.
//!
//! An address that is not known here is made from everything: it is rendered too often then, and never shows what is no
//! longer so.

use std::borrow::Cow;

use app::catalog::{RevisionScope, Subjects};
use app::model::{ListingQuery, ResourceType};
use percent_encoding::percent_decode_str;

/// Where the server functions are.
const FUNCTIONS: &str = "/api/ui/";

/// Whether a path is that of a server function.
pub(super) fn is_function(path: &str) -> bool {
    path.starts_with(FUNCTIONS)
}

/// What the answer at an address, path and query, is made from.
pub(super) fn scope_of(address: &str) -> RevisionScope {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    match path.strip_prefix(FUNCTIONS) {
        Some(function) => of_function(function, &Parameters::of(query)),
        // Every page has the navigation, which shows the counts.
        None => of_page(path, query).with_counts(),
    }
}

fn of_page(path: &str, query: &str) -> RevisionScope {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["resources", types] => with_previewed(of_listing(&decoded(types), query), query),
        ["resources", types, _] | ["resources", types, _, _] => {
            of_resource(&decoded(types), Parameters::of(query).all("from"))
        }
        _ => RevisionScope::everything(),
    }
}

fn of_function(name: &str, parameters: &Parameters<'_>) -> RevisionScope {
    let one = |wanted: &str| parameters.all(wanted).next().unwrap_or_default();
    match name {
        "navigation" => RevisionScope::counts(),
        "listing" => of_listing(&one("types"), &one("query")).with_counts(),
        "rows" => of_rows(parameters.pairs().filter(|(name, _)| name.starts_with("ids")).map(|(_, id)| id)),
        "preview" => with_type(RevisionScope::of_types([]), &one("types")),
        "resource" | "details" | "runtime" | "changes" | "manifest" => {
            of_resource(&one("types"), parameters.all("from"))
        }
        _ => RevisionScope::everything(),
    }
}

/// A listing of one type, or of all without one.
fn of_listing(types: &str, query: &str) -> RevisionScope {
    let listing = ListingQuery::from_url(Some(types), query);
    match listing.resource_type {
        // Which words count as mistyped depends on the names of all types.
        Some(resource_type) if listing.q.is_empty() => RevisionScope::of_types([resource_type]),
        _ => RevisionScope::everything(),
    }
}

/// A listing beside which Resources are looked at.
fn with_previewed(scope: RevisionScope, query: &str) -> RevisionScope {
    let previewed = Parameters::of(query).all("preview");
    previewed.fold(scope, |scope, previewed| with_type(scope, previewed.split('/').next().unwrap_or_default()))
}

/// The same, made from the Resources of one more type.
fn with_type(scope: RevisionScope, types: &str) -> RevisionScope {
    match scope.subjects {
        Subjects::OfTypes(mut known) => {
            known.insert(ResourceType::from_slug(types));
            RevisionScope { subjects: Subjects::OfTypes(known), ..scope }
        }
        Subjects::Everything => scope,
    }
}

/// The page of a Resource: itself, the bundles that hold it, and its neighbours in the listings one came from.
fn of_resource<'a>(types: &str, from: impl Iterator<Item = Cow<'a, str>>) -> RevisionScope {
    let resource_type = ResourceType::from_slug(types);
    if resource_type.as_str().is_empty() || resource_type.is_composite() {
        return RevisionScope::everything();
    }
    let mut shown = vec![resource_type, ResourceType::new("bundle")];
    for address in from.filter(|address| !address.is_empty()) {
        match ListingQuery::from_address(&address) {
            Some(ListingQuery { resource_type: Some(listed), q, .. }) if q.is_empty() => shown.push(listed),
            _ => return RevisionScope::everything(),
        }
    }
    RevisionScope::of_types(shown)
}

/// Rows by their addresses, `/resources/depots/salesraw`.
fn of_rows<'a>(ids: impl Iterator<Item = Cow<'a, str>>) -> RevisionScope {
    let mut types = Vec::new();
    for id in ids {
        let segments: Vec<&str> = id.trim_matches('/').split('/').collect();
        let ["resources", slug, _] = segments.as_slice() else { return RevisionScope::everything() };
        types.push(ResourceType::from_slug(&decoded(slug)));
    }
    RevisionScope::of_types(types)
}

fn decoded(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

/// The parameters of a query string.
struct Parameters<'a>(&'a str);

impl<'a> Parameters<'a> {
    fn of(query: &'a str) -> Self {
        Self(query)
    }

    fn pairs(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> + use<'a> {
        form_urlencoded::parse(self.0.as_bytes())
    }

    fn all<'n>(&self, wanted: &'n str) -> impl Iterator<Item = Cow<'a, str>> + use<'a, 'n> {
        self.pairs().filter(move |(name, _)| name == wanted).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(names: &[&str]) -> RevisionScope {
        RevisionScope::of_types(names.iter().map(|name| ResourceType::new(name)))
    }

    #[test]
    fn an_answer_is_made_from_what_its_address_names() {
        let everything = RevisionScope::everything;
        for (address, expected) in [
            ("/", everything()),
            ("/resources", everything()),
            ("/resources?state=error", everything()),
            ("/sources", everything()),
            ("/nowhere", everything()),
            ("/a/b/c/d/e", everything()),
            ("/resources/depots", types(&["depot"]).with_counts()),
            ("/resources/depots?state=active&type=service", types(&["depot"]).with_counts()),
            ("/resources/%64epots", types(&["depot"]).with_counts()),
            ("/resources/vulcan", types(&["vulcan"]).with_counts()),
            ("/resources/depots?preview=services%2Fpublic.x", types(&["depot", "service"]).with_counts()),
            (
                "/resources/depots?state=active&preview=depots/x&preview=services/a.b",
                types(&["depot", "service"]).with_counts(),
            ),
            ("/resources?preview=depots/x", everything()),
            ("/resources/depots?q=salse", everything()),
            ("/resources/depots?%71=salse", everything()),
            ("/resources/depots/salesraw", types(&["depot", "bundle"]).with_counts()),
            ("/resources/depots/salesraw/events?before=7", types(&["depot", "bundle"]).with_counts()),
            (
                "/resources/depots/salesraw?from=%2Fresources%2Fservices%3Fstate%3Derror",
                types(&["depot", "bundle", "service"]).with_counts(),
            ),
            ("/resources/depots/salesraw?from=%2Fresources", everything()),
            ("/resources/depots/salesraw?from=%2Fresources%2Fdepots%3Fq%3Dx", everything()),
            ("/resources/depots/salesraw?from=%2Fresources%2Fdepots&from=%2Fresources", everything()),
            ("/resources/depots/salesraw?from=elsewhere", everything()),
            ("/resources/lenses/public.sales", everything()),
            ("/resources/lakehouses/public.lake/runtime", everything()),
            ("/resources/bundles/all", everything()),
            ("/api/ui/overview", everything()),
            ("/api/ui/sources", everything()),
            ("/api/ui/suggest?text=sa&types=depots", everything()),
            ("/api/ui/page?address=%2Fresources%2Fdepots", everything()),
            ("/api/ui/navigation?path=%2Fresources", RevisionScope::counts()),
            ("/api/ui/listing?types=depots&query=state%3Dactive", types(&["depot"]).with_counts()),
            ("/api/ui/listing?types=depots&query=q%3Dsales", everything()),
            ("/api/ui/listing?types=&query=", everything()),
            ("/api/ui/listing", everything()),
            (
                "/api/ui/rows?ids[0]=%2Fresources%2Fdepots%2Fx&ids[1]=/resources/services/a.b",
                types(&["depot", "service"]),
            ),
            ("/api/ui/rows?ids%5B0%5D=%2Fresources%2Fdepots%2Fx", types(&["depot"])),
            ("/api/ui/rows?ids[0]=depot:v1:x", everything()),
            ("/api/ui/rows", types(&[])),
            ("/api/ui/preview?types=services&fqn=a.b", types(&["service"])),
            ("/api/ui/resource?types=depots&fqn=x&from=", types(&["depot", "bundle"])),
            ("/api/ui/resource?types=depots&fqn=x&from=%2Fresources", everything()),
            ("/api/ui/resource?types=bundles&fqn=x", everything()),
            ("/api/ui/resource?fqn=x", everything()),
            ("/api/ui/details?types=services&fqn=a.b", types(&["service", "bundle"])),
            ("/api/ui/runtime?types=services&fqn=a.b&sort=-age", types(&["service", "bundle"])),
            ("/api/ui/changes?types=services&fqn=a.b&before=7", types(&["service", "bundle"])),
            ("/api/ui/manifest?types=services&fqn=a.b", types(&["service", "bundle"])),
            ("/api/ui/something-new?types=services", everything()),
        ] {
            assert_eq!(scope_of(address), expected, "{address}");
        }
    }
}
