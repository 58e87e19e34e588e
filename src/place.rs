//! The name of a pipeline: a part of references to its runs, of the paths of calls, and of errors.

use std::borrow::Cow;
use std::fmt;

use crate::client::{Call, Operation, Session};
use crate::error::{Error, Result};
use crate::run::RunRef;
use crate::service::Service;

/// A part of a place: what an error calls it, and its value.
pub(crate) type Part = (&'static str, String);

/// What names a pipeline of one service, or what holds its pipelines.
pub(crate) trait Place: Sized {
    const SERVICE: Service;
    /// What an error calls the parts of a reference to a run here, in their order.
    const NAMES: &'static [&'static str];
    /// The parts of a reference that have to be numbers.
    const NUMBERS: &'static [&'static str];
    /// What a run has for an id.
    type RunId: ToString;

    /// The values of all parts but the run's.
    fn values(&self) -> impl Iterator<Item = Cow<'_, str>>;

    /// The place and the run that a reference to a run of this service names.
    fn read(run: &RunRef) -> Result<(Self, Self::RunId)>;

    /// The same of any reference.
    ///
    /// # Errors
    ///
    /// As [`Place::check`].
    fn of(run: &RunRef) -> Result<(Self, Self::RunId)> {
        Self::check(run)?;
        Self::read(run)
    }

    /// Refuses what names no run of this service.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the run is on another service, or a part that has to
    /// be a number is none.
    fn check(run: &RunRef) -> Result<()> {
        run.expect_service(Self::SERVICE)?;
        let mut numbers = Self::NUMBERS.iter();
        numbers.try_for_each(|name| run.number(name).map(drop))
    }

    /// The reference to a run here.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when a part cannot be part of a URL's path.
    fn run_of(&self, run_id: impl ToString) -> Result<RunRef> {
        let parts = self.values().chain([run_id.to_string().into()]);
        RunRef::new(Self::SERVICE, parts)
            .map_err(|fault| Error::configuration(fault.to_string()).on_service(Self::SERVICE))
    }

    /// Writes the values of the parts, with slashes between them.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Vec::from_iter(self.values()).join("/"))
    }

    /// Begins a call about this place.
    fn call(&self, session: &Session, operation: &'static Operation) -> Call {
        let parts = Self::NAMES.iter().copied().zip(self.values());
        session.call(operation).at_all(parts)
    }

    /// Begins a call about a run.
    ///
    /// # Errors
    ///
    /// As [`Place::check`].
    fn call_about(session: &Session, operation: &'static Operation, run: &RunRef) -> Result<Call> {
        Self::check(run)?;
        Ok(session.call(operation).at_run(Self::NAMES, run))
    }
}

/// Reading a reference.
impl RunRef {
    /// Refuses a reference to a run on another service.
    pub(crate) fn expect_service(&self, service: Service) -> Result<()> {
        if self.service() == service {
            return Ok(());
        }
        let detail = format!(
            "the run is on {}, not on {}",
            self.service().title(),
            service.title()
        );
        Err(Error::configuration(detail)
            .on_service(service)
            .about_run(Some(self.clone())))
    }

    /// A part that is a number: every vendor counts from 1. It goes into paths as it is written.
    pub(crate) fn number(&self, name: &'static str) -> Result<i64> {
        let text = self.part(name);
        let number = text.parse().ok().filter(|number| *number > 0);
        let number = number.filter(|_| !text.starts_with(['+', '0']));
        number.ok_or_else(|| {
            let detail = format!("the {name} {text:?} is not a number above 0");
            Error::configuration(detail)
                .on_service(self.service())
                .about_run(Some(self.clone()))
        })
    }
}
