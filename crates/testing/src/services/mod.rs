//! The services of the sandbox: a folder each, and the one list of them.

// What a vendor gains has to be answered on purpose.
#![deny(clippy::wildcard_enum_match_arm)]

mod aliyun;
mod azure_devops;
mod buddy;
mod clients;
mod entry;
mod flow;
mod matillion;
mod yunxiao;

use runpipe::Service;

use crate::Sandbox;

pub use clients::SandboxClient;
pub(crate) use entry::Entry;
pub(crate) use matillion::token_url;

/// Every service that the library has.
pub(crate) fn entries() -> [Entry; Service::ALL.len()] {
    [
        Entry::of::<runpipe::azure_devops::Client>(),
        Entry::of::<runpipe::matillion::Client>(),
        Entry::of::<runpipe::aliyun::Client>(),
        Entry::of::<runpipe::buddy::Client>(),
        Entry::of::<runpipe::yunxiao::Client>(),
    ]
}

clients::named! {
    "Azure DevOps", "the accepted personal access token",
        runpipe::azure_devops::Client, azure_devops, azure_devops_builder;
    "Matillion", "the accepted client credentials",
        runpipe::matillion::Client, matillion, matillion_builder;
    "Aliyun", "the accepted lasting access key",
        runpipe::aliyun::Client, aliyun, aliyun_builder;
    "Buddy", "a token that may start and read",
        runpipe::buddy::Client, buddy, buddy_builder;
    "Yunxiao", "the accepted token",
        runpipe::yunxiao::Client, yunxiao, yunxiao_builder;
}
