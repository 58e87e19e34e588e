//! Credentials for Azure DevOps.

use std::sync::Arc;

use crate::auth::{ClientCredentials, Provided, Secret, TokenProvider};
use crate::client::Credential;
use crate::error::{Error, Result};
use crate::run::check_path_value;
use crate::service::Service;
use crate::service_client::IntoCredential;

/// What an Entra token has to be for: Azure DevOps, by the id that it has in every tenant.
pub const SCOPE: &str = "499b84ac-1321-427f-aa17-267ca6975798/.default";
/// Where Entra gives out tokens, before the tenant.
const ENTRA: &str = "https://login.microsoftonline.com";

/// A credential for Azure DevOps.
///
/// Reading runs needs the scope Build (read), starting and stopping them Build (read and execute).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A personal access token, sent as the password of HTTP Basic with an empty user name.
    ///
    /// Tokens for all organizations at once stop working on 2026-12-01; make one for a single
    /// organization.
    Pat(Secret),
    /// A bearer token, sent as `Authorization: Bearer`: one of Entra ID that somebody else renews (it
    /// lasts about an hour), or a job's `System.AccessToken`.
    Token(Secret),
    /// A service principal: tokens are fetched from Entra ID, shared, and renewed before they end.
    /// The principal has to be added to the organization as a user.
    ///
    /// When no scope is set, the scope of Azure DevOps is asked for.
    ClientCredentials(ClientCredentials),
    /// Entra tokens from a provider: of `az`, of a managed identity, of a workload identity.
    Provider(Arc<dyn TokenProvider>),
}

impl Credentials {
    /// A personal access token.
    pub fn pat(token: impl Into<Secret>) -> Self {
        Credentials::Pat(token.into())
    }

    /// A bearer token, which is not renewed.
    pub fn token(token: impl Into<Secret>) -> Self {
        Credentials::Token(token.into())
    }

    /// Entra tokens from a provider, asked for when they are needed and renewed before they end.
    /// They have to be for [`SCOPE`](super::SCOPE). `examples/azure-identity` takes them from the
    /// crate `azure_identity`.
    pub fn provider(provider: impl TokenProvider + 'static) -> Self {
        Credentials::Provider(Arc::new(provider))
    }

    /// A service principal of an Entra tenant. The tenant is its id or one of its domains.
    ///
    /// For another token endpoint build [`Credentials::ClientCredentials`] from a URL.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the tenant is empty, or can be no part of a URL's
    /// path.
    pub fn service_principal(
        tenant: &str,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Result<Self> {
        let tenant = tenant.trim();
        let unusable =
            |detail: String| Error::configuration(detail).on_service(Service::AzureDevops);
        check_path_value(tenant).map_err(|fault| unusable(format!("the Entra tenant {fault}")))?;
        let mut url = url::Url::parse(ENTRA)
            .map_err(|fault| unusable(format!("no token endpoint: {fault}")))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend([tenant, "oauth2", "v2.0", "token"]);
        }
        let credentials = ClientCredentials::new(url, client_id, client_secret.into());
        Ok(Credentials::ClientCredentials(
            credentials.with_scope(SCOPE),
        ))
    }
}

impl IntoCredential for Credentials {
    #[cfg(feature = "contract")]
    fn made_up() -> Self {
        Credentials::pat("contract-test")
    }

    fn into_credential(self) -> Result<Credential> {
        match self {
            Credentials::Pat(token) => Credential::basic("", "personal access token", &token),
            Credentials::Token(token) => Credential::bearer(&token),
            Credentials::ClientCredentials(client) => Credential::oauth(match client.scope {
                Some(_) => client,
                None => client.with_scope(SCOPE),
            }),
            Credentials::Provider(provider) => Ok(Credential::Provided(Provided::new(provider))),
        }
    }
}
