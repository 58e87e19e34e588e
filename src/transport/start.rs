//! Starting: the one kind of call whose answer must never be lost.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::{Call, Generated, Operation, Refusal, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::run::Run;

/// How a service's folder reads the answer to a start.
pub(crate) struct Reading<N, S> {
    /// From the decoded answer; `None` when the id is not in it.
    pub normalize: N,
    /// From an answer that is JSON, and not what it should be; `None` when the id is not in it.
    pub salvage: S,
}

impl Session {
    /// Starts a run. An answer that carries the run's id is a started run, whatever else in it
    /// cannot be decoded: the rest becomes a warning.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] when the request was sent and neither a refusal nor an id came
    /// back. Every other kind promises that nothing was started.
    pub async fn start<T, F, Fut, N, S>(
        &self,
        operation: &Operation,
        send: F,
        refusal: impl Fn(&T) -> Option<Refusal>,
        reading: Reading<N, S>,
    ) -> Result<Run>
    where
        F: Fn(Call) -> Fut,
        Fut: Future<Output = Generated<T>>,
        N: FnOnce(T) -> Option<Result<Run>>,
        S: FnOnce(&Value) -> Option<Result<Run>>,
    {
        // The last attempt, for the body of an answer that decodes and has the id elsewhere.
        let last = Mutex::new(None);
        let send = |call: Call| {
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(call.clone());
            send(call)
        };
        match self.call_checked(operation, send, refusal).await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                let request_id = self
                    .0
                    .dialect
                    .request_id(answer.headers())
                    .map(str::to_owned);
                if let Some(run) = (reading.normalize)(answer.into_inner()) {
                    return run;
                }
                let last = last.into_inner().unwrap_or_else(PoisonError::into_inner);
                let body = last.and_then(|call| call.seen().answer.as_ref()?.json());
                if let Some(run) = body.as_ref().and_then(reading.salvage) {
                    return run.map(|mut run| {
                        run.warnings.push(ELSEWHERE.to_owned());
                        run
                    });
                }
                Err(Error::new(ErrorKind::OutcomeUnknown)
                    .to(self.service(), operation.id)
                    .about(operation.subject())
                    .status(status)
                    .request(request_id)
                    .detail("the service accepted the start, and named no run"))
            }
            Err(error) => {
                let body = error
                    .body()
                    .and_then(|body| serde_json::from_slice(body).ok());
                match body.as_ref().and_then(reading.salvage) {
                    Some(run) => run.map(|run| warn(run, &error)),
                    None => Err(error),
                }
            }
        }
    }
}

const ELSEWHERE: &str =
    "The run was started; its id was found in the answer, and not where it is documented to be.";

/// The run was started, and its answer was not what the document says.
fn warn(mut run: Run, error: &Error) -> Run {
    let why = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    run.warnings.push(crate::error::one_line(&format!(
        "The run was started; the rest of the answer could not be decoded: {why}"
    )));
    run
}
