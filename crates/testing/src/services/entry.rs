//! A service of the sandbox, before it is served.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use runpipe::{Service, ServiceClient};
use runpipe_spec::document::Document;

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
    document: runpipe::Document,
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

    /// The document, which is the same for all sandboxes of a process: it is read once, and each of
    /// its schemas is compiled once.
    pub fn document(&self) -> io::Result<Arc<Document>> {
        static READ: Mutex<BTreeMap<Service, Arc<Document>>> = Mutex::new(BTreeMap::new());
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(document) = read.get(&self.service) {
            return Ok(Arc::clone(document));
        }
        let file = format!("specs/{}.json", self.service);
        let document = Document::parse(&file, &self.document.text()).map_err(|findings| {
            let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
            io::Error::new(io::ErrorKind::InvalidData, lines.join("\n"))
        })?;
        let document = Arc::new(document);
        read.insert(self.service, Arc::clone(&document));
        Ok(document)
    }
}
