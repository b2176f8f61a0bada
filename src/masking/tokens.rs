//! Tokens that are known by their form, wherever they stand.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Forms that are so peculiar that they are also known in the middle of a word.
const PECULIAR: &[&str] = &[
    // GitHub, GitLab
    r"gh[oprsu]_[A-Za-z0-9]{16,}",
    r"github_pat_[A-Za-z0-9_]{16,}",
    r"gl(?:pat|rt|dt|oas|cbt|ptt|ft|soat|agent|imt|ffct)-[A-Za-z0-9_.-]{16,}",
    // Slack
    r"xox[abceoprs]-[A-Za-z0-9-]{8,}",
    r"xapp-[A-Za-z0-9-]{10,}",
    // Pharos
    r"pharos_[A-Za-z0-9_-]{16,}",
    // Google
    r"AIza[A-Za-z0-9_-]{30,}",
    r"GOCSPX-[A-Za-z0-9_-]{16,}",
    r"ya29\.[A-Za-z0-9_-]{16,}",
    // Stripe
    r"[rsp]k_(?:live|test|prod)_[A-Za-z0-9]{10,}",
    r"whsec_[A-Za-z0-9+/=]{16,}",
    // Packages and images
    r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,}",
    r"npm_[A-Za-z0-9]{20,}",
    r"pypi-[A-Za-z0-9_-]{16,}",
    r"rubygems_[a-f0-9]{16,}",
    // DigitalOcean, Shopify, Linear, Grafana, Sentry, Atlassian, New Relic, Supabase, Notion, PlanetScale, Doppler
    r"do[opr]_v1_[a-f0-9]{16,}",
    r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{16,}",
    r"lin_(?:api|oauth)_[A-Za-z0-9]{16,}",
    r"gl(?:sa|c)_[A-Za-z0-9_+/=]{16,}",
    r"sntry[su]_[A-Za-z0-9_+/=-]{16,}",
    r"AT(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{16,}",
    r"NR(?:AK|JS|II)-[A-Za-z0-9]{16,}",
    r"sbp_[a-f0-9]{20,}",
    r"ntn_[A-Za-z0-9]{20,}",
    r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{16,}",
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9.]{16,}",
    // Age, Postman, Brevo, Square, Tailscale, CircleCI, Contentful
    r"AGE-SECRET-KEY-1[0-9A-Z]{20,}",
    r"PMAK-[A-Za-z0-9-]{20,}",
    r"xkeysib-[a-f0-9]{20,}",
    r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{16,}",
    r"tskey-[a-z]+-[A-Za-z0-9-]{8,}",
    r"CCIPAT_[A-Za-z0-9_]{16,}",
    r"CFPAT-[A-Za-z0-9_-]{20,}",
    // Sessions of AWS, and the base64 of the start of a PEM block
    r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9+/=]{8,}",
    r"LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*",
];

/// Forms that are known at the start of a word.
const AT_START: &[&str] = &[
    r"(?:AKIA|ASIA|AIDA|AROA|ABIA|ACCA|AIPA|ANPA|ANVA|A3T[A-Z0-9])[A-Z0-9]{12,}",
    r"LTAI[A-Za-z0-9]{12,}",
    r"AKID[A-Za-z0-9]{13,}",
    r"eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}",
    r"sk-[A-Za-z0-9_-]{16,}",
    r"hv[sbr]\.[A-Za-z0-9_-]{16,}",
    r"hf_[A-Za-z0-9]{20,}",
    r"gsk_[A-Za-z0-9]{20,}",
    r"r8_[A-Za-z0-9]{20,}",
    r"pplx-[A-Za-z0-9]{20,}",
    r"figd_[A-Za-z0-9_-]{16,}",
    r"ph[cx]_[A-Za-z0-9]{20,}",
    r"SG\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    r"key-[a-f0-9]{32}",
    r"dapi[a-f0-9]{16,}(?:-[0-9])?",
    r"pat[A-Za-z0-9]{14}\.[a-f0-9]{20,}",
    r"dt0[a-z][0-9]{2}\.[A-Z0-9]{20,}\.[A-Z0-9]{20,}",
    r"(?:SK|AC)[0-9a-f]{32}",
    r"EAA[A-Za-z0-9_-]{40,}",
    r"1//0[A-Za-z0-9_-]{20,}",
    r"oy2[a-z0-9]{40,}",
    r"bot[0-9]{6,}:[A-Za-z0-9_-]{20,}",
    r"ops_eyJ[A-Za-z0-9_-]{20,}",
];

/// Forms that begin with nothing peculiar; only long texts are searched for them.
const SHAPED: &[&str] = &[
    // Telegram and Discord
    r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}",
    r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    // Azure: applications, and accounts of storage
    r"[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{20,}",
    r"\b[A-Za-z0-9+/]{86}==",
];

/// The shortest text that can hold any of them, and one of the shaped.
const SHORTEST: usize = 12;
const SHORTEST_SHAPED: usize = 34;

static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(r"(?-u)(?:{}|(?:\b|_)(?:{}))", PECULIAR.join("|"), AT_START.join("|"));
    Regex::new(&pattern).expect("the forms are valid")
});
static SHAPES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("(?-u)(?:{})", SHAPED.join("|"))).expect("the forms are valid"));

/// Adds the places of known tokens.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if text.len() < SHORTEST {
        return;
    }
    found.extend(KNOWN.find_iter(text).filter(|token| is_token(token.as_str())).map(|token| token.range()));
    if text.len() >= SHORTEST_SHAPED {
        found.extend(SHAPES.find_iter(text).map(|token| token.range()));
    }
}

/// Whether a text holds a known token.
pub(crate) fn holds_token(text: &str) -> bool {
    let mut found = Vec::new();
    find(text, &mut found);
    !found.is_empty()
}

/// Names of things begin with `sk-` too, but they are words.
fn is_token(token: &str) -> bool {
    let rest = token.trim_start_matches('_');
    !rest.starts_with("sk-") || rest.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_by_their_form() {
        for text in [
            "x ghp_0123456789abcdefABCD y",
            "AKIAIOSFODNN7EXAMPLE",
            "xoxb-12345-abcdef",
            "glpat-abcdefghij0123456789",
            "sk-abcdef0123456789abcd",
            "a=eyJhbGciOiJIUzI1NiJ9.e30.abc",
            "pharos_abcdefgh01234567",
            "LS0tLS1CRUdJTiBSU0E",
        ] {
            assert!(holds_token(text), "{text}");
        }
        for text in [
            "task-sk-data-platform-orders",
            "ghp_short",
            "heyJudeDontMakeItBad",
            "npm_config_cache",
            "AKIA",
            "key-vault",
        ] {
            assert!(!holds_token(text), "{text}");
        }
    }
}
