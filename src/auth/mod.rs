//! Credentials, and how each kind is put on a request.
//!
//! | module | what it does |
//! |---|---|
//! | [`Secret`] | text that is never printed and is wiped when it is dropped |
//! | `basic`, `bearer` | the two plain `Authorization` headers |
//! | [`oauth`] | the OAuth client credentials grant |
//! | `provider` | tokens and keys that the caller fetches: [`TokenProvider`] |
//! | `cache` | what keeps either while it lasts, and shares it between calls |
//! | `acs3` | the ACS3-HMAC-SHA256 signature (feature `aliyun`) |
//! | `origin` | which URLs may be sent credentials at all |
//!
//! Nothing here knows a vendor, reads the environment or has a clock of its own: the caller passes
//! user names, secrets, URLs, times and nonces.

#[cfg(feature = "aliyun")]
pub mod acs3;
pub(crate) mod basic;
pub(crate) mod bearer;
mod cache;
mod error;
pub mod oauth;
pub(crate) mod origin;
mod provider;
#[cfg(all(test, shuttle))]
mod schedules;
mod secret;

pub use error::{ProviderError, TokenError};
pub use oauth::{ClientCredentials, TokenCache};
pub(crate) use provider::Provided;
pub use provider::{Expiring, TokenProvider};
pub use secret::{InvalidSecret, Secret};
