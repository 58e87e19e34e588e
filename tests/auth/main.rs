//! Credentials: tokens that are asked for, tokens that are given, and signatures.

#[cfg(feature = "azure-devops")]
mod oauth;
#[cfg(all(feature = "azure-devops", feature = "aliyun"))]
mod providers;
#[cfg(feature = "aliyun")]
mod signing;
