//! Whose signature it is.

use crate::auth::Secret;

/// An access key, and the security token that belongs to it when the key is a temporary one.
///
/// `Debug` shows the id only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The key's id. Travels in every request; it is not a secret.
    pub access_key_id: String,
    /// The key of the HMAC, used as it is.
    pub access_key_secret: Secret,
    /// The token of temporary credentials, sent as `x-acs-security-token` and signed.
    pub security_token: Option<Secret>,
}

impl Credentials {
    /// A lasting access key. Blanks around the id are removed, as they are around the secret.
    #[must_use]
    pub fn new(access_key_id: impl Into<String>, access_key_secret: Secret) -> Self {
        Self {
            access_key_id: access_key_id.into().trim().to_owned(),
            access_key_secret,
            security_token: None,
        }
    }

    /// Makes it a temporary access key: each request carries the token too.
    #[must_use]
    pub fn with_security_token(mut self, token: Secret) -> Self {
        self.security_token = Some(token);
        self
    }
}
