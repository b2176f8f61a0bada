//! Polling the platform's status and runtime reports (domain.md 7.1).

mod agreement;
mod client;
mod report;
mod token;

use std::path::PathBuf;

use app::model::Timestamp;
use reqwest::Url;

use super::reading::{Reading, RunError};
use crate::config::{Placed, Section, list, quoted};
use client::Client;
use report::Merging;
pub use token::TokenSettings;

/// Entries that are asked for on one page where nothing else is said.
const PAGE_SIZE: u64 = 100;

/// Pages of one report that are read where nothing else is said.
const MAX_PAGES: u64 = 1_000;

/// All pages of a run together where nothing else is said, in bytes: some 900,000 Resources with both reports.
const MAX_TOTAL: u64 = 256 << 20;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Of status.
    Status,
    /// Of runtime.
    Runtime,
}

impl Report {
    const ALL: [Self; 2] = [Self::Status, Self::Runtime];

    fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Runtime => "runtime",
        }
    }
}

/// Reports that are polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollatedSettings {
    /// The address of the platform.
    pub url: Url,
    /// The ids asked for; `%` stands for anything.
    pub ids: Vec<String>,
    /// The reports asked for.
    pub reports: Vec<Report>,
    /// Where the token is.
    pub token: TokenSettings,
    /// Further certificates that are trusted.
    pub ca_file: Option<PathBuf>,
    /// Entries on a page.
    pub page_size: u64,
    /// The most pages of one report.
    pub max_pages: u64,
    /// All pages of a run together, in bytes.
    pub max_total: u64,
}

impl CollatedSettings {
    pub(super) fn read(section: &Section<'_, '_>) -> Option<Self> {
        let url = url(section);
        let ids = ids(section);
        let reports = reports(section);
        let token = TokenSettings::read(section);
        let ca_file = section.text("ca_file", "a file of certificates (PEM)").map(|file| PathBuf::from(file.value));
        let page_size = section.number("page_size", 1, 10_000).unwrap_or(PAGE_SIZE);
        let max_pages = section.number("max_pages", 1, 100_000).unwrap_or(MAX_PAGES);
        let max_total = section.bytes("max_total", crate::ingest::MAX_INPUT_BYTES).unwrap_or(MAX_TOTAL);
        let plain = section.flag("plain_http").unwrap_or(false);
        let Placed { value: url, line } = url?;
        if url.scheme() == "http" && token != TokenSettings::None && !plain && !is_here(&url) {
            let expected = "an address that begins with `https://`, since everybody on the way can read the token \
                            otherwise; where that is no matter, say `plain_http = true`";
            section.refuse(line, "url", &quoted(url.as_str()), expected);
        }
        Some(Self { url, ids: ids?, reports, token, ca_file, page_size, max_pages, max_total })
    }
}

fn url(section: &Section<'_, '_>) -> Option<Placed<Url>> {
    const EXPECTED: &str = "the address of the platform, such as `https://example.dataos.app`";
    if !section.has("url") {
        section.missing("url", EXPECTED);
    }
    let text = section.text("url", EXPECTED)?;
    let parsed = Url::parse(&text.value).ok();
    let url = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(mut url) = url else {
        section.refuse(text.line, "url", &quoted(&text.value), EXPECTED);
        return None;
    };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        // It is not shown: a password may be in it.
        let expected = "an address without user, password, `?` and `#`; a token goes into `token_env` or `token_file`";
        section.refuse(text.line, "url", "an address with more than host and path", expected);
        return None;
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Some(Placed { value: url, line: text.line })
}

fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

fn ids(section: &Section<'_, '_>) -> Option<Vec<String>> {
    const EXPECTED: &str = "a list of ids `TYPE:VERSION:NAME[:WORKSPACE]`, in which `%` stands for anything, such as \
                            `[\"service:v1:%:public\", \"depot:v2alpha:%\"]`";
    if !section.has("ids") {
        section.missing("ids", EXPECTED);
    }
    let texts = section.texts("ids", EXPECTED)?;
    if texts.value.is_empty() {
        section.refuse(texts.line, "ids", "an empty list", EXPECTED);
    }
    let mut ids = Vec::new();
    for Placed { value, line } in texts.value {
        let parts: Vec<&str> = value.split(':').collect();
        let is_id = matches!(parts.len(), 3 | 4)
            && parts.iter().all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
        if !is_id {
            section.refuse(line, "ids", &quoted(&value), EXPECTED);
        } else if !ids.contains(&value) {
            ids.push(value);
        }
    }
    Some(ids)
}

fn reports(section: &Section<'_, '_>) -> Vec<Report> {
    let words = Report::ALL.map(Report::as_str);
    let expected = format!("a list of {}", list(&words));
    let Some(texts) = section.texts("reports", &expected) else { return Report::ALL.to_vec() };
    let mut reports = Vec::new();
    for Placed { value, line } in texts.value {
        match Report::ALL.into_iter().find(|report| report.as_str() == value) {
            Some(report) if !reports.contains(&report) => reports.push(report),
            Some(_) => {}
            None => section.refuse(line, "reports", &quoted(&value), &expected),
        }
    }
    if reports.is_empty() { Report::ALL.to_vec() } else { reports }
}

/// Reads all reports. Where they have to be `complete`, what is read must be known to be all there is.
pub(super) async fn read(settings: &CollatedSettings, complete: bool, at: Timestamp) -> Result<Reading, RunError> {
    let client = Client::new(settings)?;
    let mut merging = Merging::new(at);
    for id in &settings.ids {
        for report in &settings.reports {
            if complete {
                client.read_complete(*report, id, &mut merging).await?;
            } else {
                client.read(*report, id, &mut merging).await?;
            }
        }
    }
    Ok(merging.into_reading())
}

#[cfg(test)]
mod tests {
    use crate::config::{ConfigError, ConfigFile};
    use crate::sources::{SourceSettings, settings};

    fn parse(of_source: &str) -> Result<Vec<SourceSettings>, ConfigError> {
        let text = format!("[[source]]\nname = \"reports\"\nkind = \"collated\"\n{of_source}");
        ConfigFile::of_text("pharos.toml", &text).read(settings)
    }

    fn fault(of_source: &str) -> String {
        match parse(of_source) {
            Err(ConfigError::Wrong(faults)) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_token_travels_in_the_open_only_when_that_is_said() {
        let settings = "ids = [\"service:v1:%:public\"]\ntoken_env = \"DATAOS_TOKEN\"\n";
        assert!(fault(&format!("{settings}url = \"http://example.com\"\n")).contains("https://"));
        for fine in [
            "url = \"https://example.com/x\"\n",
            "url = \"http://127.0.0.1:3000\"\n",
            "url = \"http://[::1]\"\n",
            "url = \"http://collated.svc\"\nplain_http = true\n",
        ] {
            assert!(parse(&format!("{settings}{fine}")).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let fault = fault("ids = [\"depot:v1:%\"]\nurl = \"https://ada:hunter2@example.com\"\n");
        assert!(fault.contains("token_env") && !fault.contains("hunter2"), "{fault}");
    }

    #[test]
    fn ids_have_the_form_of_the_platform() {
        let told = fault("url = \"https://example.com\"\nids = [\"service\", \"a::b\"]\nreports = [\"state\"]\n");
        assert!(told.contains("found `service`") && told.contains("found `a::b`"), "{told}");
        assert!(told.contains("a list of `status`, `runtime`"), "{told}");
        assert!(fault("").contains("`source.ids`: found nothing"));
    }
}
