//! Which services this build has, each with its document and its behaviour.

use super::vendor::Vendor;
use crate::service::Service;

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
        #[cfg(feature = "azure-devops")]
        Entry {
            service: Service::AzureDevops,
            file: "specs/azure-devops.json",
            document: include_str!("../../specs/azure-devops.json"),
            base_path: "",
            vendor: Box::new(crate::services::azure_devops::sandbox::AzureDevops::default()),
        },
        #[cfg(feature = "matillion")]
        Entry {
            service: Service::Matillion,
            file: "specs/matillion.json",
            document: include_str!("../../specs/matillion.json"),
            base_path: "/dpc",
            vendor: Box::new(crate::services::matillion::sandbox::Matillion::default()),
        },
        #[cfg(feature = "aliyun")]
        Entry {
            service: Service::Aliyun,
            file: "specs/aliyun.json",
            document: include_str!("../../specs/aliyun.json"),
            base_path: "",
            vendor: Box::new(crate::services::aliyun::sandbox::Aliyun::default()),
        },
        #[cfg(feature = "buddy")]
        Entry {
            service: Service::Buddy,
            file: "specs/buddy.json",
            document: include_str!("../../specs/buddy.json"),
            base_path: "",
            vendor: Box::new(crate::services::buddy::sandbox::Buddy),
        },
    ]
}
