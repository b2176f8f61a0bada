//! Running a program and reading what it prints.
//!
//! There is no shell in between: arguments are what they are. The program gets a bare environment, no input, a bounded
//! time and a bounded output, and is ended together with all that it started. Whatever ends badly gives nothing at all:
//! half a listing must never be taken for a whole one.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use app::model::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::SourceSettings;
use super::reading::{Reading, RunError, read_text};
use super::secret::{Secret, last_line_without_secrets};
use crate::config::{Placed, Section, quoted};

/// The most that is read of the output where nothing else is said.
const MAX_OUTPUT: u64 = 64 << 20;

/// The end of standard error that is looked at, in bytes.
const SAID_BYTES: usize = 4_096;

/// The longest line of standard error that is told, in characters.
const SAID_SHOWN: usize = 300;

/// What of the environment every program gets: where programs and files are, and how to write texts and times.
const ENVIRONMENT: [&str; 8] = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SystemRoot"];

/// How a program is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSettings {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder it runs in; that of Pharos where none is said.
    pub folder: Option<PathBuf>,
    /// Further variables of the environment that it gets.
    pub pass_environment: Vec<String>,
    /// The most that is read of its output, in bytes.
    pub max_output: u64,
}

impl CommandSettings {
    pub(super) fn read(section: &Section<'_, '_>) -> Option<Self> {
        const RUN: &str = "a list of texts: the program and its arguments, such as \
                           `[\"dataos-ctl\", \"get\", \"-t\", \"depot\", \"-a\"]`";
        if !section.has("run") {
            section.missing("run", RUN);
        }
        let run = section.texts("run", RUN);
        let folder = section.text("folder", "a folder");
        let passed = section.texts("pass_environment", "a list of names of variables, such as `[\"DATAOS_TOKEN\"]`");
        let max_output = section.bytes("max_output", crate::ingest::MAX_INPUT_BYTES);
        let mut pass_environment = Vec::new();
        for Placed { value, line } in passed.map(|passed| passed.value).unwrap_or_default() {
            if value.is_empty() || value.contains(['=', '\0', ' ']) {
                // It may well be a secret that was put there by mistake.
                section.refuse(line, "pass_environment", "a text that is no name", "the name of a variable only");
            }
            pass_environment.push(value);
        }
        let run = run?;
        let mut words = run.value.into_iter();
        let Some(program) = words.next().filter(|program| !program.value.trim().is_empty()) else {
            section.refuse(run.line, "run", "no program", RUN);
            return None;
        };
        if program.value.contains(char::is_whitespace) && words.len() == 0 {
            let expected = "the program and each of its arguments as texts of their own: there is no shell";
            section.refuse(program.line, "run", &quoted(&program.value), expected);
        }
        Some(Self {
            program: program.value,
            arguments: words.map(|word| word.value).collect(),
            folder: folder.map(|folder| PathBuf::from(folder.value)),
            pass_environment,
            max_output: max_output.unwrap_or(MAX_OUTPUT),
        })
    }
}

pub(super) async fn read(
    command: &CommandSettings,
    settings: &SourceSettings,
    at: Timestamp,
) -> Result<Reading, RunError> {
    let output = run(command).await?;
    let (settings, program) = (settings.clone(), command.program.clone());
    let read = tokio::task::spawn_blocking(move || read_text(&output, &program, &settings, at));
    read.await.map_err(|_| RunError::CutOff)?
}

async fn run(settings: &CommandSettings) -> Result<Vec<u8>, RunError> {
    let mut command = Command::new(&settings.program);
    command.args(&settings.arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut secrets = Vec::new();
    for name in ENVIRONMENT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    for name in &settings.pass_environment {
        if let Some(value) = std::env::var_os(name) {
            secrets.extend(value.to_str().map(|value| Secret::new(value.to_owned())));
            command.env(name, value);
        }
    }
    if let Some(folder) = &settings.folder {
        command.current_dir(folder);
    }
    command.kill_on_drop(true);
    // A group of its own, so that what the program starts can be ended with it.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(|source| RunError::Start { program: settings.program.clone(), source })?;
    let mut group = Group::of(&child);
    let output = child.stdout.take().ok_or(RunError::CutOff)?;
    let errors = child.stderr.take().ok_or(RunError::CutOff)?;
    let cannot_read = |source| RunError::Start { program: settings.program.clone(), source };
    let read = async { bounded(output, settings.max_output).await.map_err(cannot_read)?.ok_or(too_long(settings)) };
    let said = async { Ok(end_of(errors).await) };
    // Where the output is too long, the rest is not waited for: dropping the group ends it.
    let (output, said) = tokio::try_join!(read, said)?;
    let status = child.wait().await.map_err(cannot_read)?;
    group.disband();
    if status.success() {
        return Ok(output);
    }
    let said: String = last_line_without_secrets(&said, &secrets).chars().take(SAID_SHOWN).collect();
    let said = if said.is_empty() { said } else { format!(": {said}") };
    Err(RunError::Ended { program: settings.program.clone(), how: how(status), said })
}

fn too_long(settings: &CommandSettings) -> RunError {
    RunError::TooLong { limit: settings.max_output, key: "max_output" }
}

fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.code().map_or_else(|| "an unknown exit code".to_owned(), |code| format!("exit code {code}"))
}

/// All of an output; `None` when it is longer than it may be.
async fn bounded(output: impl AsyncRead + Unpin, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    output.take(limit + 1).read_to_end(&mut bytes).await?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// The end of what a program says, without colours. What comes before is read past.
async fn end_of(mut errors: impl AsyncRead + Unpin) -> String {
    let mut end: Vec<u8> = Vec::new();
    let mut piece = [0; SAID_BYTES];
    let mut is_cut = false;
    loop {
        match errors.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(length) => {
                end.extend_from_slice(&piece[..length]);
                let surplus = end.len().saturating_sub(SAID_BYTES);
                is_cut |= surplus > 0;
                end.drain(..surplus);
            }
        }
    }
    let text = anstream::adapter::strip_str(&String::from_utf8_lossy(&end)).to_string();
    // The word that was cut may be the end of a secret, which nobody could tell.
    match text.find(char::is_whitespace) {
        Some(blank) if is_cut => text[blank..].to_owned(),
        None if is_cut => String::new(),
        _ => text,
    }
}

/// A program and all that it started. Dropping it ends them.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        Self { leader: number.and_then(rustix::process::Pid::from_raw) }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Self {}
    }

    /// The program has ended by itself: its number may belong to another one soon.
    fn disband(&mut self) {
        #[cfg(unix)]
        {
            self.leader = None;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            // One that is gone already is as good as ended.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}
