//! `--key`: starting once, however often it is tried.

use std::time::Duration;

use clap::Args;
use runpipe::MarkPlace;
use runpipe::ledger::{Key, StartOnce};

use crate::commands::ledger::LedgerPlace;
use crate::context::Context;
use crate::flags::value::{duration, key};
use crate::process::exit::Failure;

/// How a start is made once by all who try it.
#[derive(Args, Clone, Debug)]
#[command(
    next_help_heading = "Once, however often it is tried",
    mut_arg("ledger", |ledger| ledger.requires("key"))
)]
pub struct Keys {
    /// Name of this one run, such as deploy-4711. However often the command is repeated, on however
    /// many machines, after any crash: one run is started.
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub(super) key: Option<Key>,

    /// How long to wait for other callers of the key, and for the service's list.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration, requires = "key")]
    key_wait: Duration,

    /// How long a caller may be silent before it is considered gone. After the same time again, a
    /// run that it may have started is considered listed. The same for all who use the key.
    #[arg(long, value_name = "DURATION", default_value = "20s", value_parser = duration, requires = "key")]
    key_lease: Duration,

    #[command(flatten)]
    ledger: LedgerPlace,

    /// Variable that carries the mark by which the run is recognized (Azure DevOps). The pipeline has
    /// to let its callers set it.
    #[arg(
        long,
        value_name = "NAME",
        requires = "key",
        conflicts_with = "mark_parameter"
    )]
    mark_variable: Option<String>,

    /// Template parameter that carries the mark (Azure DevOps).
    #[arg(long, value_name = "NAME", requires = "key")]
    mark_parameter: Option<String>,

    /// Leave no mark at the service: the run of an unclear start cannot be recognized then.
    #[arg(long, requires = "key", conflicts_with_all = ["mark_variable", "mark_parameter"])]
    no_mark: bool,
}

impl Keys {
    /// What starts once, where a key was given.
    pub fn once(&self, context: &Context) -> Result<Option<StartOnce>, Failure> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        let place = match (&self.mark_variable, &self.mark_parameter, self.no_mark) {
            (Some(name), _, _) => MarkPlace::Variable(name.clone()),
            (None, Some(name), _) => MarkPlace::Parameter(name.clone()),
            (None, None, true) => MarkPlace::Nowhere,
            (None, None, false) => MarkPlace::Usual,
        };
        let environment = &context.environment;
        if let Some(doubt) = self.ledger.may_be_lost(environment)? {
            context.output.warning(&doubt);
        }
        let ledger = self.ledger.open(environment)?;
        let once = StartOnce::new(ledger, key.clone()).mark(place);
        Ok(Some(once.wait(self.key_wait).lease(self.key_lease)))
    }
}
