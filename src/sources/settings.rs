//! The settings of sources, as `pharos.toml` has them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use app::model::{ExpectedSource, Scope, SourceKind};

use super::{CollatedSettings, CommandSettings, DirectorySettings};
use crate::config::{Placed, Section, list, nearest, quoted};

/// How often a source is asked where nothing else is said.
const INTERVAL: Duration = Duration::from_secs(5 * 60);
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
const LONGEST_INTERVAL: Duration = Duration::from_secs(31 * 24 * 3_600);

/// How long a run may take where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(60);
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(100);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 3_600);

/// The most sources.
const MAX_SOURCES: usize = 200;

/// A source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSettings {
    /// Its name, under which its observations are kept.
    pub name: String,
    /// How often it is asked or expected to report; `None` for whenever it likes.
    pub interval: Option<Duration>,
    /// Each run is put off by a random time up to this, so that many do not come at once.
    pub jitter: Duration,
    /// How long a run may take.
    pub timeout: Duration,
    /// Of what a run that succeeds is a complete listing.
    pub complete: Vec<Scope>,
    /// The workspace of workspace-level Resources that name none.
    pub workspace: String,
    /// How it is asked.
    pub kind: KindSettings,
}

/// How a source is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindSettings {
    /// By running a program.
    Command(CommandSettings),
    /// By polling the platform's reports.
    Collated(CollatedSettings),
    /// By reading a folder.
    Directory(DirectorySettings),
    /// Not at all.
    Push,
}

impl KindSettings {
    /// The most bytes that a run reads, and the key that sets it; `None` where nothing is read.
    pub(super) fn most(&self) -> Option<(u64, &'static str)> {
        match self {
            Self::Command(command) => Some((command.max_output, "max_output")),
            Self::Collated(collated) => Some((collated.max_total, "max_total")),
            Self::Directory(directory) => Some((directory.max_total, "max_total")),
            Self::Push => None,
        }
    }

    /// Takes relative paths from a folder.
    pub(crate) fn base_at(&mut self, folder: &Path) {
        let base = |path: &mut Option<PathBuf>| {
            if let Some(path) = path {
                crate::config::based(folder, path);
            }
        };
        match self {
            Self::Command(command) => base(&mut command.folder),
            Self::Collated(collated) => {
                base(&mut collated.ca_file);
                collated.token.base_at(folder);
            }
            Self::Directory(directory) => crate::config::based(folder, &mut directory.path),
            Self::Push => {}
        }
    }
}

impl SourceSettings {
    /// Whether Pharos asks it, rather than waits for it.
    #[must_use]
    pub fn is_run(&self) -> bool {
        self.kind != KindSettings::Push
    }

    /// What is expected of it.
    #[must_use]
    pub fn expected(&self) -> ExpectedSource {
        let kind = match &self.kind {
            KindSettings::Command(_) => SourceKind::Command,
            KindSettings::Collated(_) => SourceKind::Collated,
            KindSettings::Directory(_) => SourceKind::Directory,
            KindSettings::Push => SourceKind::Push,
        };
        let millis = |interval: Duration| i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
        ExpectedSource { name: self.name.clone(), kind, interval_ms: self.interval.map(millis) }
    }
}

/// The sources of a configuration.
pub(crate) fn settings(root: &Section<'_, '_>) -> Vec<SourceSettings> {
    let sections = root.sections("source");
    let mut names = HashSet::new();
    let mut sources = Vec::with_capacity(sections.len());
    for (place, section) in sections.into_iter().enumerate() {
        if place == MAX_SOURCES {
            root.refuse(section.line(), "source", "one source more", &format!("at most {MAX_SOURCES}"));
        }
        sources.extend(source(section, &mut names));
    }
    sources
}

fn source(section: Section<'_, '_>, names: &mut HashSet<String>) -> Option<SourceSettings> {
    let name = name(&section, names);
    let kind = kind(&section);
    let interval = section.duration("interval", SHORTEST_INTERVAL, LONGEST_INTERVAL);
    let kind = kind?;
    if kind == SourceKind::Push {
        section.end();
        return Some(SourceSettings {
            name: name?,
            interval,
            jitter: Duration::ZERO,
            timeout: TIMEOUT,
            complete: Vec::new(),
            workspace: "public".to_owned(),
            kind: KindSettings::Push,
        });
    }
    let interval = interval.unwrap_or(INTERVAL);
    let jitter = section.duration("jitter", Duration::ZERO, LONGEST_INTERVAL);
    let timeout = section.duration("timeout", SHORTEST_TIMEOUT, LONGEST_TIMEOUT);
    let complete = scopes(&section);
    let workspace = section.text("workspace", "the name of a workspace").map(|workspace| workspace.value);
    let kind = match kind {
        SourceKind::Command => CommandSettings::read(&section).map(KindSettings::Command),
        SourceKind::Collated => CollatedSettings::read(&section).map(KindSettings::Collated),
        SourceKind::Directory => DirectorySettings::read(&section).map(KindSettings::Directory),
        SourceKind::Push => None,
    };
    section.end();
    Some(SourceSettings {
        name: name?,
        interval: Some(interval),
        jitter: jitter.unwrap_or(interval / 10),
        timeout: timeout.unwrap_or(TIMEOUT),
        complete,
        workspace: workspace.unwrap_or_else(|| "public".to_owned()),
        kind: kind?,
    })
}

