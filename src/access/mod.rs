//! Who asks, and what they may: tokens, what they grant, and the gate that looks at them.

mod attempts;
mod caller;
mod gate;
mod grant;
mod token;

pub use caller::Caller;
pub use gate::{Access, Denied, Reading};
pub use grant::{Grant, Limits, ScopeError};
pub use token::{Token, TokenError, TokenHash};
