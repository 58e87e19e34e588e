//! The address of a run's page on a service's web site, as people copy it.

use std::future::ready;
use std::pin::pin;

use futures_core::Stream;
use futures_util::TryStreamExt;
use url::Url;

use crate::client::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::place::Part;
use crate::run::{Run, RunRef};
use crate::service::Service;

/// A run's page on the web site of its service.
///
/// Its address seldom has all parts of a [`RunRef`]: Azure DevOps leaves the pipeline out,
/// Matillion the project, and Buddy shows another id of the execution. [`crate::Runs::run_on`] asks
/// the service for the missing parts.
///
/// ```
/// use runpipe::{ServiceClient, azure_devops};
///
/// let address = "https://dev.azure.com/acme/Shop/_build/results?buildId=7001&view=results";
/// let page = azure_devops::Client::web_page(address, azure_devops::BASE_URL)?;
/// assert_eq!(page.part("runId"), Some("7001"));
/// # Ok::<(), runpipe::InvalidWebPage>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPage {
    service: Service,
    named: Vec<Part>,
}

/// Why an address is not that of a run's page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidWebPage {
    /// It cannot be read as an address with `http` or `https`.
    #[error("it is not the address of a web page")]
    Address,
    /// The service has no pages at that host.
    #[error("{} has no pages at that host", .0.title())]
    Elsewhere(Service),
    /// It is a page of the service, but not of a run.
    #[error("the address names {named} on {}, and that is not a run: the {missing} is missing; the \
             address of a run is {form}", .service.title())]
    NoRun {
        /// The service.
        service: Service,
        /// The parts that the address names.
        named: String,
        /// The part that it does not name.
        missing: &'static str,
        /// The form of a run's address.
        form: &'static str,
    },
}

/// The pages of a service's runs.
pub(crate) struct Site {
    /// The vendor's hosts. One that begins with a dot includes all below it.
    pub hosts: &'static [&'static str],
    /// The parts that the address of a page names.
    pub named: fn(&Address) -> Vec<Part>,
    /// The parts that the address of a run's page names.
    pub names: &'static [&'static str],
    /// The form of that address.
    pub form: &'static str,
}

/// An address on the host of a service's pages, taken apart.
pub(crate) struct Address {
    url: Url,
    /// The decoded segments of its path, after those of the service's own address.
    segments: Vec<String>,
}

impl Address {
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// The first value of that name in the query, ignoring case.
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = self.url.query_pairs();
        let found = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.into_owned())
    }
}

impl WebPage {
    /// Reads the address of a page of that service.
    pub(crate) fn read(
        service: Service,
        site: &Site,
        address: &str,
        base_url: &str,
    ) -> Result<Self, InvalidWebPage> {
        let address = site.find(address, base_url)?;
        let address = address.ok_or(InvalidWebPage::Elsewhere(service))?;
        let named = (site.named)(&address).into_iter();
        let named: Vec<Part> = named.filter(|(_, value)| !value.is_empty()).collect();
        let is_named = |name: &&str| named.iter().any(|(known, _)| known == name);
        match site.names.iter().find(|name| !is_named(name)) {
            None => Ok(WebPage { service, named }),
            Some(missing) => Err(InvalidWebPage::NoRun {
                service,
                named: words(&named),
                missing,
                form: site.form,
            }),
        }
    }

    /// The service that has the page.
    pub fn service(&self) -> Service {
        self.service
    }

    /// A part of the run's reference, by its name in [`Service::reference_parts`], if the address
    /// names it.
    pub fn part(&self, name: &str) -> Option<&str> {
        let part = self.named.iter().find(|(known, _)| *known == name);
        part.map(|(_, value)| value.as_str())
    }

    /// The same part, or `""`.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.part(name).unwrap_or_default()
    }

    /// A part that is a number.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when it is not a number.
    pub(crate) fn number(&self, name: &str) -> Result<i64> {
        let number = self.text(name).parse().ok().filter(|number| *number > 0);
        number.ok_or_else(|| {
            let detail = format!("the {name} in the address of the page is not a number above 0");
            Error::configuration(detail).on_service(self.service)
        })
    }

    /// The reference, if the address names all of its parts.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when one is missing, or cannot be part of a URL's path.
    pub(crate) fn reference(&self) -> Result<RunRef> {
        let names = self.service.reference_parts().iter();
        RunRef::new(self.service, names.map(|name| self.text(name)))
            .map_err(|fault| Error::configuration(fault.to_string()).on_service(self.service))
    }

    /// The run that the page shows, from the list that `call` begins.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when the list does not have it.
    pub(crate) async fn listed(
        &self,
        call: Call,
        list: impl Stream<Item = Result<Run>> + Send,
        is_shown: impl Fn(&Run) -> bool + Send,
    ) -> Result<RunRef> {
        let mut shown = pin!(list.try_filter(|run| ready(is_shown(run))));
        let shown = shown.try_next().await?.map(|run| run.reference);
        shown.ok_or_else(|| {
            let error = call.error(ErrorKind::NotFound);
            error.detail("the list of executions does not have the one of the page")
        })
    }

    /// Refuses the page of another service.
    pub(crate) fn expect_service(&self, service: Service) -> Result<()> {
        if self.service == service {
            return Ok(());
        }
        let detail = format!("the page is one of {}", self.service.title());
        Err(Error::configuration(detail).on_service(service))
    }
}

impl Site {
    /// Takes an address apart that is on one of these hosts, or on that of the service; `None` for
    /// any other.
    fn find(&self, address: &str, base_url: &str) -> Result<Option<Address>, InvalidWebPage> {
        let url = Url::parse(address.trim()).map_err(|_| InvalidWebPage::Address)?;
        let host = url.host_str().ok_or(InvalidWebPage::Address)?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(InvalidWebPage::Address);
        }
        let below = |known: &&str| known.starts_with('.') && host.ends_with(known);
        let is_vendors = self
            .hosts
            .iter()
            .any(|known| *known == host || below(known));
        let own = Url::parse(base_url).ok();
        let own = own.filter(|own| own.origin() == url.origin());
        if !is_vendors && own.is_none() {
            return Ok(None);
        }
        let path = own
            .as_ref()
            .and_then(|own| url.path().strip_prefix(own.path().trim_end_matches('/')))
            .unwrap_or(url.path());
        let decoded = path.split('/').filter(|segment| !segment.is_empty());
        let decoded = decoded.map(|segment| {
            let text = percent_encoding::percent_decode_str(segment).decode_utf8();
            text.map(String::from).map_err(|_| InvalidWebPage::Address)
        });
        let segments = decoded.collect::<Result<_, _>>()?;
        Ok(Some(Address { url, segments }))
    }
}

/// `the organization "acme" and the project "Shop"`.
fn words(named: &[Part]) -> String {
    let one = |(name, value): &Part| format!("the {name} {:?}", crate::text::one_line(value));
    let words: Vec<String> = named.iter().map(one).collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        words => words.join(" and "),
    }
}
