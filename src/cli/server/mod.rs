//! A catalog that another process serves, asked over HTTP.

mod events;

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;

use self::events::Events;
pub(super) use self::events::Frame;

/// How long to wait for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// How long an answer may be silent. A stream tells every 15 seconds that it is alive.
const SILENT_FOR: Duration = Duration::from_secs(45);

/// The first and the longest pause before trying again.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Which server a command asks, if any.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ServerArguments {
    /// The catalog that a server has, such as `https://pharos.example.com`, instead of a database.
    #[arg(long, value_name = "URL", env = "PHAROS_SERVER")]
    pub server: Option<String>,
    /// The token to read it with, where it asks for one; better given as `PHAROS_TOKEN`, which others cannot see.
    #[arg(long, value_name = "TOKEN", env = "PHAROS_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

/// A server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    client: Client,
    base: Url,
}

impl ServerArguments {
    /// The server that is meant, if one is.
    pub(super) fn server(&self) -> Result<Option<Server>> {
        self.server.as_deref().map(|address| Server::new(address, self.token.as_deref())).transpose()
    }
}

/// Whether the other side may do better when it is asked again.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

impl Server {
    fn new(address: &str, token: Option<&str>) -> Result<Self> {
        let form = "give it as in `https://pharos.example.com`";
        let base = Url::parse(address).with_context(|| format!("`{address}` is no address of a server; {form}"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            bail!("`{address}` is no address of a server; {form}");
        }
        // Whoever was first in this process has chosen the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.trim()))
                .map_err(|_| anyhow!("the token holds a character that no token has; copy it once more"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder()
            .user_agent(concat!("pharos/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(CONNECT_WITHIN)
            .read_timeout(SILENT_FOR)
            .build()
            .context("cannot make connections")?;
        Ok(Self { client, base })
    }

    fn address(&self, path: &str) -> Result<Url> {
        // A server may be served under a path.
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{path}")).with_context(|| format!("`{path}` cannot be asked for"))
    }

    async fn ask(&self, path: &str, accept: &'static str, last: Option<i64>) -> Result<Response> {
        let mut request = self.client.get(self.address(path)?).header(ACCEPT, accept);
        if let Some(seq) = last {
            request = request.header("last-event-id", seq);
        }
        request.send().await.map_err(|error| anyhow!(reason(&error))).with_context(|| self.unreachable())
    }

    fn unreachable(&self) -> String {
        format!("the server `{}` does not answer", self.base.origin().ascii_serialization())
    }

    /// The JSON that an address answers with; `None` where there is nothing.
    pub(super) async fn json(&self, path: &str) -> Result<Option<Value>> {
        let response = self.ask(path, "application/json", None).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let text = self.accepted(response).await?.text().await.with_context(|| self.unreachable())?;
        Ok(Some(
            serde_json::from_str(&text)
                .with_context(|| format!("{} answered with something else than JSON", self.base))?,
        ))
    }

    /// The lines that an address answers with, as JSON each.
    pub(super) async fn lines(&self, path: &str) -> Result<Vec<Value>> {
        let response = self.ask(path, "application/x-ndjson", None).await?;
        let text = self.accepted(response).await?.text().await.with_context(|| self.unreachable())?;
        text.lines()
            .filter(|line| !line.is_empty())
            .map(|line| {
                serde_json::from_str(line)
                    .with_context(|| format!("{} answered with something else than JSON", self.base))
            })
            .collect()
    }

    async fn accepted(&self, response: Response) -> Result<Response> {
        if response.status().is_success() {
            return Ok(response);
        }
        bail!(refusal(response).await)
    }

    /// Follows the feed at an address after an entry, or from now on.
    pub(super) fn follow(&self, path: String, after: Option<i64>) -> Follower {
        Follower { server: self.clone(), path, after, open: None, pause: PAUSES.0, met: false }
    }
}

/// What a refusal says.
async fn refusal(response: Response) -> String {
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    let problem: Value = serde_json::from_str(&text).unwrap_or_default();
    match problem["detail"].as_str() {
        Some(detail) => detail.trim_end_matches('.').to_owned(),
        None => format!("the server answered `{status}`"),
    }
}

/// The innermost cause, which is what says something.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// A stream that is opened again whenever it breaks, and goes on where it was.
#[derive(Debug)]
pub(super) struct Follower {
    server: Server,
    path: String,
    /// The last entry that was told.
    after: Option<i64>,
    open: Option<(Response, Events)>,
    pause: Duration,
    /// Whether the server has ever answered: whoever mistypes an address wants to know at once.
    met: bool,
}

impl Follower {
    /// Waits for the next event with data. Tells on standard error when it has to wait for the server.
    ///
    /// # Errors
    /// When the server was never reached, or refuses for good.
    pub(super) async fn next(&mut self) -> Result<Frame> {
        loop {
            let Some((response, events)) = &mut self.open else {
                self.connect().await?;
                continue;
            };
            if let Some(frame) = events.next() {
                self.after = frame.id.or(self.after);
                if let Some(retry) = frame.retry {
                    self.pause = retry.min(PAUSES.1);
                }
                if frame.event == "reconnect" {
                    self.rest("the server is stopping").await;
                } else if !frame.data.is_empty() {
                    return Ok(frame);
                }
                continue;
            }
            match response.chunk().await {
                Ok(Some(bytes)) => events.push(&bytes)?,
                Ok(None) => self.rest("the server has closed the connection").await,
                Err(error) => self.rest(&reason(&error)).await,
            }
        }
    }

    async fn connect(&mut self) -> Result<()> {
        let response = match self.server.ask(&self.path, "text/event-stream", self.after).await {
            Ok(response) => response,
            Err(error) if !self.met => return Err(error),
            Err(error) => {
                self.rest(&format!("{error:#}")).await;
                return Ok(());
            }
        };
        if response.status().is_success() {
            self.met = true;
            self.pause = PAUSES.0;
            self.open = Some((response, Events::default()));
            return Ok(());
        }
        if !self.met || !is_passing(response.status()) {
            bail!(refusal(response).await);
        }
        let wanted = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        if let Some(seconds) = wanted {
            self.pause = self.pause.max(Duration::from_secs(seconds)).min(PAUSES.1);
        }
        let why = refusal(response).await;
        self.rest(&why).await;
        Ok(())
    }

    async fn rest(&mut self, why: &str) {
        self.open = None;
        eprintln!("{why}; trying again in {:.1} s", self.pause.as_secs_f64());
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSES.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked_before_it_is_asked() {
        for address in ["pharos.example.com", "ftp://pharos.example.com", "", "http://"] {
            let error = Server::new(address, None).expect_err(address).to_string();
            assert!(error.contains("https://pharos.example.com"), "{error}");
        }
        assert!(Server::new("https://pharos.example.com", Some("a\nb")).is_err());
        let server = Server::new("http://127.0.0.1:3000/catalog/", None).expect("a server");
        assert_eq!(server.address("/api/v1/changes?after=1").expect("an address").path(), "/catalog/api/v1/changes");
    }
}
