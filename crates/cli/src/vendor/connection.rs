//! Where a service is, and how patiently it is asked.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use runpipe::{HttpClient, Network, ReqwestClient, RetryPolicy, Service};

use crate::flags::value::duration;
use crate::output::text::one_line;
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::settings::{About, Settings};

/// The variables that name a proxy for `https` addresses, and those that name root certificates.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const ROOTS: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];
/// How long connecting may take, as in the library.
const CONNECTING: Duration = Duration::from_secs(10);

/// Where the service is, and the timeouts and retries.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// Address of the service, for your own server or a sandbox. Overrides RUNPIPE_<SERVICE>_URL.
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,

    /// Region of your account: us, eu or asia (Buddy), us1, eu1 or au1 (Matillion).
    #[arg(long)]
    region: Option<String>,

    /// API version of Azure DevOps, for an older server: 7.0, 7.1-preview.1.
    #[arg(long, value_name = "VERSION")]
    pub api_version: Option<String>,

    /// How long one call may take, including getting a token, every attempt and every pause.
    /// Looking up a name is one call, however many pages the list has.
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
        settings: &Settings,
    ) -> Result<String, Failure> {
        if let Some(url) = &self.base_url {
            return Ok(url.clone());
        }
        let set = |name| settings.text(&About::Service(service), name);
        let region = match &self.region {
            Some(region) => region.as_str(),
            None => {
                let given = environment.base_url(service)?;
                let given = given.or_else(|| set("base_url").map(str::to_owned));
                match (given, set("region")) {
                    (Some(url), _) => return Ok(url),
                    (None, None) => return Ok(own.to_owned()),
                    (None, Some(region)) => region,
                }
            }
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

    /// An HTTP client for the proxy and the roots of the settings. Variables go before them.
    pub fn http(
        &self,
        settings: &Settings,
        environment: &Environment,
    ) -> Result<Option<Arc<dyn HttpClient>>, Failure> {
        // One that is not text is set too.
        let is_set = |name: &&str| !matches!(environment.text(name), Ok(None));
        let proxy = settings.text(&About::All, "proxy");
        let proxy = proxy.filter(|_| !PROXIES.iter().any(is_set));
        let roots = settings.path("ca_file");
        let roots = roots.filter(|_| !ROOTS.iter().any(is_set));
        if proxy.is_none() && roots.is_none() {
            return Ok(None);
        }
        let unusable = |name: &str, why: String| {
            Failure::usage(
                one_line(&format!("the {name} of runpipe.toml cannot be used: {why}")),
                "Correct it: runpipe config show --origin says where it is from.",
            )
        };
        let mut network = Network::default();
        if let Some(proxy) = proxy {
            let set = network.proxy(proxy);
            network = set.map_err(|fault| unusable("proxy", fault.to_string()))?;
        }
        if let Some(file) = roots {
            let pem = std::fs::read(&file);
            let pem =
                pem.map_err(|cause| unusable("ca_file", format!("{}: {cause}", file.display())))?;
            let set = network.root_certificates(&pem);
            network = set.map_err(|fault| unusable("ca_file", fault.to_string()))?;
        }
        let patience = self.attempt_timeout.min(self.timeout).mul_f64(0.9);
        let client = ReqwestClient::on_network(patience.min(CONNECTING), network);
        let client = client.map_err(|fault| unusable("network", fault.to_string()))?;
        Ok(Some(Arc::new(client)))
    }

    /// How failures that may pass are tried again.
    pub fn retry(&self) -> RetryPolicy {
        RetryPolicy::default().retries(self.retries)
    }
}
