//! Asking the platform: pages, refusals, and requests to wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Response, StatusCode, Url, redirect};

use super::agreement::Agreement;
use super::report::{Merging, Page};
use super::{CollatedSettings, Report};
use crate::config::{bytes_text, quoted};
use crate::sources::reading::RunError;
use crate::sources::secret::{Secret, without_secrets};

/// The longest page, in bytes.
const MAX_PAGE: u64 = 32 << 20;

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// How often a request is tried again when the platform asks to wait.
const WAITS: usize = 3;

/// The longest pause that is waited for in the middle of a run. A longer one ends the run.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The pause where the platform asks to wait and does not say how long.
const WAIT: Duration = Duration::from_secs(5);

/// How often a report is read that has to be complete and changes while it is read.
const READ_AGAIN: usize = 3;

/// How many times a request may be sent on.
const REDIRECTS: usize = 5;

pub(super) struct Client<'s> {
    settings: &'s CollatedSettings,
    http: reqwest::Client,
    authorization: Option<HeaderValue>,
    secrets: Vec<Secret>,
    /// The bytes of all pages that were read.
    taken: AtomicU64,
}

/// What asking for one id came to.
enum Answer {
    Page(Page),
    /// It cannot be had, and others may: why.
    Refused(String),
}

impl<'s> Client<'s> {
    pub(super) fn new(settings: &'s CollatedSettings) -> Result<Self, RunError> {
        // Whoever was first has installed the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let cannot = |why: String| RunError::Failed(format!("cannot prepare the connection: {why}"));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("pharos/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_WITHIN)
            .referer(false)
            // The token goes to the platform and nowhere else.
            .redirect(redirect::Policy::custom(|attempt| {
                let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
                if same && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
            }));
        if let Some(file) = &settings.ca_file {
            let text = std::fs::read(file).map_err(|source| RunError::File { file: file.clone(), source })?;
            let certificates = Certificate::from_pem_bundle(&text)
                .ok()
                .filter(|certificates| !certificates.is_empty())
                .ok_or_else(|| cannot(format!("`{}` holds no certificate (PEM)", file.display())))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build().map_err(|error| cannot(causes(&error)))?;
        let token = settings.token.token()?;
        let authorization = match &token {
            None => None,
            Some(token) => {
                let mut value = HeaderValue::try_from(format!("Bearer {}", token.reveal()))
                    .map_err(|_| RunError::Token("the token cannot be sent: it holds odd characters".to_owned()))?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        Ok(Self { settings, http, authorization, secrets: token.into_iter().collect(), taken: AtomicU64::new(0) })
    }

    /// Reads all pages of a report.
    pub(super) async fn read(&self, report: Report, id: &str, merging: &mut Merging) -> Result<(), RunError> {
        self.pages(report, id, merging).await.map(drop)
    }

    /// Reads all pages of a report of which it matters what is absent.
    pub(super) async fn read_complete(&self, report: Report, id: &str, merging: &mut Merging) -> Result<(), RunError> {
        let mut tries = 1;
        let taken = self.taken.load(Ordering::Relaxed);
        loop {
            let Some(agreement) = self.pages(report, id, merging).await? else { return Ok(()) };
            let again = match agreement.has_several_pages() {
                false => None,
                true => match self.page(report, id, 1).await? {
                    Answer::Page(page) => Some(page),
                    Answer::Refused(why) => {
                        merging.fault(why);
                        return Ok(());
                    }
                },
            };
            let Some(why) = agreement.disagreement(again.as_ref()) else { return Ok(()) };
            if tries == READ_AGAIN {
                merging.fault(format!(
                    "the {} report of {} {why}; it is not known to be complete, so nothing is deleted",
                    report.as_str(),
                    quoted(id)
                ));
                return Ok(());
            }
            tries += 1;
            // What is read again takes the place of what was read before.
            self.taken.store(taken, Ordering::Relaxed);
        }
    }

    /// Reads all pages of a report; `None` where that was not possible, which is noted as a fault.
    async fn pages(&self, report: Report, id: &str, merging: &mut Merging) -> Result<Option<Agreement>, RunError> {
        let mut number = 1;
        let mut agreement = Agreement::default();
        loop {
            let page = match self.page(report, id, number).await? {
                Answer::Page(page) => page,
                Answer::Refused(why) => {
                    merging.fault(why);
                    return Ok(None);
                }
            };
            // A platform that does not know pages would be asked for the same one again and again.
            if page.page.is_some_and(|got| got != number) {
                return Err(RunError::Failed(format!(
                    "the platform answered page {} of the {} report when asked for page {number}",
                    page.page.unwrap_or_default(),
                    report.as_str()
                )));
            }
            merging.take_in(report, &page.items)?;
            agreement.add(&page);
            if number >= page.total_pages {
                return Ok(Some(agreement));
            }
            if page.items.is_empty() {
                merging.fault(format!(
                    "page {number} of {} of the {} report of {} is empty",
                    page.total_pages,
                    report.as_str(),
                    quoted(id)
                ));
                return Ok(None);
            }
            if number >= self.settings.max_pages {
                merging.fault(format!(
                    "the {} report of {} has {} pages and only {number} were read; allow more with `max_pages`",
                    report.as_str(),
                    quoted(id),
                    page.total_pages
                ));
                return Ok(None);
            }
            number += 1;
        }
    }

    async fn page(&self, report: Report, id: &str, number: u64) -> Result<Answer, RunError> {
        let url = self.url(report, id, number)?;
        let mut waited = 0;
        loop {
            let mut request = self.http.get(url.clone()).header(ACCEPT, "application/json");
            if let Some(authorization) = &self.authorization {
                request = request.header(AUTHORIZATION, authorization.clone());
            }
            let response = request.send().await.map_err(|error| self.unreachable(&error))?;
            let status = response.status();
            if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
                let pause = asked_pause(&response);
                if pause > LONGEST_WAIT || waited == WAITS {
                    return Err(match status {
                        StatusCode::TOO_MANY_REQUESTS => RunError::Wait(pause),
                        _ => RunError::Failed("the platform is not available at the moment (503)".to_owned()),
                    });
                }
                waited += 1;
                tokio::time::sleep(pause).await;
                continue;
            }
            return self.answer(report, id, response).await;
        }
    }

    async fn answer(&self, report: Report, id: &str, response: Response) -> Result<Answer, RunError> {
        let what = || format!("the {} report of {}", report.as_str(), quoted(id));
        let failure = |text: String| Err(RunError::Failed(without_secrets(&text, &self.secrets)));
        match response.status() {
            StatusCode::OK => {
                let body = self.body(response).await?;
                match Page::read(&body) {
                    Ok(page) => Ok(Answer::Page(page)),
                    Err(why) => failure(format!("{} {why}", what())),
                }
            }
            StatusCode::UNAUTHORIZED => failure(
                "the platform does not accept the token (401); renew it, or name one if there is none".to_owned(),
            ),
            // Not to be allowed to look is not to see that there is nothing.
            StatusCode::FORBIDDEN => Ok(Answer::Refused(format!(
                "no access to {} (403), so what is known of it stays; ask for the right to read collated Resources",
                what()
            ))),
            StatusCode::NOT_FOUND => Ok(Answer::Refused(format!(
                "the platform has no {} (404), so what is known of it stays; is `url` right?",
                what().trim_start_matches("the ")
            ))),
            status if status.is_redirection() => {
                let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                let host =
                    to.and_then(|to| response.url().join(to).ok()).and_then(|to| to.host_str().map(str::to_owned));
                failure(format!(
                    "the platform sends the request on to {}, where the token is not sent; name the right address as \
                     `url`",
                    host.map_or_else(|| "nowhere".to_owned(), |host| quoted(&host))
                ))
            }
            status => failure(format!("the platform answered {} when asked for {}", status.as_u16(), what())),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, RunError> {
        let mut body = Vec::new();
        let (limit, taken) = (self.settings.max_total, self.taken.load(Ordering::Relaxed));
        while let Some(piece) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            body.extend_from_slice(&piece);
            if body.len() as u64 > MAX_PAGE {
                return Err(RunError::Failed(format!(
                    "a page of a report has more than {}; ask for less with `page_size`",
                    bytes_text(MAX_PAGE)
                )));
            }
            if taken + body.len() as u64 > limit {
                return Err(RunError::TooLong { limit, key: "max_total" });
            }
        }
        self.taken.store(taken + body.len() as u64, Ordering::Relaxed);
        Ok(body)
    }

    fn url(&self, report: Report, id: &str, number: u64) -> Result<Url, RunError> {
        let path = format!("collated/api/v1/reports/resources/{}", report.as_str());
        let mut url = self
            .settings
            .url
            .join(&path)
            .map_err(|error| RunError::Failed(format!("the address is wrong: {error}")))?;
        url.query_pairs_mut()
            .append_pair("id", id)
            .append_pair("page", &number.to_string())
            .append_pair("size", &self.settings.page_size.to_string());
        Ok(url)
    }

    fn unreachable(&self, error: &reqwest::Error) -> RunError {
        let host = self.settings.url.host_str().unwrap_or_default();
        let why = causes(error);
        RunError::Failed(without_secrets(&format!("cannot ask `{host}`: {why}"), &self.secrets))
    }
}

/// The pause that an answer asks for.
fn asked_pause(response: &Response) -> Duration {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let Some(text) = header.map(str::trim) else { return WAIT };
    if let Ok(seconds) = text.parse::<u64>() {
        return Duration::from_secs(seconds.min(24 * 3_600));
    }
    let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let now = jiff::Timestamp::now();
    until.map_or(WAIT, |until| {
        let seconds = until.as_second().saturating_sub(now.as_second()).clamp(1, 24 * 3_600);
        Duration::from_secs(seconds.unsigned_abs())
    })
}

/// An error and what led to it, without addresses.
fn causes(error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        cause = error.source();
    }
    if words.is_empty() { "the connection failed".to_owned() } else { words.join(": ") }
}
