//! Which provider encrypts, as the features say, and whose certificates are trusted.

use reqwest::ClientBuilder;

use super::{Network, SendError};

/// Whether a request to an `https` address can be sent at all.
pub(crate) const COMPILED_IN: bool = cfg!(any(feature = "rustls", feature = "rustls-no-provider"));

/// Trusts this machine's roots, and those of the network.
pub(super) fn encrypted(
    builder: ClientBuilder,
    network: &Network,
) -> Result<ClientBuilder, SendError> {
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return without_default::encrypted(builder, network);
    }
    network.trusted_by(builder)
}

/// Trusts nobody: what talks without TLS, to this machine alone, needs no roots.
pub(super) fn unencrypted(builder: ClientBuilder) -> Result<ClientBuilder, SendError> {
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return without_default::unencrypted(builder);
    }
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    let builder = builder.tls_certs_only([]);
    Ok(builder)
}

/// reqwest panics where the process has no default provider, and asks for none where the
/// configuration is made already. It then leaves everything else that it knows of TLS aside.
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
mod without_default {
    use std::sync::Arc;

    use rustls::client::WantsClientCert;
    use rustls::crypto::ring;
    use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
    use rustls_platform_verifier::Verifier;

    use super::{ClientBuilder, Network, SendError};

    type Trust = ConfigBuilder<ClientConfig, WantsClientCert>;

    pub fn encrypted(
        builder: ClientBuilder,
        network: &Network,
    ) -> Result<ClientBuilder, SendError> {
        let roots = network.roots()?;
        configured(builder, |config| {
            let provider = Arc::clone(config.crypto_provider());
            let verifier = Verifier::new_with_extra_roots(roots, provider)?;
            let config = config.dangerous();
            Ok(config.with_custom_certificate_verifier(Arc::new(verifier)))
        })
    }

    pub fn unencrypted(builder: ClientBuilder) -> Result<ClientBuilder, SendError> {
        configured(builder, |config| {
            Ok(config.with_root_certificates(RootCertStore::empty()))
        })
    }

    fn configured(
        builder: ClientBuilder,
        trust: impl FnOnce(ConfigBuilder<ClientConfig, WantsVerifier>) -> Result<Trust, rustls::Error>,
    ) -> Result<ClientBuilder, SendError> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().and_then(trust);
        let config = config.map_err(|fault| SendError::not_sent(fault.to_string()))?;
        let mut config = config.with_no_client_auth();
        // As reqwest does where the configuration is its own.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(builder.tls_backend_preconfigured(config))
    }
}

#[cfg(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "rustls-ring"))
))]
mod without_default {
    use super::{ClientBuilder, Network, SendError};

    pub fn encrypted(builder: ClientBuilder, _: &Network) -> Result<ClientBuilder, SendError> {
        unencrypted(builder)
    }

    pub fn unencrypted(_: ClientBuilder) -> Result<ClientBuilder, SendError> {
        Err(SendError::not_sent(
            "this process has no TLS provider: call `install_default` of a \
             `rustls::crypto::CryptoProvider` first, or turn on the feature `rustls` or `rustls-ring`",
        ))
    }
}
