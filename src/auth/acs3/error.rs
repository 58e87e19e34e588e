//! Why a request cannot be signed.

use crate::auth::InvalidSecret;

/// Why a request cannot be signed. Nothing was sent, and nothing secret is in the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// A header that is to be signed is not on the request.
    #[error("the header {name} is to be signed, but the request does not have it")]
    MissingHeader {
        /// The header, in small letters.
        name: String,
    },
    /// A header's value cannot be signed, because it is not UTF-8, or cannot be sent, because it
    /// holds a control character.
    #[error("the header {name} holds characters that cannot be signed")]
    InvalidHeader {
        /// The header, in small letters.
        name: String,
    },
    /// The access key id or the security token cannot be sent in a header.
    #[error(transparent)]
    InvalidCredentials(#[from] InvalidSecret),
}
