//! A service of the sandbox, before it is served.

use runpipe::{Service, ServiceClient};

use crate::accepted::Accepted;
use crate::catalogue::Pipeline;
use crate::vendor::Vendor;

/// A service that the sandbox has. Each folder implements it for the library's client.
pub(crate) trait Simulated: ServiceClient {
    /// How the vendor behaves.
    type Vendor: Vendor + Default + 'static;
    /// The path before the documented paths.
    const BASE_PATH: &'static str = "";

    /// The pipelines that every sandbox has.
    fn pipelines() -> Vec<Pipeline>;

    /// What a ready client proves itself with at the sandbox's address.
    fn credentials(accepted: &Accepted, url: &str) -> Self::Credentials;
}

/// A service, before it is served.
pub(crate) struct Entry {
    pub service: Service,
    pub document: &'static str,
    /// The path before the documented paths.
    pub base_path: &'static str,
    pub pipelines: Vec<Pipeline>,
    pub vendor: Box<dyn Vendor>,
}

impl Entry {
    pub fn of<C: Simulated>() -> Self {
        Entry {
            service: C::SERVICE,
            document: C::DOCUMENT,
            base_path: C::BASE_PATH,
            pipelines: C::pipelines(),
            vendor: Box::<C::Vendor>::default(),
        }
    }

    /// The name of the document, for findings.
    pub fn file(&self) -> String {
        format!("specs/{}.json", self.service)
    }
}
