//! The vendors' answers, one table each. `.ci/reduced` runs a service's with that service alone.

#[cfg(feature = "aliyun")]
mod aliyun;
#[cfg(feature = "azure-devops")]
mod azure_devops;
#[cfg(feature = "buddy")]
mod buddy;
#[cfg(feature = "matillion")]
mod matillion;
mod served;
#[cfg(feature = "yunxiao")]
mod yunxiao;
