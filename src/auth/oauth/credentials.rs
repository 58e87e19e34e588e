//! The caller that requests a token, and the endpoint.

use std::fmt;

use url::Url;

use crate::auth::Secret;

/// What a client credentials grant needs: the token endpoint, a client id and its secret, and the
/// optional audience and scope.
///
/// `Debug` shows neither the secret nor the query and user information of the URL.
///
/// ```
/// use runpipe::auth::{ClientCredentials, Secret};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let credentials = ClientCredentials::new(
///     "https://id.example.com/oauth/token".parse()?,
///     "my-client",
///     Secret::from("s3cret"),
/// )
/// .with_audience("https://api.example.com");
/// assert!(!format!("{credentials:?}").contains("s3cret"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ClientCredentials {
    /// The token endpoint. Plain `http` is refused when a token is asked for, unless the host is
    /// this machine.
    pub token_url: Url,
    /// The client's id, sent as the form field `client_id`.
    pub client_id: String,
    /// The client's secret, sent as the form field `client_secret`.
    pub client_secret: Secret,
    /// The form field `audience`: which API the token is for. Left out when `None`.
    pub audience: Option<String>,
    /// The form field `scope`: what the token allows, as words separated by blanks. Left out when
    /// `None`.
    pub scope: Option<String>,
}

impl ClientCredentials {
    /// Credentials without audience and scope. Blanks around the client id are removed, as they
    /// are around the secret.
    #[must_use]
    pub fn new(token_url: Url, client_id: impl Into<String>, client_secret: Secret) -> Self {
        Self {
            token_url,
            client_id: client_id.into().trim().to_owned(),
            client_secret,
            audience: None,
            scope: None,
        }
    }

    /// Sets the API that the token is for.
    #[must_use]
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets what the token allows.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// The form fields of a token request, in the order in which they are sent.
    pub(super) fn form(&self) -> Vec<(&'static str, &str)> {
        let mut fields = vec![
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose()),
        ];
        fields.extend(
            self.audience
                .as_deref()
                .map(|audience| ("audience", audience)),
        );
        fields.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        fields
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("token_url", &bare(&self.token_url).as_str())
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
            .field("audience", &self.audience)
            .field("scope", &self.scope)
            .finish()
    }
}

/// The URL without the parts that may hold a secret: user information, query and fragment.
pub(super) fn bare(url: &Url) -> Url {
    let mut bare = url.clone();
    // Both fail only for URLs that have no host, and those have no user information either.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare.set_query(None);
    bare.set_fragment(None);
    bare
}
