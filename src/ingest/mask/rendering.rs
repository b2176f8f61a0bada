//! What a masked scalar looks like in the text.

use std::ops::Range;

use crate::masking::MASK;

/// A masked scalar with as many lines as it had: within double quotes a backslash joins lines.
pub(super) fn inline(raw: &str) -> String {
    let mut masked = format!("\"{MASK}");
    if let Some(last) = raw.lines().skip(1).last() {
        let indentation = &last[..last.len() - last.trim_start().len()];
        for _ in raw.lines().skip(1) {
            masked.push_str("\\\n");
            masked.push_str(indentation);
        }
    }
    masked.push('"');
    masked
}

/// A masked block of text with as many lines as it had.
pub(super) fn block(text: &str, span: &Range<usize>) -> String {
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let lead = &text[line_start..span.start];
    let raw = &text[span.clone()];
    let region = &text[line_start..span.end];
    let indentation = region
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or_default();
    let mut masked = String::with_capacity(raw.len());
    for (number, line) in raw.split_inclusive('\n').enumerate() {
        if line.trim().is_empty() {
            masked.push_str(line);
            continue;
        }
        let indented = if number == 0 { lead.len() } else { 0 };
        masked.push_str(&" ".repeat(indentation.saturating_sub(indented)));
        masked.push_str(MASK);
        if line.ends_with('\n') {
            masked.push('\n');
        }
    }
    masked
}
