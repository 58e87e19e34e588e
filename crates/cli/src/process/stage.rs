//! What is under way, so that an interruption can say what it leaves behind.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use runpipe::{RunRef, Service};
use tokio::sync::watch;

use super::exit::{Cut, DEADLINE, DONE, Failure, OUTCOME_UNKNOWN, USAGE};

/// What the program is doing right now.
#[derive(Debug, Default)]
pub struct Stage {
    doing: Mutex<Doing>,
    has_started: AtomicBool,
    signals: watch::Sender<Option<u8>>,
}

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
    /// A start with a key may have been sent.
    StartingOnce {
        /// Where.
        service: Service,
        /// The key.
        key: String,
    },
    /// Runs are being waited for.
    Following(Vec<RunRef>),
    /// Runs are being waited for, and are to be stopped when the wait is interrupted.
    Guarding(Vec<RunRef>),
    /// Requests to stop may have been sent.
    Canceling(Vec<RunRef>),
    /// A decision about a run, or a wish to run it again, may have been sent.
    Changing(RunRef),
    /// Keys are forgotten.
    Forgetting,
    /// The sandbox is served until somebody ends it.
    Serving,
}

impl Stage {
    /// Says what begins now.
    pub fn enter(&self, doing: Doing) {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner) = doing;
    }

    /// Says that this run was started, now or before for the same key.
    pub fn started(&self, run: RunRef) {
        self.has_started.store(true, Ordering::Relaxed);
        self.enter(Doing::Following(vec![run]));
    }

    /// The exit code of a failure. Once a run was started it is none of those after which a caller
    /// may start again.
    pub fn code_of(&self, failure: &Failure) -> u8 {
        match failure.code() {
            USAGE..=OUTCOME_UNKNOWN if self.has_started.load(Ordering::Relaxed) => DEADLINE,
            code => code,
        }
    }

    /// What a signal at this moment leaves behind; the exit code where nothing else could have
    /// ended this stage; `None` if the command is notified and ends on its own.
    pub fn interrupted(&self, signal: u8) -> Option<Result<u8, Failure>> {
        match self.now() {
            Doing::Serving => Some(Ok(DONE)),
            Doing::Guarding(runs) => {
                // A second signal ends the program at once.
                self.enter(Doing::Canceling(runs));
                self.signals.send_replace(Some(signal));
                None
            }
            doing => Some(Err(doing.cut("Interrupted", Cut::Signal(signal)))),
        }
    }

    /// Comes with the number of a signal while runs are guarded.
    pub async fn signal(&self) -> u8 {
        let mut signals = self.signals.subscribe();
        match signals
            .wait_for(Option::is_some)
            .await
            .map(|signal| *signal)
        {
            Ok(Some(signal)) => signal,
            // The sender lives as long as this.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// What a fault of the program at this place of its source leaves behind at this moment.
    pub fn broken(&self, place: &str) -> Failure {
        let what = format!("The program stopped because of a fault of its own at {place}");
        self.now().cut(&what, Cut::Fault)
    }

    fn now(&self) -> Doing {
        self.doing
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
            Doing::StartingOnce { service, key } => {
                let left = "the outcome of the start is unknown: a run may have been started";
                let advice = format!(
                    "Give the same command again: no second run is started for the key {key}"
                );
                (left.to_owned(), advice, Some(service), None)
            }
            Doing::Following(runs) | Doing::Guarding(runs) => {
                let names = names(&runs);
                let (left, again) = match runs.as_slice() {
                    [_] => (format!("the run {names} goes on"), "it"),
                    _ => (format!("the runs {names} go on"), "them"),
                };
                let advice = format!("Follow {again} again with: runpipe watch {names}");
                let run = the_only(runs);
                (left, advice, run.as_ref().map(RunRef::service), run)
            }
            Doing::Forgetting => {
                let left = "keys may have been forgotten".to_owned();
                (left, "Look: runpipe ledger list".to_owned(), None, None)
            }
            Doing::Changing(run) => {
                let left = format!("whether the service was told about {run} is unknown");
                let advice = format!("Before you call again, look: runpipe status {run}");
                (left, advice, Some(run.service()), Some(run))
            }
            Doing::Canceling(runs) => {
                let names = names(&runs);
                let left = match runs.as_slice() {
                    [_] => format!("the run {names} may have been told to stop"),
                    _ => format!("the runs {names} may have been told to stop"),
                };
                let advice = format!("See what became of it with: runpipe watch {names}");
                let run = the_only(runs);
                (left, advice, run.as_ref().map(RunRef::service), run)
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

fn names(runs: &[RunRef]) -> String {
    let names: Vec<String> = runs.iter().map(ToString::to_string).collect();
    names.join(" ")
}

fn the_only(runs: Vec<RunRef>) -> Option<RunRef> {
    let mut runs = runs.into_iter();
    runs.next().filter(|_| runs.next().is_none())
}
