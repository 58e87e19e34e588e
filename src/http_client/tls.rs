//! Which provider encrypts, as the features say.

use super::SendError;

/// Whether a request to an `https` address can be sent at all.
pub(crate) const COMPILED_IN: bool = cfg!(any(feature = "rustls", feature = "rustls-no-provider"));

/// reqwest finds its provider by itself, or has no TLS.
#[cfg(any(feature = "rustls", not(feature = "rustls-no-provider")))]
#[allow(clippy::unnecessary_wraps, reason = "with other features it can fail")]
pub(super) fn with_provider(
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::ClientBuilder, SendError> {
    Ok(builder)
}

/// reqwest panics where the process has no default provider. So it is given one, or not asked.
#[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
pub(super) fn with_provider(
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::ClientBuilder, SendError> {
    match rustls::crypto::CryptoProvider::get_default() {
        Some(_) => Ok(builder),
        None => without_default(builder),
    }
}

#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
fn without_default(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, SendError> {
    use rustls_platform_verifier::BuilderVerifierExt;
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|fault| SendError::not_sent(fault.to_string()))?;
    Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
}

#[cfg(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "rustls-ring"))
))]
fn without_default(_: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, SendError> {
    Err(SendError::not_sent(
        "this process has no TLS provider: call `install_default` of a \
         `rustls::crypto::CryptoProvider` first, or turn on the feature `rustls` or `rustls-ring`",
    ))
}
