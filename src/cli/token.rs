//! `pharos token`: makes, lists and revokes tokens.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use app::model::Timestamp;
use clap::{Args, Subcommand};

use super::DatabaseArguments;
use super::duration::duration;
use crate::access::{Grant, Token};
use crate::catalog::system_clock;
use crate::store::{self, NewToken, Store, StoredToken};

/// The longest name of a token, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// A start of so many characters is told from all others.
const LEAST_START: usize = "pharos_".len() + 4;

#[derive(Debug, Args)]
pub(super) struct TokenArguments {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it, this once.
    Create(CreateArguments),
    /// List tokens: what they grant, how long, and when they were last used.
    List(ListArguments),
    /// Make a token useless for ever.
    Revoke(RevokeArguments),
}

#[derive(Debug, Args)]
struct CreateArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// What people call it, such as the program that gets it.
    #[arg(long, value_parser = name)]
    name: String,
    /// What it grants: `read`, `write`, or `write:` with limits; may be repeated.
    ///
    /// `read` is for the whole catalog. `write` does not include it. `write:type=depot`, `write:workspace=public` and
    /// `write:source=ci` limit writing to a type, a workspace, or the name of a source; joined by commas
    /// (`write:type=service,workspace=public`) all must hold. `write:depot` is short for `write:type=depot` where the
    /// word is a known type.
    #[arg(long, value_name = "SCOPE", required = true)]
    scope: Vec<Grant>,
    /// After how long it is of no use, such as `90d`; without this it stays until it is revoked.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    expires: Option<Duration>,
}

