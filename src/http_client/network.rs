//! What a machine's network requires of a client: a proxy, further roots.

#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::{SendError, reasons};

/// What [`super::ReqwestClient`] does besides what this machine's variables and roots say.
#[derive(Clone, Debug, Default)]
pub struct Network {
    proxy: Option<reqwest::Proxy>,
    /// In PEM.
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    roots: Vec<u8>,
}

impl Network {
    /// Sends requests to `https` addresses through this proxy, instead of the one that the
    /// environment names. Hosts in `NO_PROXY` bypass it.
    ///
    /// # Errors
    ///
    /// [`SendError`] when it is not the address of a proxy.
    pub fn proxy(mut self, address: &str) -> Result<Self, SendError> {
        let unusable = |cause: reqwest::Error| SendError::not_sent(reasons(&cause.without_url()));
        let proxy = reqwest::Proxy::https(address).map_err(unusable)?;
        self.proxy = Some(proxy.no_proxy(reqwest::NoProxy::from_env()));
        Ok(self)
    }

    /// Trusts these root certificates too, in PEM.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the text holds no certificate, or one cannot be read.
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, SendError> {
        if read(pem)?.is_empty() {
            return Err(SendError::not_sent("there is no PEM certificate"));
        }
        self.roots = pem.to_vec();
        Ok(self)
    }

    pub(super) fn on(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        }
    }

    /// Its roots, for a configuration that reqwest does not make.
    #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
    pub(super) fn roots(&self) -> Result<Vec<CertificateDer<'static>>, SendError> {
        let roots = CertificateDer::pem_slice_iter(&self.roots).collect::<Result<_, _>>();
        roots.map_err(|fault| SendError::not_sent(fault.to_string()))
    }

    /// Trusts the roots of this network besides this machine's.
    pub(super) fn trusted_by(
        &self,
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, SendError> {
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
        if !self.roots.is_empty() {
            return Ok(builder.tls_certs_merge(read(&self.roots)?));
        }
        Ok(builder)
    }
}

#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn read(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, SendError> {
    let roots = reqwest::Certificate::from_pem_bundle(pem);
    roots.map_err(|cause| SendError::not_sent(reasons(&cause)))
}
