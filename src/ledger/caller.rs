//! One call with a key: what it reads in the ledger, does next, and returns.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, future, pin_mut};
use tokio::time::{Instant, sleep, timeout};

use super::doubt::Doubt;
use super::entry::{self, Entry, Intent};
use super::hold::{Hold, Kept, write_in_place_of};
use super::look::look;
use super::protocol::{self, Looked, Silence, Step};
use super::target::Target;
use super::watch::Watch;
use super::{Ledger, LedgerError, Stage, Version};
use crate::error::{Error, ErrorKind, Result};
use crate::mark::Trace;
use crate::run::{Run, RunRef, RunStatus};

/// Between two readings of the ledger.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// A look that has begun may take this long, even if the time to wait is over before.
const SHORTEST_LOOK: Duration = Duration::from_secs(5);
/// Making the connection first takes no longer than this part of a lease.
const CONNECTING: u32 = 2;

/// The run of a key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Started {
    /// The run.
    pub run: Run,
    /// Whether it already existed: started by another call, or by an earlier attempt of this one
    /// that got no clear answer.
    pub attached: bool,
}

/// One call with a key.
pub(super) struct Caller<'c> {
    ledger: Arc<dyn Ledger>,
    target: &'c (dyn Target + 'c),
    intent: Intent<'c>,
    owner: String,
    /// When to stop waiting.
    ends: Instant,
    watch: Watch,
    /// What the last look has shown, and after which silence of which version.
    looked: Option<(Version, Silence, Looked)>,
    /// This call's own start, if its outcome is not known.
    doubt: Option<Doubt>,
}

