//! How answers are encoded to be shorter on their way, as far as they are kept that way.

use std::io::{self, Write as _};
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header::ACCEPT_ENCODING;
use axum::http::{HeaderMap, HeaderValue};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::Semaphore;

/// How much is tried to make what is kept shorter, which is done once for many answers. A listing of 53 kB takes 0.6 ms
/// and becomes 6.3 kB; 6 saves 35 bytes of that, 9 takes 10 ms, and 4, which is for what is sent once, takes 0.4 ms
/// and leaves 6.8 kB.
const BROTLI_QUALITY: i32 = 5;

/// How far back repetitions are looked for, as a power of two: as far as pages are long. More only takes time.
const BROTLI_WINDOW: i32 = 18;

/// The same for gzip: 0.3 ms and 6.9 kB.
const GZIP_LEVEL: u32 = 5;

/// How much at a time is compressed: as much as there are processors, and never on the threads that answer.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

/// A way to write an answer shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Coding {
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
}

impl Coding {
    /// All, the shortest first.
    pub(super) const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in headers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The header of an answer written that way.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// The text in this coding, compressed on a thread where that keeps nobody waiting.
    ///
    /// # Errors
    /// When it cannot be compressed, which is a mistake.
    pub(super) async fn compressed(self, text: Bytes) -> io::Result<Bytes> {
        let _turn = TURNS.acquire().await.map_err(io::Error::other)?;
        tokio::task::spawn_blocking(move || self.compress(&text)).await.map_err(io::Error::other)?
    }

    fn compress(self, text: &[u8]) -> io::Result<Bytes> {
        let mut short = Vec::with_capacity(text.len() / 4);
        match self {
            Self::Brotli => {
                let parameters = BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    lgwin: BROTLI_WINDOW,
                    size_hint: text.len(),
                    ..Default::default()
                };
                brotli::BrotliCompress(&mut &*text, &mut short, &parameters)?;
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(&mut short, Compression::new(GZIP_LEVEL));
                encoder.write_all(text)?;
                encoder.finish()?;
            }
        }
        short.shrink_to_fit();
        Ok(short.into())
    }
}

/// How much whoever asks wants each coding, in thousandths; 0 for not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    brotli: u16,
    gzip: u16,
    identity: u16,
}

impl Accepted {
    /// What a request accepts (RFC 9110, 12.5.3).
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let (mut brotli, mut gzip, mut identity, mut others) = (None, None, None, None);
        let entries = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
        for entry in entries.flat_map(|value| value.split(',')) {
            let (name, parameters) = entry.split_once(';').unwrap_or((entry, ""));
            let name = name.trim();
            let is = |coding: &str| name.eq_ignore_ascii_case(coding);
            let weight = Some(weight(parameters));
            if is("br") {
                brotli = weight;
            } else if is("gzip") || is("x-gzip") {
                gzip = weight;
            } else if is("identity") {
                identity = weight;
            } else if name == "*" {
                others = weight;
            }
        }
        let named = |weight: Option<u16>| weight.or(others).unwrap_or(0);
        // Not to be named is no wish: it then is what is left without any other.
        Self { brotli: named(brotli), gzip: named(gzip), identity: identity.unwrap_or(0) }
    }

    /// The codings that are wanted more than none, the best first.
    pub(super) fn codings(self) -> impl Iterator<Item = Coding> {
        let weight = move |coding| match coding {
            Coding::Brotli => self.brotli,
            Coding::Gzip => self.gzip,
        };
        let mut codings = Coding::ALL;
        // Stable: of what is wanted alike, the shortest.
        codings.sort_by_key(|&coding| std::cmp::Reverse(weight(coding)));
        codings.into_iter().filter(move |&coding| weight(coding) > 0 && weight(coding) >= self.identity)
    }
}

/// The weight that the parameters of an entry tell, in thousandths.
fn weight(parameters: &str) -> u16 {
    let told = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().ok())?
    });
    // Between 0 and 1000, so nothing is cut off.
    (told.unwrap_or(1.0).clamp(0.0, 1.0) * 1_000.0) as u16
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn wanted(header: &str) -> Vec<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::try_from(header).expect("a header"));
        Accepted::of(&headers).codings().map(Coding::name).collect()
    }

    #[test]
    fn the_best_of_what_is_accepted_is_chosen() {
        for (header, expected) in [
            ("", &[][..]),
            ("identity", &[]),
            ("br, gzip", &["br", "gzip"]),
            ("gzip, deflate, br, zstd", &["br", "gzip"]),
            ("GZIP", &["gzip"]),
            ("x-gzip", &["gzip"]),
            ("gzip;q=1.0, br;q=0.5", &["gzip", "br"]),
            ("br;q=0, gzip", &["gzip"]),
            ("br ; q=0.000 , gzip;q=0", &[]),
            ("*", &["br", "gzip"]),
            ("*;q=0.5, br;q=0", &["gzip"]),
            ("gzip;q=0.5, identity", &[]),
            ("gzip;q=0.5, identity;q=0.2", &["gzip"]),
            ("identity;q=0, *;q=0", &[]),
            ("br;q=nonsense", &["br"]),
            ("deflate, zstd", &[]),
        ] {
            assert_eq!(wanted(header), expected, "{header}");
        }
        let mut twice = HeaderMap::new();
        twice.append(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        twice.append(ACCEPT_ENCODING, HeaderValue::from_static("br"));
        assert_eq!(Accepted::of(&twice).codings().count(), 2, "the header may come in parts");
        assert_eq!(Accepted::of(&HeaderMap::new()).codings().count(), 0);
    }

    /// The text that was compressed.
    pub(in super::super) fn decompressed(coding: Coding, short: &[u8]) -> Vec<u8> {
        use std::io::Read as _;

        let mut text = Vec::new();
        match coding {
            Coding::Brotli => brotli::Decompressor::new(short, 4_096).read_to_end(&mut text),
            Coding::Gzip => flate2::read::GzDecoder::new(short).read_to_end(&mut text),
        }
        .expect("what was compressed");
        text
    }

    #[tokio::test]
    async fn what_is_compressed_is_the_same_and_shorter() {
        let text = Bytes::from("<li>a Resource</li>".repeat(500));
        for coding in Coding::ALL {
            let short = coding.compressed(text.clone()).await.expect("compressed");
            assert!(short.len() * 10 < text.len(), "{coding:?}");
            assert_eq!(decompressed(coding, &short), text);
        }
    }
}
