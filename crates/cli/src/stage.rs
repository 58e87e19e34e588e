//! What is under way, so that an interruption can say what it leaves behind.

use std::sync::{Mutex, PoisonError};

use runpipe::{RunRef, Service};

use super::exit::{DONE, Failure};

/// What the program is doing right now.
#[derive(Debug, Default)]
pub struct Stage(Mutex<Doing>);

/// The stages that differ in what an interruption leaves behind.
#[derive(Clone, Debug, Default)]
pub enum Doing {
    /// Reading, or getting ready: nothing is left behind.
    #[default]
    Reading,
    /// A start may have been sent.
    Starting {
        /// Where.
        service: Service,
        /// The command that lists the runs of that pipeline.
        look: String,
    },
    /// A run is being waited for.
    Following(RunRef),
    /// A request to stop may have been sent.
    Canceling(RunRef),
    /// The sandbox is served until somebody ends it.
    Serving,
}

impl Stage {
    /// Says what begins now.
    pub fn enter(&self, doing: Doing) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = doing;
    }

    /// What an interruption at this moment leaves behind; the exit code where nothing else could
    /// have ended this stage.
    pub fn interrupted(&self) -> Result<u8, Failure> {
        let doing = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (message, advice, service, run) = match doing {
            Doing::Serving => return Ok(DONE),
            Doing::Reading => {
                let message = "Interrupted; nothing was started or changed".to_owned();
                (message, "Call again when you like.".to_owned(), None, None)
            }
            Doing::Starting { service, look } => {
                let message = "Interrupted during a start: a run may have been started";
                let advice = format!("Before you start again, look: {look}");
                (message.to_owned(), advice, Some(service), None)
            }
            Doing::Following(run) => {
                let message = format!("Interrupted; the run {run} goes on");
                let advice = format!("Follow it again with: runpipe watch {run}");
                (message, advice, Some(run.service()), Some(run))
            }
            Doing::Canceling(run) => {
                let message = format!("Interrupted; the run {run} may have been told to stop");
                let advice = format!("See what became of it with: runpipe status {run}");
                (message, advice, Some(run.service()), Some(run))
            }
        };
        Err(Failure::Interrupted {
            message,
            advice,
            service,
            run,
        })
    }
}
