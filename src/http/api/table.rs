//! Tables of any size: rows that are sent while they are fetched.

use app::catalog::CatalogError;
use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt, stream};
use serde::Serialize;
use serde_json::Value;

use super::format::Format;

/// A row of a table: a flat record.
pub(crate) trait TableRow: Serialize + Send + 'static {
    /// The names of its fields, in the order of the columns.
    const COLUMNS: &'static [&'static str];
}

/// The body of a table, page after page, so that its size costs no memory. A page that cannot be fetched breaks it off,
/// which is the only way left to say that it is not whole.
pub(crate) fn body<T: TableRow>(
    format: Format,
    pages: impl Stream<Item = Result<Vec<T>, CatalogError>> + Send + 'static,
) -> Body {
    let (opening, closing) = match format {
        Format::Csv => (T::COLUMNS.join(",") + "\r\n", ""),
        Format::Json => ("[".to_owned(), "\n]\n"),
        Format::Ndjson | Format::Yaml => (String::new(), ""),
    };
    let mut is_first = true;
    let rows = pages.map(move |page| {
        let mut text = String::new();
        for row in page.map_err(std::io::Error::other)? {
            match format {
                Format::Csv => push_row(&mut text, T::COLUMNS, &row)?,
                Format::Json => {
                    text.push_str(if is_first { "\n" } else { ",\n" });
                    text.push_str(&serde_json::to_string(&row)?);
                }
                Format::Ndjson | Format::Yaml => {
                    text.push_str(&serde_json::to_string(&row)?);
                    text.push('\n');
                }
            }
            is_first = false;
        }
        Ok::<_, std::io::Error>(text)
    });
    let whole = stream::once(async { Ok(opening) }).chain(rows).chain(stream::once(async { Ok(closing.to_owned()) }));
    // The compression asks once more after the end.
    Body::from_stream(whole.map(|text| text.map(Bytes::from)).fuse())
}

fn push_row(text: &mut String, columns: &[&str], row: &impl Serialize) -> Result<(), serde_json::Error> {
    let record = serde_json::to_value(row)?;
    for (place, column) in columns.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        match record.get(column) {
            None | Some(Value::Null) => {}
            Some(Value::String(cell)) => push_cell(text, cell),
            Some(Value::Array(values)) => {
                let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                push_cell(text, &words.join(" "));
            }
            Some(value) => text.push_str(&value.to_string()),
        }
    }
    text.push_str("\r\n");
    Ok(())
}

/// One cell by RFC 4180. A spreadsheet would run a cell that begins like a formula, so such a cell gets a `'` before
/// it, as OWASP advises.
fn push_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !cell.contains([',', '"', '\r', '\n']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Node {
        name: &'static str,
        tags: [&'static str; 2],
        ready: u8,
        owner: Option<&'static str>,
    }

    impl TableRow for Node {
        const COLUMNS: &'static [&'static str] = &["name", "owner", "tags", "ready"];
    }

    async fn text(format: Format) -> String {
        let node = |name| Node { name, tags: ["a", "b"], ready: 1, owner: None };
        let pages = stream::iter([Ok(vec![node("x")]), Ok(vec![node("y,z")]), Ok(Vec::new())]);
        let bytes = axum::body::to_bytes(body(format, pages), usize::MAX).await.expect("a whole body");
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    #[tokio::test]
    async fn every_format_has_every_row() {
        assert_eq!(text(Format::Csv).await, "name,owner,tags,ready\r\nx,,a b,1\r\n\"y,z\",,a b,1\r\n");
        let json: Value = serde_json::from_str(&text(Format::Json).await).expect("JSON");
        assert_eq!(json[1]["name"], "y,z");
        assert_eq!(text(Format::Ndjson).await.lines().count(), 2);
    }

    #[tokio::test]
    async fn what_cannot_be_fetched_breaks_the_body_off() {
        let pages = stream::iter([Err::<Vec<Node>, _>(CatalogError::Unavailable)]);
        assert!(axum::body::to_bytes(body(Format::Json, pages), usize::MAX).await.is_err());
    }

    #[test]
    fn cells_cannot_break_out_or_run() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            let mut text = String::new();
            push_cell(&mut text, cell);
            assert_eq!(text, expected);
        }
    }
}
