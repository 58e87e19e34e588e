//! One call: the state inside the generated client that makes it.

mod attempt;
mod attempts;
mod outcome;
mod values;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Deadline, Effect, Moment, Named, Operation, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::run::RunRef;
use crate::secrets::Cleaner;

pub(super) use attempt::{Attempt, Failure};
use values::Values;

/// One call of one operation: the state inside the generated client that makes it.
#[derive(Clone, Debug)]
pub struct Call(Arc<State>);

#[derive(Debug)]
struct State {
    session: Session,
    operation: &'static Operation,
    deadline: Deadline,
    /// The parts of the run's reference that go into the path.
    names: &'static [&'static str],
    /// The other values that go into the path, with what they are.
    path: Values,
    run: Option<RunRef>,
    told: Mutex<Told>,
}

/// What the loop found out.
#[derive(Debug, Default)]
struct Told {
    /// What is wrong with the call before it is made.
    error: Option<Error>,
    /// What the answer to a start names if it is not otherwise a good answer.
    named: Option<Named>,
    /// When the last request was sent.
    sent: Option<Moment>,
    /// When the answer to a start came, where it was a good one.
    came: Option<Moment>,
    effect: Option<Effect>,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// What was secret in the request.
    secrets: Vec<String>,
}

impl Session {
    /// Begins a call.
    pub fn call(&self, operation: &'static Operation) -> Call {
        Call(Arc::new(State {
            session: self.clone(),
            operation,
            deadline: self.deadline(),
            names: &[],
            path: Values::default(),
            run: None,
            told: Mutex::default(),
        }))
    }
}

/// Building a call up, before it is made.
impl Call {
    /// Names a value of the path. It is checked before anything is sent.
    pub(crate) fn at(self, name: &'static str, value: impl ToString) -> Self {
        self.at_all([(name, Cow::Owned(value.to_string()))])
    }

    /// Names several.
    pub(crate) fn at_all<'v>(
        mut self,
        values: impl IntoIterator<Item = (&'static str, Cow<'v, str>)>,
    ) -> Self {
        if let Some(state) = Arc::get_mut(&mut self.0) {
            for (name, value) in values {
                state.path.add(name, &value);
            }
        }
        self
    }

    /// Names the run that the call is about, and that the path names. What its parts are called is
    /// for errors; they were checked when the reference was made.
    pub(crate) fn at_run(mut self, names: &'static [&'static str], run: &RunRef) -> Self {
        if let Some(state) = Arc::get_mut(&mut self.0) {
            state.names = names;
        }
        self.of(run)
    }

    /// Names the run that the call is about.
    pub(crate) fn of(mut self, run: &RunRef) -> Self {
        if let Some(state) = Arc::get_mut(&mut self.0) {
            state.run = Some(run.clone());
        }
        self
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    /// For other calls that are parts of the same whole: they end when this one does.
    pub(crate) fn session_for_more(&self) -> Session {
        self.0.session.until(self.0.deadline)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An error of this call.
    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        self.locate(Error::new(kind))
    }

    /// The same error, with the place where it happened.
    pub(crate) fn locate(&self, error: Error) -> Error {
        let values: Vec<_> = self
            .path_values()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        error
            .to(self.session().service(), self.0.operation.id)
            .about(crate::text::one_line(&values.join(", ")))
            .about_run(self.0.run.clone())
            .sent(self.told().sent)
    }

    /// The values that go into the path, with what they are: those that name a run come first.
    pub(crate) fn path_values(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let run = self.0.run.iter().flat_map(RunRef::parts);
        let run = self.0.names.iter().copied().zip(run);
        run.chain(self.0.path.iter())
    }

    /// Takes note that the path has other places than there are values.
    pub(in crate::client) fn lacks_a_value(&self) {
        let error = Error::configuration("the path names other values than the call gives");
        self.told().error = Some(self.locate(error));
    }

    /// Refuses what would change the path that is called.
    fn check_path(&self) -> Result<()> {
        if let Some(error) = self.told().error.take() {
            return Err(error);
        }
        for (name, value) in self.0.path.iter() {
            crate::run::check_path_value(value).map_err(|fault| {
                self.locate(Error::configuration(format!("the {name} {fault}")))
            })?;
        }
        Ok(())
    }

    /// What knows every secret of this call.
    fn cleaner(&self) -> Cleaner {
        let known = self.session().cleaner();
        known.with(self.told().secrets.iter().map(String::as_str))
    }

    /// The same error without a secret in it.
    pub(crate) fn clean(&self, error: Error) -> Error {
        error.clean(&self.cleaner())
    }
}