fn name(section: &Section<'_, '_>, names: &mut HashSet<String>) -> Option<String> {
    const EXPECTED: &str = "a name of at most 64 bytes, such as `depots`";
    if !section.has("name") {
        section.missing("name", EXPECTED);
    }
    let Placed { value, line } = section.text("name", EXPECTED)?;
    if value.len() > 64 || value.contains(char::is_control) {
        section.refuse(line, "name", &quoted(&value), EXPECTED);
        return None;
    }
    if !names.insert(value.clone()) {
        section.refuse(line, "name", &quoted(&value), "a name that no other source has");
        return None;
    }
    Some(value)
}

fn kind(section: &Section<'_, '_>) -> Option<SourceKind> {
    let words = SourceKind::ALL.map(SourceKind::as_str);
    let expected = format!("one of {}", list(&words));
    if !section.has("kind") {
        section.missing("kind", &expected);
    }
    let Placed { value, line } = section.text("kind", &expected)?;
    let kind = SourceKind::parse(&value);
    if kind.is_none() {
        let meant = nearest(&value, &words).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        section.refuse(line, "kind", &quoted(&value), &format!("{expected}{meant}"));
    }
    kind
}

fn scopes(section: &Section<'_, '_>) -> Vec<Scope> {
    const EXPECTED: &str = "a list of `TYPE` or `TYPE:WORKSPACE`, such as `[\"depot\", \"service:public\"]`";
    let Some(texts) = section.texts("complete", EXPECTED) else { return Vec::new() };
    let mut scopes = Vec::new();
    for Placed { value, line } in texts.value {
        match Scope::parse(&value) {
            Some(scope) if !scopes.contains(&scope) => scopes.push(scope),
            Some(_) => {}
            None => section.refuse(line, "complete", &quoted(&value), EXPECTED),
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigError, ConfigFile};

    fn parse(text: &str) -> Result<Vec<SourceSettings>, ConfigError> {
        ConfigFile::of_text("pharos.toml", text).read(settings)
    }

    fn faults(text: &str) -> Vec<String> {
        match parse(text) {
            Err(ConfigError::Wrong(faults)) => faults.iter().map(ToString::to_string).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_source_needs_little() {
        let sources = parse(
            "[[source]]\nname = \"depots\"\nkind = \"command\"\nrun = [\"dataos-ctl\", \"get\"]\n\
             [[source]]\nname = \"ci\"\nkind = \"push\"\n",
        )
        .expect("it is right");
        assert_eq!(sources.len(), 2);
        assert_eq!(sources[0].interval, Some(INTERVAL));
        assert_eq!(sources[0].jitter, Duration::from_secs(30));
        assert_eq!(sources[1].expected().interval_ms, None, "nobody knows when it reports");
        assert!(parse("").expect("nothing is fine").is_empty());
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_its_line() {
        let found = faults(
            "[[source]]\nname = \"depots\"\nkind = \"command\"\nrun = [\"x\", 1]\nintervall = \"5m\"\n\
             timeout = \"5 potatoes\"\ncomplete = [\":\"]\n\n[[source]]\nname = \"depots\"\nkind = \"comand\"\n",
        );
        assert_eq!(
            found,
            [
                "pharos.toml:4: `source.run`: found a number, expected a list of texts: the program and its arguments, \
                 such as `[\"dataos-ctl\", \"get\", \"-t\", \"depot\", \"-a\"]`",
                "pharos.toml:5: `source.intervall`: found an unknown key, expected a key that is known here; did you \
                 mean `interval`?",
                "pharos.toml:6: `source.timeout`: found `5 potatoes`, expected a length of time such as `30s`, `5m` \
                 or `2h`",
                "pharos.toml:7: `source.complete`: found `:`, expected a list of `TYPE` or `TYPE:WORKSPACE`, such as \
                 `[\"depot\", \"service:public\"]`",
                "pharos.toml:10: `source.name`: found `depots`, expected a name that no other source has",
                "pharos.toml:11: `source.kind`: found `comand`, expected one of `command`, `collated`, `directory`, \
                 `push`; did you mean `command`?",
            ]
        );
    }

    #[test]
    fn what_is_missing_is_told_where_it_should_be() {
        let found = faults("# nothing\n\n[[source]]\ninterval = \"5m\"\n[sourc]\n");
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("pharos.toml:3: `source.name`: found nothing"), "{found:?}");
        assert!(found[1].starts_with("pharos.toml:3: `source.kind`: found nothing"), "{found:?}");
        assert!(found[2].contains(":5: `sourc`") && found[2].contains("did you mean `source`?"), "{found:?}");
    }

    #[test]
    fn what_is_not_toml_is_told_without_what_it_says() {
        let found = faults("[[source]]\nname = \"a\"\ntoken = hunter2\n");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("pharos.toml:3: found something that is not TOML"), "{found:?}");
        assert!(!found[0].contains("hunter2"), "{found:?}");
    }

    #[test]
    fn bounds_are_told() {
        let found = faults(
            "[[source]]\nname = \"a\"\nkind = \"push\"\ninterval = \"1ms\"\n[[source]]\nname = \"b\"\n\
             kind = \"directory\"\npath = \"x\"\nmax_file = \"9 TiB\"\ninterval = 5\n",
        );
        assert!(found[0].contains("from `1s` to `31d`"), "{found:?}");
        assert!(found[1].contains("`source.max_file`: found `9 TiB`"), "{found:?}");
        assert!(found[2].contains("found a number, expected a length of time"), "{found:?}");
    }
}
