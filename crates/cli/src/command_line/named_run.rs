//! A run as named on the command line: by its reference, or by the address of its page.

use clap::Args;
use runpipe::{InvalidWebPage, RunRef, Runs};

use crate::context::Context;
use crate::flags::value::reference;
use crate::output::text::one_line;
use crate::process::exit::Failure;
use crate::services;
use crate::vendor::Access;
use crate::vendor::connection::Connection;

/// A run as named on the command line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NamedRun {
    /// By its reference.
    Reference(RunRef),
    /// By the address of its page.
    Page(String),
}

/// Reads either. No error repeats the text: it may be a credential.
pub fn named_run(text: &str) -> Result<NamedRun, String> {
    let text = text.trim();
    match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(NamedRun::Page(text.to_owned())),
        false => reference(text).map(NamedRun::Reference),
    }
}

/// One run, and how its service is reached.
#[derive(Args, Clone, Debug)]
pub struct OneRun {
    /// The run, as `start` and `list` print it: buddy/acme/site/2/31; or the URL of its page.
    #[arg(value_name = "REF", value_parser = named_run)]
    pub run: NamedRun,

    #[command(flatten)]
    pub connection: Connection,
}

impl OneRun {
    /// A client of the run's service, and the run.
    pub async fn find(&self, context: &Context) -> Result<(Box<dyn Runs>, RunRef), Failure> {
        self.run.find(context.access(&self.connection)).await
    }

    /// A client that only reads, and the run.
    pub async fn find_to_read(
        &self,
        context: &Context,
    ) -> Result<(Box<dyn Runs>, RunRef), Failure> {
        self.run
            .find(context.access_to_read(&self.connection))
            .await
    }
}

impl NamedRun {
    /// A client of the run's service, and the run; that of a page is looked up.
    ///
    /// Fails when the address is not that of a run's page, and as reading a run does.
    pub async fn find(&self, access: Access<'_>) -> Result<(Box<dyn Runs>, RunRef), Failure> {
        let address = match self {
            NamedRun::Reference(run) => return Ok((services::runs(run, access)?, run.clone())),
            NamedRun::Page(address) => address,
        };
        let mut pages = Vec::new();
        let mut nearest = None;
        for vendor in services::ALL {
            match vendor.web_page(address, access) {
                Ok(page) => pages.push((vendor, page)),
                Err(fault @ InvalidWebPage::NoRun { .. }) => {
                    nearest.get_or_insert(fault);
                }
                Err(_) => {}
            }
        }
        // Two services may have one web site: that of which there is a credential is meant.
        let mut has_proof = Vec::new();
        for (vendor, _) in &pages {
            has_proof.push(vendor.proof().found(access.environment)?.is_some());
        }
        let chosen = has_proof.iter().position(|found| *found).unwrap_or(0);
        let Some((vendor, page)) = pages.into_iter().nth(chosen) else {
            return Err(no_page(nearest));
        };
        let runs = vendor.runs(access)?;
        let run = runs.run_on(&page).await?;
        Ok((runs, run))
    }
}

fn no_page(nearest: Option<InvalidWebPage>) -> Failure {
    let (what, advice) = match nearest {
        Some(fault) => (
            fault.to_string(),
            "Copy the address of the run's own page, or use the reference that `list` prints.",
        ),
        None => (
            "no service has its pages of runs at that address".to_owned(),
            "For a server of your own give its address with --base-url or RUNPIPE_<SERVICE>_URL.",
        ),
    };
    Failure::usage(one_line(&what), advice)
}
