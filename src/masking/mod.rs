//! Masks secrets, before anything is stored, shown or logged.
//!
//! Everything that comes in passes through here: manifests by way of the reader, which knows where each value stands,
//! and all other texts as they are. The rules are those of a scanner for secrets, and when in doubt they mask. Each costs
//! no more than a time that grows with the length of the text, whatever stands in it.

mod addresses;
mod arguments;
mod assignments;
mod credentials;
mod encoded;
mod key_names;
mod markup;
mod observations;
mod pem;
mod randomness;
mod sql;
mod text;
mod tokens;
mod values;

pub(crate) use addresses::mask_webhook;
pub(crate) use arguments::secret_arguments;
pub(crate) use encoded::forms_of;
pub(crate) use key_names::{KeyKind, kind_of, normalised};
pub(crate) use observations::mask_observation;
pub(crate) use randomness::looks_random;
pub(crate) use text::{mask_text, masked, secrets_in};
pub(crate) use values::hides_nothing;

/// What stands in the place of a secret.
pub(crate) const MASK: &str = "***";
