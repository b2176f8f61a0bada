//! Comments: they repeat secrets, and hold what was commented out.

use std::ops::Range;

use super::Masker;
use crate::masking::{MASK, mask_text, normalised};

impl Masker<'_> {
    /// Masks the comments.
    pub(super) fn comments(&mut self, is_secret: bool) {
        let search = self.repeated.search();
        let body = is_secret.then(|| self.body_start()).flatten();
        for group in groups(self.text, &self.tree.comments) {
            // Together they are a text, of which one line may tell what the next ones are.
            let whole: String = group.iter().map(|range| without_sign(&self.text[range.clone()])).collect();
            let masked = mask_text(&whole);
            let lines: Option<Vec<&str>> = masked
                .as_deref()
                .map(|text| text.lines().collect())
                .filter(|lines: &Vec<_>| lines.len() == group.len());
            for (number, range) in group.iter().enumerate() {
                let comment = &self.text[range.clone()];
                // A line of data that was commented out is still a secret.
                let is_data = body.is_some_and(|body| range.start > body) && comment.contains([':', '=']);
                let new = if is_data || search.as_ref().is_some_and(|search| search.finds(comment)) {
                    Some(format!("# {MASK}"))
                } else if masked.is_none() {
                    None
                } else {
                    match lines.as_ref().and_then(|lines| lines[number].get(1..)) {
                        Some(line) => (line != &comment[1..]).then(|| format!("#{line}")),
                        None => Some(format!("# {MASK}")),
                    }
                };
                if let Some(new) = new {
                    self.masked.edits.push((range.clone(), new));
                }
            }
        }
    }

    /// Where the body of a secret begins.
    fn body_start(&self) -> Option<usize> {
        let is_body = |key: &str| matches!(key, "secret" | "instancesecret" | "spec" | "data" | "stringdata");
        self.tree
            .entries(self.tree.root)
            .iter()
            .find(|(key, _)| self.tree.scalar(*key).is_some_and(|key| is_body(&normalised(&key.value))))
            .map(|(key, _)| self.tree.nodes[*key].span.start)
    }
}

/// A comment as a line of text: a blank in the place of its sign keeps what is below where it is.
fn without_sign(comment: &str) -> String {
    format!(" {}\n", comment.get(1..).unwrap_or_default())
}

/// The comments of lines that follow one another.
fn groups(text: &str, comments: &[Range<usize>]) -> Vec<Vec<Range<usize>>> {
    let mut groups: Vec<Vec<Range<usize>>> = Vec::new();
    for comment in comments {
        let follows = groups.last().and_then(|group| group.last()).is_some_and(|last| {
            let between = &text[last.end..comment.start];
            between.trim().is_empty() && between.matches('\n').count() == 1
        });
        match groups.last_mut() {
            Some(group) if follows => group.push(comment.clone()),
            _ => groups.push(vec![comment.clone()]),
        }
    }
    groups
}
