//! The reference: the description of the API as a page that loads nothing but this site's style, and runs nothing but
//! the line that applies the chosen theme.

use std::fmt::Write as _;
use std::sync::LazyLock;

use app::PREFERENCES_SCRIPT;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::openapi::document;
use crate::http::assets;
use crate::http::cache_policy::CachePolicy;
use crate::http::etag::{names, names_any};
use crate::http::inline_scripts;
use crate::http::problem::ProblemKind;

/// Only the script of the theme runs on this page, and only the site's own style and icons load.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let theme = inline_scripts::hash(PREFERENCES_SCRIPT.as_bytes());
    let policy = format!(
        "default-src 'none'; base-uri 'none'; script-src 'sha256-{theme}'; style-src 'self'; img-src 'self' data:; \
         form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("a hash is made of letters, digits and signs")
});

/// A text that never changes while the process runs, and its tag.
struct Fixed {
    text: String,
    tag: HeaderValue,
}

impl Fixed {
    fn new(text: String) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let tag = digest[..12].iter().fold(String::new(), |mut tag, byte| {
            // Writing into a `String` cannot fail.
            let _ = write!(tag, "{byte:02x}");
            tag
        });
        // Weak, since the same text is sent compressed as well.
        let tag = HeaderValue::try_from(format!("W/\"{tag}\"")).expect("hexadecimal digits are valid in a header");
        Self { text, tag }
    }

    fn answer(&self, headers: &HeaderMap, content_type: &'static str) -> Response {
        let known = names(headers, &self.tag) || names_any(headers);
        let mut response = match known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => ([(CONTENT_TYPE, content_type)], self.text.clone()).into_response(),
        };
        response.headers_mut().insert(ETAG, self.tag.clone());
        response.headers_mut().insert(CACHE_CONTROL, CachePolicy::Revalidate.header());
        response
    }
}

/// `GET /api/openapi.json`.
pub(super) async fn openapi(headers: HeaderMap) -> Response {
    static TEXT: LazyLock<Fixed> = LazyLock::new(|| Fixed::new(format!("{:#}\n", document())));
    TEXT.answer(&headers, "application/json")
}

/// `GET /api`.
pub(super) async fn page(headers: HeaderMap) -> Response {
    static PAGE: LazyLock<Fixed> = LazyLock::new(|| Fixed::new(rendered(document())));
    let mut response = PAGE.answer(&headers, "text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    response
}

/// Text in HTML; code that is marked with backticks is code.
fn text(value: &str) -> String {
    let mut html = String::with_capacity(value.len());
    for (place, part) in value.split('`').enumerate() {
        let part = part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        match place % 2 {
            0 => html.push_str(&part),
            _ => {
                let _ = write!(html, "<code>{part}</code>");
            }
        }
    }
    html
}

fn said<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A schema in few words, with links to those that have a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        return format!("<a href=\"#{0}\">{0}</a>", text(name));
    }
    for name in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[name].as_array().filter(|_| !schema["properties"].is_object()) {
            return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    let word = match &schema["type"] {
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        Value::String(word) => word.clone(),
        _ => "any".to_owned(),
    };
    let mut told = word.replace("array", &format!("list of {}", kind_of_items(schema)));
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().filter_map(Value::as_str).map(|value| text(&format!("`{value}`"))).collect();
        told = values.join(", ");
    }
    if said(schema, "format") == "date-time" {
        told.push_str(", RFC 3339");
    }
    for (name, words) in [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("maxLength", "at most this many characters:"),
        ("maxItems", "at most this many:"),
    ] {
        if let Some(bound) = schema[name].as_u64() {
            let _ = write!(told, ", {words} {bound}");
        }
    }
    told
}

fn kind_of_items(schema: &Value) -> String {
    match schema["items"].is_object() {
        true => kind(&schema["items"]),
        false => "any".to_owned(),
    }
}

/// A titled list: name, what it may be, and what it means where that is said. Nothing where there are no rows.
fn push_list(html: &mut String, title: &str, rows: impl Iterator<Item = [String; 3]>) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = write!(html, "<h4>{}</h4><dl>", text(title));
    for [name, kind, description] in rows {
        let _ = write!(html, "<div><dt><code>{name}</code></dt><dd>{kind}</dd>");
        if !description.is_empty() {
            let _ = write!(html, "<dd>{description}</dd>");
        }
        html.push_str("</div>");
    }
    html.push_str("</dl>");
}

fn push_operation(html: &mut String, path: &str, method: &str, operation: &Value) {
    let id = said(operation, "operationId");
    let _ = write!(
        html,
        "<section id=\"{id}\"><h3><code>{} {}</code></h3><p>{}</p>",
        method.to_uppercase(),
        text(path),
        text(&format!("{} {}", said(operation, "summary"), said(operation, "description")).replace('\n', " "))
    );
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let rows = parameters.map(|parameter| {
        let required = if parameter["required"].as_bool() == Some(true) { "" } else { "optional, " };
        let place = said(parameter, "in");
        let kind = format!("{required}{place}, {}", kind(&parameter["schema"]));
        [text(said(parameter, "name")), kind, text(said(parameter, "description"))]
    });
    push_list(html, "Parameters", rows);
    let contents = |content: &Value| -> Vec<[String; 3]> {
        fields(content).map(|(media, body)| [text(media), kind(&body["schema"]), String::new()]).collect()
    };
    let body = &operation["requestBody"];
    push_list(html, &format!("Body. {}", said(body, "description")), contents(&body["content"]).into_iter());
    for (status, response) in fields(&operation["responses"]).filter(|(status, _)| status.starts_with('2')) {
        let caption = format!("Answer {status}. {}", said(response, "description"));
        push_list(html, &caption, contents(&response["content"]).into_iter());
    }
    html.push_str("</section>");
}

