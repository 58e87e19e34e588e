//! The services that the program has. One file each; here is the one list of them.

mod aliyun;
mod azure_devops;
mod buddy;
mod flow;
mod matillion;
mod yunxiao;

use runpipe::{RunRef, Runs, Service};

use crate::process::exit::Failure;
use crate::vendor::Access;
use crate::vendor::any::AnyVendor;

/// Every service that the library has, in the order of the help.
pub const ALL: [&dyn AnyVendor; Service::ALL.len()] = [
    &azure_devops::AzureDevops,
    &matillion::Matillion,
    &aliyun::Aliyun,
    &buddy::Buddy,
    &yunxiao::Yunxiao,
];

/// The service of that name.
pub fn named(name: &str) -> Option<&'static dyn AnyVendor> {
    ALL.into_iter()
        .find(|vendor| vendor.service().name() == name)
}

/// A service that a reference names.
///
/// Fails for a service that has no file here.
pub fn of(service: Service) -> Result<&'static dyn AnyVendor, Failure> {
    named(service.name()).ok_or_else(|| {
        Failure::usage(
            format!("this program has no client for {}", service.title()),
            "Use a later version of the program.",
        )
    })
}

/// A client of the service that a run is on.
pub fn runs(run: &RunRef, access: Access<'_>) -> Result<Box<dyn Runs>, Failure> {
    of(run.service())?.runs(access)
}
