//! Where the ledger is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use runpipe::ledger::{DirectoryLedger, Ledger, LedgerError};

use super::in_object_store;
use crate::process::environment::Environment;
use crate::process::exit::Failure;

/// Where the ledger is.
#[derive(Args, Clone, Debug)]
pub struct LedgerPlace {
    /// Directory of the ledger, shared by all who use its keys, or s3://bucket/path, az://, gs://
    /// if the program was built for it. Overrides RUNPIPE_LEDGER; in your state folder unless
    /// given.
    #[arg(long, value_name = "DIR|URL")]
    ledger: Option<OsString>,
}

impl LedgerPlace {
    /// Opens the ledger.
    pub fn open(&self, environment: &Environment) -> Result<Arc<dyn Ledger>, Failure> {
        let folder = match self.named(environment)? {
            Some(folder) => folder,
            None => usual(environment)?,
        };
        // A line end after it would name another ledger, in which no key has been used.
        let trimmed = folder.to_str().map(|text| PathBuf::from(text.trim()));
        let folder = trimmed.unwrap_or(folder);
        if let Some(address) = folder.to_str().filter(|text| text.contains("://")) {
            return in_object_store::open(address, environment);
        }
        let ledger = DirectoryLedger::open(folder).map_err(LedgerError::into_error)?;
        Ok(Arc::new(ledger))
    }

    /// Why the next attempt of this job may not find the ledger, if there is reason to think so: nobody
    /// named a place, and this machine has kept no keys so far. To be asked before the ledger is opened.
    pub fn may_be_lost(&self, environment: &Environment) -> Result<Option<String>, Failure> {
        if !environment.is_job() || self.named(environment)?.is_some() {
            return Ok(None);
        }
        let folder = usual(environment)?;
        Ok((!folder.exists()).then(|| {
            format!(
                "The ledger of keys is new on this machine, in {}. If the machine does not outlive \
                 the job, another attempt starts another run: with --ledger or RUNPIPE_LEDGER, name a \
                 place that all attempts reach.",
                folder.display()
            )
        }))
    }

    /// The ledger that the flag or the variable names.
    fn named(&self, environment: &Environment) -> Result<Option<PathBuf>, Failure> {
        if let Some(folder) = &self.ledger {
            return Ok(Some(folder.into()));
        }
        let Some(place) = environment.text("RUNPIPE_LEDGER")? else {
            return Ok(None);
        };
        let place = place.trim();
        if place.contains("://") || Path::new(place).is_absolute() {
            return Ok(Some(place.into()));
        }
        Err(Failure::usage(
            "RUNPIPE_LEDGER would name another ledger in each folder that the program is called in",
            "Write the whole path, from the root; ~ is known to shells only.",
        ))
    }
}

/// A ledger in the user's state folder.
fn usual(environment: &Environment) -> Result<PathBuf, Failure> {
    let state = environment.text("XDG_STATE_HOME")?.map(PathBuf::from);
    let state = match (
        state.filter(|folder| folder.is_absolute()),
        environment.text("HOME")?,
    ) {
        (Some(state), _) => Some(state),
        (None, Some(home)) => Some(PathBuf::from(home).join(".local/state")),
        (None, None) => environment.text("LOCALAPPDATA")?.map(PathBuf::from),
    };
    let state = state.ok_or_else(|| {
        Failure::usage(
            "no variable says where your state folder is",
            "Give its place with --ledger.",
        )
    })?;
    Ok(state.join("runpipe/ledger"))
}
