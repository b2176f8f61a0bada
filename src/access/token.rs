//! The text of a token: `pharos_`, 256 random bits, and a checksum by which scanners for secrets recognise it.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What every token begins with.
const MARK: &str = "pharos_";

/// Characters of base 62 that hold 256 bits.
const RANDOM_CHARACTERS: usize = 43;

/// Characters of base 62 that hold the 32 bits of the checksum.
const CHECKSUM_CHARACTERS: usize = 6;

/// Random characters that are kept in the clear, so that a token can be named. The 35 others are 208 bits.
const SHOWN_CHARACTERS: usize = 8;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It has another form.
    #[error("it is not a token of Pharos: those begin with `pharos_` and have 56 letters and digits in all")]
    Form,
    /// The checksum does not fit the rest.
    #[error("it was mistyped or cut off: its checksum does not fit")]
    Checksum,
}

/// A token, whole and secret. It prints as its start only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new token out of the system's random numbers.
    ///
    /// # Errors
    /// When the system has none to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0_u8; 32];
        getrandom::fill(&mut bits)?;
        let random = base62(&bits, RANDOM_CHARACTERS);
        let checksum = checksum(&random);
        Ok(Self(format!("{MARK}{random}{checksum}")))
    }

    /// Reads a token and looks at its checksum, which tells typing errors without a look into the database.
    ///
    /// # Errors
    /// When the text is no token.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let rest = text.strip_prefix(MARK).ok_or(TokenError::Form)?;
        if rest.len() != RANDOM_CHARACTERS + CHECKSUM_CHARACTERS || !rest.bytes().all(|c| c.is_ascii_alphanumeric()) {
            return Err(TokenError::Form);
        }
        let (random, found) = rest.split_at(RANDOM_CHARACTERS);
        if checksum(random) == found { Ok(Self(text.to_owned())) } else { Err(TokenError::Checksum) }
    }

    /// The start, which is no secret and names the token: `pharos_` and eight characters.
    #[must_use]
    pub fn start(&self) -> &str {
        &self.0[..MARK.len() + SHOWN_CHARACTERS]
    }

    /// What is stored in its stead. 256 random bits cannot be guessed from it, so no slow hash is needed.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The secret itself, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}…", self.start())
    }
}

/// The SHA-256 of a token.
#[derive(Clone, Copy, Debug)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Whether both are of the same token; takes as long whatever the answer.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

fn checksum(random: &str) -> String {
    base62(&crc32fast::hash(random.as_bytes()).to_be_bytes(), CHECKSUM_CHARACTERS)
}

/// A number, most significant byte first, in so many digits of base 62.
fn base62(bytes: &[u8], characters: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; characters];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let value = (remainder << 8) | u32::from(*byte);
            // Both fit: the remainder is below 62, so the value is below 62 * 256.
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            remainder = value % 62;
        }
        *digit = DIGITS[remainder as usize];
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_made() {
        let token = Token::random().unwrap();
        assert_eq!(token.reveal().len(), 56);
        assert_eq!(Token::parse(token.reveal()), Ok(token.clone()));
        assert_eq!(token.start().len(), 15);
        assert!(token.hash().matches(&token.hash()));
        assert!(!token.hash().matches(&Token::random().unwrap().hash()));
        let tokens: HashSet<String> = (0..500).map(|_| Token::random().unwrap().reveal().to_owned()).collect();
        assert_eq!(tokens.len(), 500);
    }

    #[test]
    fn numbers_are_written_in_base_62() {
        assert_eq!(base62(&[0, 0, 0, 61], 6), "00000z");
        assert_eq!(base62(&[0, 0, 0, 62], 6), "000010");
        assert_eq!(base62(&[0xff; 4], 6), "4gfFC3");
        assert_eq!(base62(&[0xff; 32], 43), "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1");
    }

    #[test]
    fn typing_errors_are_told_from_other_words() {
        let token = Token::random().unwrap();
        let text = token.reveal();
        let flipped: String = text
            .char_indices()
            .map(|(at, c)| match (at, c) {
                (20, 'a') => 'b',
                (20, _) => 'a',
                (_, c) => c,
            })
            .collect();
        assert_eq!(Token::parse(&flipped), Err(TokenError::Checksum));
        for text in ["", "pharos_", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", &text[..55], &format!("{text}0")] {
            assert_eq!(Token::parse(text), Err(TokenError::Form), "{text}");
        }
        assert_eq!(Token::parse(&text.replace('_', "-")), Err(TokenError::Form));
    }

    #[test]
    fn a_token_prints_without_its_secret() {
        let token = Token::random().unwrap();
        let printed = format!("{token:?}");
        assert!(printed.starts_with(token.start()) && !printed.contains(&token.reveal()[15..]), "{printed}");
    }
}
