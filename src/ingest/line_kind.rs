//! What a line looks like, seen alone.

/// What the log line of a command says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LogLine {
    /// A command begins: what follows has nothing to do with what was before.
    Begin,
    /// A `get` found nothing: a valid, empty result.
    Nothing,
    /// Anything else.
    Other,
}

/// Reads the log line of a command: `INFO[0001] 🔍 get...complete`, or as a pair of keys and values.
pub(super) fn log_line(plain: &str) -> Option<LogLine> {
    // What is copied from a document may be set in.
    let plain = plain.trim_start();
    let rest = ["INFO", "WARN", "WARNING", "ERRO", "ERROR", "DEBU", "DEBUG", "FATA", "FATAL", "TRAC", "TRACE", "PANI"]
        .iter()
        .find_map(|level| {
            let rest = plain.strip_prefix(level)?;
            match rest.strip_prefix('[') {
                Some(after) => {
                    let (seconds, message) = after.split_once(']')?;
                    seconds.bytes().all(|byte| byte.is_ascii_digit()).then_some(message)
                }
                // A table may have a column `ERROR`.
                None => (rest.starts_with(' ') && !rest.contains(['|', '│'])).then_some(rest),
            }
        })
        .or_else(|| {
            let key_value = plain.starts_with("time=\"") && plain.contains(" level=");
            key_value.then(|| plain.trim_end().trim_end_matches('"'))
        })?
        .trim();
    Some(if rest.ends_with("get...nothing") {
        LogLine::Nothing
    } else if rest.ends_with("...") {
        LogLine::Begin
    } else {
        LogLine::Other
    })
}

/// Whether a line is what somebody typed, with or without the prompt of a shell.
pub(super) fn is_command(plain: &str) -> bool {
    let trimmed = plain.trim();
    let mut words = trimmed.split_whitespace();
    let mut first = words.next().unwrap_or_default();
    // The environment of a shell stands before its prompt: `(venv) ada@host:~$`.
    if first.starts_with('(') && first.ends_with(')') {
        first = words.next().unwrap_or_default();
    }
    let is_prompt = |word: &str| matches!(word, "$" | ">" | "❯" | "➜") || word.ends_with(['$', '%', '❯']);
    if first == "dataos-ctl" || matches!(first, "$" | "❯" | "➜" | "✗" | "✔" | "λ" | "»") {
        return true;
    }
    let second = words.next();
    if first.contains('@') && (is_prompt(first) || first.ends_with('#')) {
        return true;
    }
    if first.starts_with('[')
        && first.contains('@')
        && second.is_some_and(|end| end.ends_with("]$") || end.ends_with("]#"))
    {
        return true;
    }
    if first == "PS" && trimmed.contains('>') {
        return true;
    }
    trimmed.contains(" dataos-ctl ") && !trimmed.contains(": ") && {
        let before = trimmed.split(" dataos-ctl ").next().unwrap_or_default();
        before
            .split_whitespace()
            .next_back()
            .is_some_and(|word| is_prompt(word) || word == "~" || word.ends_with(['#', '>']))
    }
}

/// Whether a line opens or closes a block of code in a document.
pub(super) fn is_fence(text: &str) -> bool {
    text.trim_start().starts_with("```") || text.starts_with("~~~")
}

/// Whether a line begins a YAML document by itself.
pub(super) fn is_document_marker(text: &str) -> bool {
    text == "---" || text.starts_with("--- ") || text.trim_end() == "---"
}

/// Whether a line may be the first of a manifest.
pub(super) fn begins_yaml(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.starts_with(['{', '[', '%'])
        || trimmed.starts_with("${{")
        || trimmed.starts_with("- ")
        || trimmed == "-"
        || is_key(trimmed)
}

/// Whether a line begins with `key:`.
pub(super) fn is_key(trimmed: &str) -> bool {
    let Some((key, rest)) = trimmed.split_once(':') else { return false };
    let key = key.trim_end().trim_matches(['"', '\'']);
    !key.is_empty()
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'))
        && (rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Whether a comment is the one that `get -d` puts above each document: `# name:v1:type`.
pub(super) fn is_id_comment(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|id| {
        let id = id.trim();
        (2..=3).contains(&id.matches(':').count()) && !id.contains(char::is_whitespace) && !id.contains("//")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_are_told_from_keys_and_headers() {
        for (line, kind) in [
            ("INFO[0000] 🔍 get...", Some(LogLine::Begin)),
            ("INFO[0001] 🔍 get...complete", Some(LogLine::Other)),
            ("    INFO[0001] 🔍 get...complete", Some(LogLine::Other)),
            ("INFO 🔍 get...nothing ", Some(LogLine::Nothing)),
            ("INFO[0000] \u{fc}\u{ee}\u{e7} get...", Some(LogLine::Begin)),
            ("time=\"2025-01-01T00:00:00Z\" level=info msg=\"🔍 get...nothing\"", Some(LogLine::Nothing)),
            ("ERROR | NAME", None),
            ("INFO: x", None),
            ("INFORMATION", None),
        ] {
            assert_eq!(log_line(line), kind, "{line}");
        }
    }

    #[test]
    fn commands_are_told_from_values() {
        for line in [
            "dataos-ctl get -t depot",
            "$ dataos-ctl get",
            "ada@host:~$ dataos-ctl get -a",
            "ada@host:~$",
            "➜  ~ dataos-ctl get",
            "➜  models git:(main) ✗ dataos-ctl get",
            "✗ dataos-ctl get -t depot",
            "  ~ dataos-ctl get",
            "(venv) ada@host:~$ cat listing.txt",
            "[ada@host ~]$ ls",
            "root@host:/# dataos-ctl get",
            "PS C:\\Users\\ada> dataos-ctl get",
        ] {
            assert!(is_command(line), "{line}");
        }
        for line in ["description: run dataos-ctl get", "name: x", "then dataos-ctl get is run"] {
            assert!(!is_command(line), "{line}");
        }
    }

    #[test]
    fn id_comments_are_told_from_other_comments() {
        assert!(is_id_comment("# pager:v1alpha:demo:public"));
        assert!(!is_id_comment("# see: https://example.com"));
        assert!(!is_id_comment("# note: this:is"));
    }
}
