//! A start with a key.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, future, pin_mut};
use tokio::time::{Instant, sleep, timeout};

use super::entry::{self, Entry, Intent};
use super::hold::{Hold, Kept, write_in_place_of};
use super::look::look;
use super::protocol::{self, Looked, Silence, Step};
use super::target::{Request, Target};
use super::watch::Watch;
use super::{Key, Ledger, LedgerError, Stage, Version};
use crate::error::{Error, ErrorKind, Result};
use crate::mark::{MarkPlace, Trace};
use crate::run::{Run, RunRef, RunStatus};
use crate::service_client::ServiceClient;

const WAIT: Duration = Duration::from_secs(120);
const LEASE: Duration = Duration::from_secs(20);
/// A slow disk would lose a shorter lease.
const SHORTEST_LEASE: Duration = Duration::from_millis(400);
/// Between two readings of the ledger.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// A look that has begun may take this long, even if the time to wait is over before.
const SHORTEST_LOOK: Duration = Duration::from_secs(5);
/// Making the connection first takes no longer than this part of a lease.
const CONNECTING: u32 = 2;

/// Starts with one key: at most one run, however often it is called, by however many processes.
///
/// All of them have to use the same ledger, and should use the same lease.
#[derive(Clone, Debug)]
pub struct StartOnce {
    ledger: Arc<dyn Ledger>,
    key: Key,
    wait: Duration,
    lease: Duration,
    place: MarkPlace,
}

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

impl StartOnce {
    /// Starts with this key in this ledger.
    pub fn new(ledger: Arc<dyn Ledger>, key: Key) -> Self {
        StartOnce {
            ledger,
            key,
            wait: WAIT,
            lease: LEASE,
            place: MarkPlace::default(),
        }
    }

    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Sets how long to wait for others and for the service's list: two minutes unless set. It has to
    /// be longer than two leases for a start to be made after another caller has died.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets how long a caller may be silent before others consider it gone: 20 s unless set. After
    /// the same time again, a run that it may have started is assumed to be in the service's list,
    /// so make it longer if a service, or the network before it, may take longer than that. The
    /// callers' clocks do not have to agree.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(SHORTEST_LEASE);
        self
    }

    /// Sets where the mark goes: the service's usual place unless set.
    #[must_use]
    pub fn mark(mut self, place: MarkPlace) -> Self {
        self.place = place;
        self
    }

    /// Starts the run of this key, or returns the one that was started for it.
    ///
    /// The start itself is bounded by the client's timeout, everything else by [`StartOnce::wait`].
    /// When the future is dropped, the next call with the key continues.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::KeyInUse`] when the key belongs to another request; [`ErrorKind::Ledger`] when the
    /// ledger cannot be read or written (nothing was sent by this call);
    /// [`ErrorKind::OutcomeUnknown`] when it cannot be known whether a run was started, with
    /// [`Error::candidates`]; otherwise as the service's `start`, and the key is free again.
    pub async fn start<C: ServiceClient>(
        &self,
        client: &C,
        pipeline: &C::Pipeline,
        request: &C::Request,
    ) -> Result<Started> {
        let value = serde_json::to_value(request)
            .map_err(|_| Error::configuration("the request cannot be written as JSON"))?;
        let body = value.to_string();
        let intent = Intent {
            key: &self.key,
            service: C::SERVICE,
            server: client.session().server(),
            pipeline: pipeline.to_string(),
            request: value,
            secrets: C::START.secrets_in(body.as_bytes()),
            place: self.place.clone(),
            lease: self.lease,
        };
        let target: Request<'_, C> = Request {
            client: client.clone(),
            pipeline,
            request: request.clone(),
        };
        let mut caller = Caller {
            once: self,
            target: &target,
            intent,
            owner: format!("{}-{:016x}", std::process::id(), fastrand::u64(..)),
            ends: crate::client::after(self.wait),
            watch: Watch::default(),
            looked: None,
            doubt: None,
        };
        let outcome = caller.run().await;
        outcome.map_err(|error| caller.proven(error).on_service(C::SERVICE))
    }
}

/// One call with a key.
struct Caller<'c> {
    once: &'c StartOnce,
    target: &'c (dyn Target + 'c),
    intent: Intent<'c>,
    owner: String,
    /// When to stop waiting.
    ends: Instant,
    watch: Watch,
    /// What the last look has shown, and after which silence of which version.
    looked: Option<(Version, Silence, Looked)>,
    /// Why the outcome of this call's own start is not known.
    doubt: Option<Error>,
}

impl Caller<'_> {
    async fn run(&mut self) -> Result<Started> {
        loop {
            let began = Instant::now();
            let stored = entry::stored(&*self.once.ledger, self.intent.key).await?;
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
                    let written = write_in_place_of(&*self.once.ledger, &found, &version).await;
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
        let (target, trace) = self.target.marked(&mark, &self.once.place)?;
        let now = self.now();
        let entry = self.intent.claim(before, (mark, trace), &self.owner, now);
        let ledger = Arc::clone(&self.once.ledger);
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
        let patience = self.once.lease.checked_div(CONNECTING).unwrap_or_default();
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
            hold.doubt(going).await;
            self.doubt = Some(error);
            return Ok(None);
        }
        let lost = hold.is_lost().await;
        if lost && error.kind() == ErrorKind::Ledger {
            return Ok(None);
        }
        hold.free(&error).await;
        Err(error)
    }

    async fn keep(&self, hold: &Hold, run: Run) -> Result<Started> {
        let attached = false;
        match hold.keep(&run.reference).await {
            Kept::Written => Ok(Started { run, attached }),
            Kept::Unwritten(cause) => {
                let run = self.unwritten(run, &cause);
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
        let (what, candidates) = match looked {
            Some(Looked::Unsure(runs)) if runs.is_empty() => (
                "the service lists no run that fits, and its list is no proof",
                runs,
            ),
            Some(Looked::Unsure(runs)) => (
                "the service's list does not show for certain which run it is",
                runs,
            ),
            Some(Looked::Unread) => ("the service's list could not be read", Vec::new()),
            Some(Looked::Nothing | Looked::Found(_)) => {
                ("a run may still appear in the service's list", Vec::new())
            }
            None => (
                "another caller is working on it, and had no outcome in time",
                Vec::new(),
            ),
        };
        let error = match &self.doubt {
            Some(doubt) => doubt.clone().into_outcome_unknown(),
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
