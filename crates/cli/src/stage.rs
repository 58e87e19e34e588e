//! What is under way, so that an interruption can say what it leaves behind.

use std::sync::{Mutex, PoisonError};

use runpipe::{RunRef, Service};

use super::exit::{Cut, DONE, Failure};

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

    /// What a signal at this moment leaves behind; the exit code where nothing else could have ended
    /// this stage.
    pub fn interrupted(&self, signal: u8) -> Result<u8, Failure> {
        match self.now() {
            Doing::Serving => Ok(DONE),
            doing => Err(doing.cut("Interrupted", Cut::Signal(signal))),
        }
    }

    /// What a fault of the program at this moment leaves behind.
    pub fn broken(&self) -> Failure {
        self.now()
            .cut("The program broke off by a fault of its own", Cut::Fault)
    }

    fn now(&self) -> Doing {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Doing {
    fn cut(self, what: &str, by: Cut) -> Failure {
        let (left, advice, service, run) = match self {
            Doing::Reading | Doing::Serving => {
                let left = "nothing was started or changed".to_owned();
                (left, "Call again when you like.".to_owned(), None, None)
            }
            Doing::Starting { service, look } => {
                let left = "the outcome of the start is unknown: a run may have been started";
                let advice = format!("Before you start again, look: {look}");
                (left.to_owned(), advice, Some(service), None)
            }
            Doing::Following(run) => {
                let left = format!("the run {run} goes on");
                let advice = format!("Follow it again with: runpipe watch {run}");
                (left, advice, Some(run.service()), Some(run))
            }
            Doing::Canceling(run) => {
                let left = format!("the run {run} may have been told to stop");
                let advice = format!("See what became of it with: runpipe status {run}");
                (left, advice, Some(run.service()), Some(run))
            }
        };
        Failure::Cut {
            by,
            message: format!("{what}; {left}"),
            advice,
            service,
            run,
        }
    }
}