impl<'c> Caller<'c> {
    pub fn new(
        ledger: Arc<dyn Ledger>,
        target: &'c (dyn Target + 'c),
        intent: Intent<'c>,
        wait: Duration,
    ) -> Self {
        Caller {
            ledger,
            target,
            intent,
            owner: format!("{}-{:016x}", std::process::id(), fastrand::u64(..)),
            ends: crate::client::after(wait),
            watch: Watch::default(),
            looked: None,
            doubt: None,
        }
    }

    pub async fn run(mut self) -> Result<Started> {
        let outcome = self.until_the_end().await;
        outcome.map_err(|error| self.proven(error))
    }

    async fn until_the_end(&mut self) -> Result<Started> {
        loop {
            let began = Instant::now();
            let stored = entry::stored(&*self.ledger, self.intent.key).await?;
            let Some((entry, version)) = stored else {
                // Somebody has forgotten the key. That proves nothing about what this call has sent.
                if self.doubt.is_some() {
                    return Err(self.unknown(None));
                }
                if let Some(started) = self.claim(None).await? {
                    return Ok(started);
                }
                continue;
            };
            match &self.doubt {
                Some(doubt) if !doubt.is_about(&entry) => return Err(self.unknown(None)),
                Some(doubt) if doubt.was_passed_over(&entry) => {
                    return Err(self.passed_over(&entry).await);
                }
                Some(_) | None => {}
            }
            let silence = self.watch.silence(&version, began, entry.lease());
            let differ = entry.differences(&self.intent);
            let looked = self.looked.as_ref();
            let looked = looked.filter(|(of, after, _)| *of == version && *after == silence);
            let looked = looked.map(|(_, _, looked)| looked);
            let same = differ.is_empty();
            match protocol::next(Some(&entry.stage), same, silence, looked) {
                Step::Claim => {
                    if let Some(started) = self.claim(Some((&entry, &version))).await? {
                        return Ok(started);
                    }
                }
                Step::Attach(run) => return Ok(self.attach(run).await),
                Step::InUse => return Err(self.in_use(&differ)),
                Step::Look => {
                    let looked = self.look(&entry, silence).await?;
                    self.looked = Some((version, silence, looked));
                }
                Step::Record(run) => {
                    let found = entry.at(Stage::Started { run: run.clone() }, self.now());
                    let written = write_in_place_of(&*self.ledger, &found, &version).await;
                    if let Err(cause) = written {
                        let Started { run, attached } = self.attach(run).await;
                        let run = self.unwritten(run, &cause);
                        return Ok(Started { run, attached });
                    }
                }
                Step::Wait => {
                    let late = self.pause(&entry).await;
                    let looked = self.looked.take();
                    if late {
                        return Err(self.unknown(looked.map(|(_, _, looked)| looked)));
                    }
                }
                Step::GiveUp => {
                    let looked = looked.cloned();
                    return Err(self.unknown(looked));
                }
            }
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.target.session().here()
    }

    /// Claims the key and starts. `None` if somebody else was faster, or if only the list can tell
    /// the outcome.
    async fn claim(&mut self, seen: Option<(&Entry, &Version)>) -> Result<Option<Started>> {
        let before = seen.map(|(entry, _)| entry);
        let mark = before.map_or_else(|| self.intent.new_mark(), |before| before.mark.clone());
        let (target, trace) = self.target.marked(&mark, &self.intent.place)?;
        let now = self.now();
        let entry = self.intent.claim(before, (mark, trace), &self.owner, now);
        let ledger = Arc::clone(&self.ledger);
        let version = seen.map(|(_, version)| version);
        let session = target.session().clone();
        let hold = Hold::claim(ledger, entry, version, session).await?;
        let Some(hold) = hold.map(Arc::new) else {
            // A ledger that never shows who was faster is not asked without a break.
            sleep(SHORTEST_PAUSE).await;
            return match Instant::now() < self.ends {
                true => Ok(None),
                false => Err(self.unknown(None)),
            };
        };
        let outcome = {
            let (start, kept_up) = (self.start(&hold, &*target), hold.keep_up());
            pin_mut!(start, kept_up);
            match future::select(start, kept_up).await {
                future::Either::Left((outcome, _)) => outcome,
                future::Either::Right(((), start)) => start.await,
            }
        };
        self.conclude(&hold, trace, outcome).await
    }

    /// Makes the connection, then starts; the hold is checked right before each attempt leaves.
    async fn start(&self, hold: &Arc<Hold>, target: &dyn Target) -> Result<Run> {
        // A read makes the connection, fetches the token, and shows the service's time. If it
        // fails, the start will say why.
        let mut list = target.newest();
        let patience = self
            .intent
            .lease
            .checked_div(CONNECTING)
            .unwrap_or_default();
        let _ = timeout(patience, list.next()).await;
        target.start(Arc::<Hold>::clone(hold)).await
    }

    async fn conclude(
        &mut self,
        hold: &Hold,
        trace: Trace,
        outcome: Result<Run>,
    ) -> Result<Option<Started>> {
        let error = match outcome {
            Ok(run) => return self.keep(hold, run).await.map(Some),
            Err(error) => error,
        };
        let going = error.kind() == ErrorKind::Conflict && trace == Trace::Guarded;
        if going || error.may_have_started() {
            self.doubt = Some(hold.doubt(error, going).await);
            return Ok(None);
        }
        hold.free(&error).await;
        // What others did meanwhile is the outcome of the key then.
        match hold.is_lost().await {
            true => Ok(None),
            false => Err(error),
        }
    }

    async fn keep(&self, hold: &Hold, run: Run) -> Result<Started> {
        let attached = false;
        match hold.keep(&run.reference).await {
            Kept::Written => Ok(Started { run, attached }),
            Kept::Unwritten(cause) => {
                let run = self.unwritten(run, &cause);
                Ok(Started { run, attached })
            }
            Kept::Forgotten => {
                let key = self.intent.key;
                let what =
                    format!("The run was started, and its key {key} was forgotten meanwhile");
                let run = run.warn(format!(
                    "{what}: the next start with it starts another run."
                ));
                Ok(Started { run, attached })
            }
            Kept::Doubled(other) => {
                let mut candidates = vec![run.reference.clone()];
                candidates.extend(other);
                Err(self
                    .error(ErrorKind::OutcomeUnknown)
                    .detail(format!(
                        "{} was started; meanwhile another caller considered this one gone, and \
                         started or found another run for the same key, or may have",
                        run.reference
                    ))
                    .about_run(Some(run.reference))
                    .may_be(candidates)
                    .advise("Look at both runs, and cancel one."))
            }
        }
    }

    /// The run, whose reference is known, whatever becomes of the ledger.
    fn unwritten(&self, run: Run, cause: &LedgerError) -> Run {
        let key = self.intent.key;
        let what = "The run was started, but could not be written to the ledger";
        let next = "the next start with it looks for the run at the service";
        run.warn(format!("{what} under the key {key} ({cause}): {next}."))
    }

    /// That the ledger cannot be used proves nothing about a start that this call has sent.
    fn proven(&self, error: Error) -> Error {
        match (error.kind(), &self.doubt) {
            (ErrorKind::Ledger, Some(_)) => self.unknown(None),
            _ => error,
        }
    }

    /// The run as it is now. Its reference is known, whatever the service says.
    async fn attach(&self, reference: RunRef) -> Started {
        let run = match self.target.runs().get(&reference).await {
            Ok(run) => run,
            Err(error) => {
                let run = Run::new(reference, RunStatus::Unknown);
                run.warn(format!(
                    "The run was started, but cannot be read now: {error}"
                ))
            }
        };
        let attached = true;
        Started { run, attached }
    }

    async fn look(&self, entry: &Entry, silence: Silence) -> Result<Looked> {
        let (target, _) = self.target.marked(&entry.mark, &entry.place)?;
        let left = self.ends.saturating_duration_since(Instant::now());
        let looked = timeout(left.max(SHORTEST_LOOK), look(&*target, entry, silence)).await;
        Ok(looked.unwrap_or(Looked::Unread))
    }

    /// Others took this call for gone, and went on. What both have begun is named, as far as the list
    /// shows it.
    async fn passed_over(&self, entry: &Entry) -> Error {
        let mut runs = match self.look(entry, Silence::Settled).await {
            Ok(Looked::Found(run)) => vec![run],
            Ok(Looked::Unsure(runs)) => runs,
            Ok(Looked::Nothing | Looked::Unread) | Err(_) => Vec::new(),
        };
        runs.extend(entry.run().cloned());
        runs.dedup();
        let unknown = self.unknown(Some(Looked::Unsure(runs)));
        unknown.advise(
            "Another caller considered this one gone, and started or found a run for the same key, or \
             may have: there may be two. Look at both runs, and cancel one.",
        )
    }

    /// Waits a little; `true` when there is no time left.
    async fn pause(&self, entry: &Entry) -> bool {
        let pause = entry.part_of_lease(20);
        let pause = pause.clamp(SHORTEST_PAUSE, Duration::from_secs(1));
        let left = self.ends.saturating_duration_since(Instant::now());
        sleep(pause.min(left)).await;
        left <= pause
    }

    fn error(&self, kind: ErrorKind) -> Error {
        let subject = format!("key {}", self.intent.key);
        Error::new(kind).about(crate::error::one_line(&subject))
    }

    fn in_use(&self, differ: &[String]) -> Error {
        let differ = differ.join(", ");
        let detail = format!("the key was used for a different start; differences: {differ}");
        self.error(ErrorKind::KeyInUse)
            .detail(crate::error::one_line(&detail))
    }

    fn unknown(&self, looked: Option<Looked>) -> Error {
        let what = looked.as_ref().map_or(
            "another caller is working on it, and had no outcome in time",
            Looked::why_unknown,
        );
        let candidates = match looked {
            Some(Looked::Unsure(runs)) => runs,
            _ => Vec::new(),
        };
        let error = match &self.doubt {
            Some(doubt) => doubt.error.clone().into_outcome_unknown(),
            None => self.error(ErrorKind::OutcomeUnknown).detail(what),
        };
        error.may_be(candidates).advise(format!(
            "{ADVICE} Once you have looked yourself, forget the key {} to free it.",
            self.intent.key
        ))
    }
}

const ADVICE: &str = "Call again with the same key: the call looks again, and starts nothing \
                      before it is certain that nothing was started.";
