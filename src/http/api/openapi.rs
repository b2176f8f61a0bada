//! The description of the API, made from its handlers and types.

use std::sync::LazyLock;

use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{collated, listing, overview, resource, resource_parts, writes};
use crate::http::live;
use crate::http::problem::Problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Pharos",
        version = "1",
        description = "Every Resource of the data platform: is it there, is it working, and where did it break? \
                       Reads and writes the catalog. Conventions, limits and the compatibility promise are in docs/api.md."
    ),
    paths(
        listing::all_types,
        listing::one_type,
        resource::one,
        resource_parts::nodes,
        resource_parts::changes,
        resource_parts::manifest,
        overview::counts,
        overview::suggestions,
        live::changes,
        writes::observations,
        writes::import,
        collated::report,
    ),
    components(schemas(Problem)),
    tags(
        (name = "Resources", description = "What is in the catalog."),
        (name = "Changes", description = "What changes, as it comes."),
        (name = "Writing", description = "What sources report. Needs a token whose scope covers what is reported."),
        (name = "Reports", description = "The same facts in the shape of the platform's own reports.")
    )
)]
struct Description;

/// The OpenAPI document.
#[must_use]
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| completed(&Description::openapi()));
    &DOCUMENT
}

/// With what holds for all operations, and what types alone cannot say.
fn completed(description: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(description).unwrap_or_default();
    let problem = |description: &str| {
        json!({
            "description": description,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        })
    };
    for operation in document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        for operation in operation.as_object_mut().into_iter().flat_map(|operations| operations.values_mut()) {
            operation["responses"]["4XX"] = problem("The request is at fault");
            operation["responses"]["5XX"] = problem("The server cannot answer now");
        }
    }
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "Made with `pharos token create`." }
    });
    document["components"]["schemas"]["Observation"]["anyOf"] =
        json!([{ "required": ["id"] }, { "required": ["type", "name"] }]);
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rewrite the snapshot with `PHAROS_WRITE_SNAPSHOTS=1`.
    #[test]
    fn the_description_is_the_one_that_was_promised() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi.json");
        let now = format!("{:#}\n", document());
        if std::env::var_os("PHAROS_WRITE_SNAPSHOTS").is_some() {
            std::fs::write(path, &now).expect("the snapshot is written");
        }
        let promised = std::fs::read_to_string(path).expect("a snapshot");
        assert!(
            now == promised,
            "the API has changed: see that old clients still work, then write the snapshot anew with \
             `PHAROS_WRITE_SNAPSHOTS=1 cargo nextest run openapi`"
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
                    Value::String(target) if name == "$ref" => found.push(target.clone()),
                    value => references(value, found),
                }),
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        references(document(), &mut found);
        assert!(!found.is_empty());
        for target in found {
            assert!(document().pointer(target.trim_start_matches('#')).is_some(), "{target}");
        }
    }

    #[test]
    fn a_listing_takes_the_parameters_that_are_described() {
        let described: Vec<&str> = document()["paths"]["/api/v1/resources"]["get"]["parameters"]
            .as_array()
            .expect("parameters")
            .iter()
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let read: Vec<&str> = super::super::listing_parameters::LISTING.iter().map(|(name, _)| *name).collect();
        assert_eq!(described, read);
    }
}
