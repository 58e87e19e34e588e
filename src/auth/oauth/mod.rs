//! The OAuth 2.0 client credentials grant (RFC 6749, section 4.4).
//!
//! [`ClientCredentials`] says who requests a token and where; a [`TokenCache`] requests it, keeps
//! it as long as it lasts and lets many callers share one request for the next one. Failures are a
//! [`TokenError`].

mod answer;
mod cache;
mod credentials;
mod request;

pub use cache::TokenCache;
pub use credentials::ClientCredentials;

pub use crate::auth::error::TokenError;