fn push_schema(html: &mut String, name: &str, schema: &Value) {
    let description = text(&said(schema, "description").replace('\n', " "));
    let _ = write!(html, "<section id=\"{0}\"><h3>{0}</h3><p>{description}</p>", text(name));
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows = fields(&schema["properties"]).map(|(name, field)| {
        let optional = if required.contains(&name.as_str()) { "" } else { "optional, " };
        let description = text(&said(field, "description").replace('\n', " "));
        [text(name), format!("{optional}{}", kind(field)), description]
    });
    push_list(html, "Fields", rows);
    if !schema["properties"].is_object() {
        let _ = write!(html, "<p>{}</p>", kind(schema));
    }
    html.push_str("</section>");
}

fn rendered(document: &Value) -> String {
    let style = assets::site_files().map(|files| format!("<link rel=\"stylesheet\" href=\"{}\">", text(&files.css)));
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>REST API · Pharos</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><script>{PREFERENCES_SCRIPT}</script>{}</head>\
         <body class=\"reference\"><a href=\"#main\">Skip to content</a>\
         <header><a href=\"/\" title=\"Overview\" aria-label=\"Pharos: overview\"><i></i>Pharos</a>\
         <nav aria-label=\"Site\"><a href=\"/resources\">All Resources</a><a href=\"/sources\">Sources</a></nav></header>\
         <main id=\"main\" tabindex=\"-1\"><h1>REST API</h1><p>{}</p>\
         <p>The same as a document for programs: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI {}).</p>",
        style.unwrap_or_default(),
        text(said(&document["info"], "description")),
        text(said(document, "openapi"))
    );
    html.push_str("<nav aria-label=\"Contents\"><ul>");
    let operations: Vec<(&String, &String, &Value)> = fields(&document["paths"])
        .flat_map(|(path, methods)| fields(methods).map(move |(method, operation)| (path, method, operation)))
        .collect();
    for (path, method, operation) in &operations {
        let id = said(operation, "operationId");
        let _ = write!(html, "<li><a href=\"#{id}\"><code>{} {}</code></a></li>", method.to_uppercase(), text(path));
    }
    html.push_str("<li><a href=\"#shapes\">Shapes</a></li><li><a href=\"#problems\">Problems</a></li></ul></nav>");
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = said(tag, "name");
        let _ = write!(html, "<h2>{}</h2><p>{}</p>", text(name), text(said(tag, "description")));
        for (path, method, operation) in &operations {
            let tagged = operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == name));
            if tagged {
                push_operation(&mut html, path, method, operation);
            }
        }
    }
    html.push_str("<h2 id=\"shapes\">Shapes</h2>");
    for (name, schema) in fields(&document["components"]["schemas"]) {
        push_schema(&mut html, name, schema);
    }
    html.push_str(
        "<h2 id=\"problems\">Problems</h2><p>Every answer that is no success is a <a href=\"#Problem\">Problem</a> \
         (RFC 9457, <code>application/problem+json</code>). Its <code>type</code> is one of these.</p>",
    );
    for kind in ProblemKind::ALL {
        let _ = write!(
            html,
            "<section id=\"{0}\"><h3><code>/api/problems/{0}</code></h3><p>{1}: {2}.</p></section>",
            kind.name(),
            kind.status().as_u16(),
            text(kind.title())
        );
    }
    html.push_str("</main></body></html>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_operation_shape_and_problem() {
        let html = rendered(document());
        for (_, methods) in fields(&document()["paths"]) {
            for (_, operation) in fields(methods) {
                let id = said(operation, "operationId");
                assert!(!id.is_empty() && html.contains(&format!("id=\"{id}\"")), "{id}");
            }
        }
        for (name, _) in fields(&document()["components"]["schemas"]) {
            assert!(html.contains(&format!("id=\"{name}\"")), "{name}");
        }
        assert!(ProblemKind::ALL.iter().all(|kind| html.contains(&format!("id=\"{}\"", kind.name()))));
        assert!(!html.contains("http://") && !html.contains("https://"), "nothing leads or loads from elsewhere");
        assert_eq!(html.matches("<script").count(), 1);
        assert!(!html.contains("style=\""), "nothing that the policy forbids");
    }

    #[test]
    fn the_policy_lets_the_theme_be_applied_and_nothing_else_run() {
        let html = rendered(document());
        let (_, script) = html.split_once("<script>").expect("a script");
        let (script, _) = script.split_once("</script>").expect("its end");
        let policy = POLICY.to_str().expect("text");
        let scripts = policy.split("; ").find_map(|part| part.strip_prefix("script-src ")).expect("scripts");
        assert_eq!(scripts, format!("'sha256-{}'", inline_scripts::hash(script.as_bytes())));
    }

    #[test]
    fn headings_go_down_one_level_at_a_time() {
        let html = rendered(document());
        let levels: Vec<u32> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html[at + 2..].chars().next().and_then(|level| level.to_digit(10)))
            .collect();
        assert_eq!(levels[0], 1);
        assert!(levels.len() > 20 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(text("`<b>` & \"x\""), "<code>&lt;b&gt;</code> &amp; &quot;x&quot;");
    }
}