#[derive(Debug, Args)]
struct ListArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// List revoked and expired ones, too.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
struct RevokeArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The name of the token, or its start (`pharos_` and the characters after it) as listed.
    #[arg(value_name = "NAME|START")]
    token: String,
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_NAME_BYTES || text.contains(char::is_control) {
        return Err(format!("expected a name of at most {MAX_NAME_BYTES} bytes, such as `nightly-import`"));
    }
    if text.starts_with("pharos_") {
        return Err("a name must not look like a token; leave `pharos_` out".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) async fn run(arguments: TokenArguments) -> Result<ExitCode> {
    super::start_log("warn");
    let now = system_clock()();
    match arguments.command {
        TokenCommand::Create(arguments) => {
            // A first token may come before the first import.
            let store = store::open(&arguments.database.database).await?;
            let created = create(&store, &arguments, now).await;
            store.close().await;
            println!("{}", created?.reveal());
            eprintln!("This is the only time it is shown. Send it as `Authorization: Bearer TOKEN`.");
        }
        TokenCommand::List(arguments) => {
            let store = super::open_existing(&arguments.database.database).await?;
            let tokens = store.tokens().await;
            store.close().await;
            let mut tokens = tokens?;
            tokens.retain(|token| arguments.all || token.is_live(now));
            print!("{}", table(&tokens, now));
            if tokens.is_empty() {
                eprintln!("no tokens; make one with `pharos token create --name NAME --scope read`");
            }
        }
        TokenCommand::Revoke(arguments) => {
            let store = super::open_existing(&arguments.database.database).await?;
            let revoked = revoke(&store, &arguments.token, now).await;
            store.close().await;
            println!("`{}` is revoked; a server that runs takes note within seconds", revoked?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// More tokens than one need not be told apart.
const MOST_NAMED: usize = 2;

async fn create(store: &Arc<dyn Store>, arguments: &CreateArguments, now: Timestamp) -> Result<Token> {
    let token = Token::random().context("the system has no random numbers to give")?;
    let lasts = arguments.expires.map(|lasts| i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX));
    let new = NewToken {
        name: arguments.name.clone(),
        start: token.start().to_owned(),
        hash: token.hash().0,
        scopes: arguments.scope.iter().map(Grant::to_string).collect(),
        created_at: now,
        expires_at: lasts.map(|lasts| Timestamp(now.0.saturating_add(lasts))),
    };
    store.add_token(&new).await?;
    Ok(token)
}

/// Revokes the one token that a word names, and says what it is called.
async fn revoke(store: &Arc<dyn Store>, word: &str, now: Timestamp) -> Result<String> {
    let word = word.trim();
    // Somebody may paste the whole token: its start is enough, and the rest is repeated nowhere.
    let start = Token::parse(word).map_or_else(|_| word.to_owned(), |token| token.start().to_owned());
    let begins = (start.len() >= LEAST_START).then_some(start.as_str());
    let named = store.tokens_called(word, begins, MOST_NAMED).await?;
    match &named[..] {
        [] => bail!("there is no token `{start}` to revoke; `pharos token list` shows them"),
        [token] => {
            store.revoke_token(token.number, now).await?;
            Ok(token.token.name.clone())
        }
        _ => bail!("`{start}` is the start of several tokens; name one of them"),
    }
}

fn table(tokens: &[StoredToken], now: Timestamp) -> String {
    let moment = |at: Option<Timestamp>, none: &str| at.map_or_else(|| none.to_owned(), Timestamp::to_rfc3339);
    let head = ["NAME", "START", "SCOPES", "CREATED", "EXPIRES", "LAST USED", "STATE"].map(str::to_owned);
    let rows = tokens.iter().map(|stored| {
        let token = &stored.token;
        let state = match (stored.revoked_at, stored.is_live(now)) {
            (Some(_), _) => "revoked",
            (None, true) => "live",
            (None, false) => "expired",
        };
        [
            token.name.clone(),
            token.start.clone(),
            token.scopes.join(" "),
            token.created_at.to_rfc3339(),
            moment(token.expires_at, "never"),
            moment(stored.last_used_at, "never"),
            state.to_owned(),
        ]
    });
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::sqlite;

    const NOW: Timestamp = Timestamp(1_763_640_000_000);

    async fn made(store: &Arc<dyn Store>, name: &str) -> Token {
        let arguments = CreateArguments {
            database: DatabaseArguments { database: String::new() },
            name: name.to_owned(),
            scope: vec!["read".parse().unwrap(), "write:depot".parse().unwrap()],
            expires: Some(Duration::from_secs(3_600)),
        };
        create(store, &arguments, NOW).await.unwrap()
    }

    #[tokio::test]
    async fn a_token_is_listed_without_its_secret() {
        let (_folder, store) = sqlite().await;
        let store: Arc<dyn Store> = Arc::new(store);
        let token = made(&store, "ci").await;
        let listed = table(&store.tokens().await.unwrap(), NOW);
        for word in ["ci", token.start(), "read write:type=depot", "2025-11-20T13:00:00", "never", "live"] {
            assert!(listed.contains(word), "{word} in {listed}");
        }
        assert!(!listed.contains(token.reveal()));
        let later = table(&store.tokens().await.unwrap(), Timestamp(NOW.0 + 3_600_000));
        assert!(later.contains("expired"), "{later}");
    }

    #[tokio::test]
    async fn a_token_is_revoked_by_name_by_start_or_by_itself() {
        let (_folder, store) = sqlite().await;
        let store: Arc<dyn Store> = Arc::new(store);
        for name in ["by-name", "by-start", "by-itself"] {
            let token = made(&store, name).await;
            let word = match name {
                "by-name" => name,
                "by-start" => &token.start()[..LEAST_START + 2],
                _ => token.reveal(),
            };
            assert_eq!(revoke(&store, word, NOW).await.unwrap(), name);
            let again = revoke(&store, word, NOW).await.unwrap_err().to_string();
            assert!(again.contains("pharos token list") && !again.contains(token.reveal()), "{again}");
        }
        made(&store, "kept").await;
        assert!(revoke(&store, "pharos_", NOW).await.is_err(), "that would be any");
    }

    #[test]
    fn names_are_told_from_tokens() {
        assert_eq!(name(" nightly import ").as_deref(), Ok("nightly import"));
        for text in ["", " ", "a\nb", "pharos_abc", &"x".repeat(65)] {
            assert!(name(text).is_err(), "{text}");
        }
    }
}
