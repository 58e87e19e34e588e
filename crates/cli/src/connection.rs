//! Where a service is, and how patiently it is asked.

use std::time::Duration;

use clap::Args;
use runpipe::{RetryPolicy, Service};

use super::environment::Environment;
use super::exit::Failure;
use super::value::duration;

/// Where the service is, and the timeouts and retries.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// Address of the service, for your own server or a sandbox. Wins over RUNPIPE_<SERVICE>_URL.
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,

    /// Region of your account: us, eu or asia (Buddy), us1, eu1 or au1 (Matillion).
    #[arg(long)]
    region: Option<String>,

    /// API version of Azure DevOps, for an older server: 7.0, 7.1-preview.1.
    #[arg(long, value_name = "VERSION")]
    pub api_version: Option<String>,

    /// How long one call may take, including a token, every attempt and every pause. Looking up a
    /// name is one call, however many pages the list has.
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub timeout: Duration,

    /// How long one attempt may take.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub attempt_timeout: Duration,

    /// How often a temporary failure is retried. A start is sent again only if the service cannot
    /// have acted on it.
    #[arg(long, value_name = "N", default_value_t = 4)]
    retries: usize,
}

impl Connection {
    /// The address to use: from a flag, a region or a variable, or the vendor's own.
    pub fn address(
        &self,
        service: Service,
        own: &str,
        regions: &[(&str, &str)],
        environment: &Environment,
    ) -> Result<String, Failure> {
        if let Some(url) = &self.base_url {
            return Ok(url.clone());
        }
        let Some(region) = &self.region else {
            let given = environment.base_url(service)?;
            return Ok(given.unwrap_or_else(|| own.to_owned()));
        };
        let region = region.trim();
        let found = regions.iter().find(|(name, _)| {
            let short = name.trim_end_matches('1');
            name.eq_ignore_ascii_case(region) || short.eq_ignore_ascii_case(region)
        });
        if let Some((_, url)) = found {
            return Ok((*url).to_owned());
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

    /// Only some services let their callers choose.
    pub fn check_api_version(&self, service: Service, may_choose: bool) -> Result<(), Failure> {
        if self.api_version.is_none() || may_choose {
            return Ok(());
        }
        Err(Failure::usage(
            format!("{} has no --api-version to choose", service.title()),
            "Leave it out.",
        ))
    }

    /// How failures that may pass are tried again.
    pub fn retry(&self) -> RetryPolicy {
        RetryPolicy::default().retries(self.retries)
    }
}
