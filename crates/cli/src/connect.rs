//! From a service's name to a client of it.

use std::time::Duration;

use clap::Args;
use runpipe::{RetryPolicy, Runs, Service};

use super::Context;
use super::arguments::duration;
use super::exit::Failure;

/// Where the service is, and how patiently it is asked.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// Address of the service: a server of your own, a sandbox. Before RUNPIPE_<SERVICE>_URL.
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,

    /// Region of your account: us, eu or asia (Buddy), us1, eu1 or au1 (Matillion).
    #[arg(long)]
    region: Option<String>,

    /// Version of Azure DevOps' API, for an older server: 7.0, 7.1-preview.1.
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,

    /// How long one call may take, with everything in it: a token, every attempt, every pause.
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    timeout: Duration,

    /// How often a failure that may pass is tried again. A start is sent again only where the
    /// service cannot have acted.
    #[arg(long, value_name = "N", default_value_t = 4)]
    retries: usize,
}

impl Connection {
    /// The address to use, or `None` for the vendor's own.
    fn address(
        &self,
        context: &Context,
        service: Service,
        regions: &[(&str, &str)],
    ) -> Result<Option<String>, Failure> {
        if let Some(url) = &self.base_url {
            return Ok(Some(url.clone()));
        }
        let Some(region) = &self.region else {
            return context.environment.base_url(service);
        };
        let region = region.trim();
        let found = regions.iter().find(|(name, _)| {
            let short = name.trim_end_matches('1');
            name.eq_ignore_ascii_case(region) || short.eq_ignore_ascii_case(region)
        });
        if let Some((_, url)) = found {
            return Ok(Some((*url).to_owned()));
        }
        let names: Vec<&str> = regions.iter().map(|(name, _)| *name).collect();
        let title = service.title();
        Err(match names.as_slice() {
            [] => Failure::usage(
                format!("{title} has no regions to choose from"),
                "Leave --region out; use --base-url for another address.",
            ),
            names => Failure::usage(
                format!("{title} has no region of that name"),
                format!("Use one of {}.", names.join(", ")),
            ),
        })
    }

    /// How long a call may take.
    pub fn patience(&self) -> Duration {
        self.timeout
    }

    /// Only one service lets its callers choose.
    fn refuse_api_version(&self, service: Service) -> Result<(), Failure> {
        if self.api_version.is_none() || service == Service::AzureDevops {
            return Ok(());
        }
        Err(Failure::usage(
            format!("{} has no --api-version to choose", service.title()),
            "Leave it out.",
        ))
    }

    fn retry(&self) -> RetryPolicy {
        RetryPolicy::default().retries(self.retries)
    }
}

/// Where the service is, how patiently it is asked, and the credential. A macro, because the
/// builders differ in type.
macro_rules! build {
    ($connection:ident, $context:ident, $service:expr, $regions:expr, $client:ty, $credentials:expr) => {{
        $connection.refuse_api_version($service)?;
        let builder = <$client>::builder().credentials($credentials);
        let builder = builder
            .timeout($connection.timeout)
            .retry($connection.retry());
        let builder = match $connection.address($context, $service, $regions)? {
            Some(url) => builder.base_url(url),
            None => builder,
        };
        builder.build().map_err(Failure::from)
    }};
}

/// A client of Azure DevOps.
pub fn azure_devops(
    connection: &Connection,
    context: &Context,
) -> Result<runpipe::azure_devops::Client, Failure> {
    use runpipe::azure_devops::Client;
    let (service, credentials) = (Service::AzureDevops, context.environment.azure_devops()?);
    let client = build!(connection, context, service, &[], Client, credentials)?;
    Ok(match &connection.api_version {
        Some(version) => client.with_api_version(version),
        None => client,
    })
}

/// A client of Matillion.
pub fn matillion(
    connection: &Connection,
    context: &Context,
) -> Result<runpipe::matillion::Client, Failure> {
    use runpipe::matillion::{Client, Region};
    let regions = Region::ALL.map(|region| (region.name(), region.base_url()));
    let (service, credentials) = (Service::Matillion, context.environment.matillion()?);
    build!(connection, context, service, &regions, Client, credentials)
}

/// A client of Aliyun Yunxiao.
pub fn aliyun(
    connection: &Connection,
    context: &Context,
) -> Result<runpipe::aliyun::Client, Failure> {
    use runpipe::aliyun::Client;
    let (service, credentials) = (Service::Aliyun, context.environment.aliyun()?);
    build!(connection, context, service, &[], Client, credentials)
}

/// A client of Buddy.
pub fn buddy(
    connection: &Connection,
    context: &Context,
) -> Result<runpipe::buddy::Client, Failure> {
    use runpipe::buddy::{BASE_URL_ASIA, BASE_URL_EU, BASE_URL_US, Client};
    let regions = [
        ("us", BASE_URL_US),
        ("eu", BASE_URL_EU),
        ("asia", BASE_URL_ASIA),
    ];
    let (service, credentials) = (Service::Buddy, context.environment.buddy()?);
    build!(connection, context, service, &regions, Client, credentials)
}

/// A client of the service that a run is on.
///
/// Fails when the program has no client for that service.
pub fn runs(
    service: Service,
    connection: &Connection,
    context: &Context,
) -> Result<Box<dyn Runs>, Failure> {
    match service {
        Service::AzureDevops => Ok(Box::new(azure_devops(connection, context)?)),
        Service::Matillion => Ok(Box::new(matillion(connection, context)?)),
        Service::Aliyun => Ok(Box::new(aliyun(connection, context)?)),
        Service::Buddy => Ok(Box::new(buddy(connection, context)?)),
        _ => Err(Failure::usage(
            format!("this program has no client for {}", service.title()),
            "Use a later version of the program.",
        )),
    }
}
