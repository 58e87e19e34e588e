//! What a machine's network asks of a client: a proxy, further roots.

use super::{SendError, reasons};

/// What [`super::ReqwestClient`] does besides what this machine's variables and roots say.
#[derive(Clone, Debug, Default)]
pub struct Network {
    proxy: Option<reqwest::Proxy>,
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    roots: Vec<reqwest::Certificate>,
    /// The same, for a configuration that reqwest does not make.
    #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
    der: Vec<rustls::pki_types::CertificateDer<'static>>,
}

impl Network {
    /// Sends requests to `https` addresses through this proxy, instead of the one that the
    /// environment names. Hosts in `NO_PROXY` are asked straight.
    ///
    /// # Errors
    ///
    /// [`SendError`] when it is no address of a proxy.
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
    /// [`SendError`] when there is none among them, or one cannot be read.
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, SendError> {
        let roots = reqwest::Certificate::from_pem_bundle(pem);
        self.roots = roots.map_err(|cause| SendError::not_sent(reasons(&cause)))?;
        #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
        {
            use rustls::pki_types::CertificateDer;
            use rustls::pki_types::pem::PemObject;
            let read = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>();
            self.der = read.map_err(|fault| SendError::not_sent(fault.to_string()))?;
        }
        match self.roots.is_empty() {
            true => Err(SendError::not_sent("there is no certificate in PEM")),
            false => Ok(self),
        }
    }

    pub(super) fn on(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        }
    }

    #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
    pub(super) fn roots_in_der(&self) -> Vec<rustls::pki_types::CertificateDer<'static>> {
        self.der.clone()
    }

    /// Trusts the roots of this network besides this machine's.
    pub(super) fn trusted_by(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
        let builder = match self.roots.is_empty() {
            true => builder,
            false => builder.tls_certs_merge(self.roots.clone()),
        };
        builder
    }
}
