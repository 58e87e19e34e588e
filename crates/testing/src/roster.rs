//! Which services this build has, each with its document and its behaviour.

use super::vendor::Vendor;
use runpipe::Service;

/// A service, before it is served.
pub(super) struct Entry {
    pub service: Service,
    /// Name of the document, for findings.
    pub file: &'static str,
    pub document: &'static str,
    /// The path before the documented paths.
    pub base_path: &'static str,
    pub vendor: Box<dyn Vendor>,
}

/// The services of this build. A new service adds one block.
pub(super) fn entries() -> Vec<Entry> {
    vec![
        Entry {
            service: Service::AzureDevops,
            file: "specs/azure-devops.json",
            document: runpipe::azure_devops::DOCUMENT,
            base_path: "",
            vendor: Box::new(crate::azure_devops::AzureDevops::default()),
        },
        Entry {
            service: Service::Matillion,
            file: "specs/matillion.json",
            document: runpipe::matillion::DOCUMENT,
            base_path: "/dpc",
            vendor: Box::new(crate::matillion::Matillion::default()),
        },
        Entry {
            service: Service::Aliyun,
            file: "specs/aliyun.json",
            document: runpipe::aliyun::DOCUMENT,
            base_path: "",
            vendor: Box::new(crate::aliyun::Aliyun::default()),
        },
        Entry {
            service: Service::Buddy,
            file: "specs/buddy.json",
            document: runpipe::buddy::DOCUMENT,
            base_path: "",
            vendor: Box::new(crate::buddy::Buddy),
        },
    ]
}
