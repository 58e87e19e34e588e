//! The owner's side: a claim that is kept up, and looked at right before the request leaves.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::doubt::Doubt;
use super::entry::{self, Entry, Refusal, Sent};
use super::store::in_time;
use super::{Key, Ledger, LedgerError, Stage, Version};
use crate::client::{Gate, Request, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::run::RunRef;

/// So often is the last look at the lease repeated when it took too long.
const LOOKS: usize = 3;
/// So often is an outcome written before it is left to others to find it.
const WRITES: usize = 4;
const BETWEEN_WRITES: Duration = Duration::from_millis(250);

/// A claim on a key, for as long as nobody else takes it.
pub(super) struct Hold {
    ledger: Arc<dyn Ledger>,
    key: Key,
    /// Its calls tell the time, here and at the service.
    session: Session,
    held: Mutex<Held>,
}

struct Held {
    entry: Entry,
    version: Version,
    /// Somebody else has written the entry.
    lost: bool,
}

/// Why an entry was not written.
enum Unwritten {
    /// Somebody else has written it.
    Lost,
    /// Nothing is known of it.
    Failed(LedgerError),
}

impl From<LedgerError> for Unwritten {
    fn from(cause: LedgerError) -> Self {
        Unwritten::Failed(cause)
    }
}

/// What happened to a run's reference.
pub(super) enum Kept {
    /// It is written down.
    Written,
    /// It could not be: the next caller has to find the run.
    Unwritten(LedgerError),
    /// Somebody has forgotten the key meanwhile.
    Forgotten,
    /// Another attempt was made in the meantime, or another run is recorded.
    Doubled(Option<RunRef>),
}

impl Hold {
    /// Claims the key with this entry: in place of the version that was seen, or where there is
    /// none. `None` when somebody else was faster.
    pub async fn claim(
        ledger: Arc<dyn Ledger>,
        entry: Entry,
        seen: Option<&Version>,
        session: Session,
    ) -> Result<Option<Hold>> {
        let written = write(&*ledger, &entry, seen).await;
        match written {
            Ok(version) => Ok(Some(Hold {
                ledger,
                key: entry.key.clone(),
                session,
                held: Mutex::new(Held {
                    entry,
                    version,
                    lost: false,
                }),
            })),
            Err(Unwritten::Lost) => Ok(None),
            Err(Unwritten::Failed(cause)) => Err(cause.into_error()),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.session.here()
    }

    /// Whether somebody else has taken the key over.
    pub async fn is_lost(&self) -> bool {
        self.held.lock().await.lost
    }

    /// Renews the lease until somebody else has taken it.
    pub async fn keep_up(&self) {
        loop {
            let quarter = self.held.lock().await.entry.part_of_lease(4);
            sleep(quarter).await;
            let mut held = self.held.lock().await;
            let Some(stage) = held.entry.stage.renewed() else {
                return;
            };
            let entry = held.entry.at(stage, self.now());
            // One that fails is tried again a quarter later: three in a row lose the lease.
            if let Err(Unwritten::Lost) = held.put(&*self.ledger, entry).await {
                return;
            }
        }
    }

    /// Writes that the request leaves now.
    async fn send(&self) -> Result<(), Unwritten> {
        let mut held = self.held.lock().await;
        if held.lost {
            return Err(Unwritten::Lost);
        }
        let Some(stage) = held.entry.stage.sending() else {
            return Err(Unwritten::Lost);
        };
        let now = self.now();
        let mut entry = held.entry.at(stage, now);
        let at_service = self.session.at_service_now();
        entry.sent.get_or_insert(Sent {
            here: now,
            at_service,
        });
        held.put(&*self.ledger, entry).await
    }

    /// Writes down the run that was started.
    pub async fn keep(&self, run: &RunRef) -> Kept {
        let stage = || Stage::Started { run: run.clone() };
        let mut failure = LedgerError::new("it does not answer");
        for number in 1..=WRITES {
            let mut held = self.held.lock().await;
            let entry = held.entry.at(stage(), self.now());
            match held.put(&*self.ledger, entry).await {
                Ok(()) => return Kept::Written,
                Err(Unwritten::Failed(cause)) => failure = cause,
                // Others thought that this caller was gone. What they did decides.
                Err(Unwritten::Lost) => match entry::stored(&*self.ledger, &self.key).await {
                    // The run belongs to this caller's request, whatever was asked for since.
                    Ok(Some((now, version))) if now.stage.gives_way_to_a_run() => {
                        held.version = version;
                        continue;
                    }
                    Ok(Some((now, _))) => match now.run() {
                        Some(same) if same == run => return Kept::Written,
                        other => return Kept::Doubled(other.cloned()),
                    },
                    Ok(None) => return Kept::Forgotten,
                    Err(cause) => failure = LedgerError::new(cause.to_string()),
                },
            }
            drop(held);
            if number < WRITES {
                sleep(BETWEEN_WRITES).await;
            }
        }
        Kept::Unwritten(failure)
    }

    /// Writes that the request left and no more is known, also over the claim of others who have sent
    /// nothing: it holds them back. Left to the lease where that fails.
    pub async fn doubt(&self, error: Error, going: bool) -> Doubt {
        let mut held = self.held.lock().await;
        let mut entry = held.entry.at(Stage::Unclear { going }, self.now());
        entry.named = error.run().cloned();
        let mut doubt = Doubt::new(error, &entry);
        for _ in 0..WRITES {
            let written = held.put(&*self.ledger, entry.clone()).await;
            doubt.is_written = written.is_ok();
            let stored = match written {
                Err(Unwritten::Lost) => entry::stored(&*self.ledger, &self.key).await,
                Ok(()) | Err(Unwritten::Failed(_)) => break,
            };
            match stored {
                Ok(Some((now, version)))
                    if doubt.is_about(&now) && now.stage.has_sent_nothing() =>
                {
                    held.version = version;
                }
                Ok(_) | Err(_) => break,
            }
        }
        doubt
    }

    /// Frees the key: nothing was started. Left to the lease where that fails.
    pub async fn free(&self, why: &Error) {
        let mut held = self.held.lock().await;
        let now = self.now();
        let mut entry = held.entry.at(Stage::Free, now);
        entry.refusal = Some(Refusal {
            kind: why.kind().as_str().to_owned(),
            message: why.to_string(),
            at: now,
        });
        let _ = held.put(&*self.ledger, entry).await;
    }
}

impl Held {
    async fn put(&mut self, ledger: &dyn Ledger, entry: Entry) -> Result<(), Unwritten> {
        let mut outcome = write(ledger, &entry, Some(&self.version)).await;
        if let Err(Unwritten::Lost) = outcome
            && let Some(version) = self.own_version(ledger).await
        {
            // An earlier write of this caller took effect after it was given up.
            outcome = write(ledger, &entry, Some(&version)).await;
        }
        match outcome {
            Ok(version) => {
                (self.entry, self.version) = (entry, version);
                Ok(())
            }
            Err(unwritten) => {
                self.lost |= matches!(unwritten, Unwritten::Lost);
                Err(unwritten)
            }
        }
    }

    /// The version that is there now, where it is this caller's lease.
    async fn own_version(&self, ledger: &dyn Ledger) -> Option<Version> {
        let (now, version) = entry::stored(ledger, &self.entry.key).await.ok()??;
        let owner = |entry: &Entry| entry.stage.lease().map(|lease| lease.owner.clone());
        let own = owner(&self.entry)?;
        (owner(&now)? == own).then_some(version)
    }
}

/// The last look, right before each attempt leaves: the lease is still this caller's, everybody can
/// see that the request leaves now, and no time went by unnoticed since that was written.
impl Gate for Hold {
    fn pass<'a>(&'a self, _request: &'a Request) -> BoxFuture<'a, Result<()>> {
        let pass = async move {
            let quarter = self.held.lock().await.entry.part_of_lease(4);
            for _ in 0..LOOKS {
                let (began, shown) = (Instant::now(), self.now());
                match self.send().await {
                    Ok(()) => {}
                    Err(Unwritten::Lost) => return Err(taken_over(&self.key)),
                    Err(Unwritten::Failed(cause)) => return Err(cause.into_error()),
                }
                let moved = self.now().signed_duration_since(shown).to_std();
                let took = began.elapsed();
                // A machine that slept, and a process that stood still, show in one of the two.
                if took <= quarter && moved.is_ok_and(|moved| moved <= quarter) {
                    return Ok(());
                }
            }
            let what = "this process was paused, or the clock was changed, each time the request \
                        was about to leave";
            Err(Error::new(ErrorKind::Ledger).detail(what))
        };
        pass.boxed()
    }
}

fn taken_over(key: &Key) -> Error {
    Error::new(ErrorKind::Ledger).detail(format!(
        "another caller took over the key {key} before the request left"
    ))
}

/// Writes an entry in place of the version that was seen, unless somebody else has written another.
pub(super) async fn write_in_place_of(
    ledger: &dyn Ledger,
    entry: &Entry,
    seen: &Version,
) -> Result<(), LedgerError> {
    match write(ledger, entry, Some(seen)).await {
        Ok(_) | Err(Unwritten::Lost) => Ok(()),
        Err(Unwritten::Failed(cause)) => Err(cause),
    }
}

/// Writes an entry if there is none, or in place of the version that was seen. A store may have
/// written it and report that it has not: the entry itself shows.
async fn write(
    ledger: &dyn Ledger,
    entry: &Entry,
    seen: Option<&Version>,
) -> Result<Version, Unwritten> {
    let bytes = entry.bytes();
    let writing = async {
        let written = match seen {
            Some(seen) => ledger.replace(&entry.key, &bytes, seen).await,
            None => ledger.create(&entry.key, &bytes).await,
        };
        if let Ok(Some(version)) = written {
            return Ok(version);
        }
        match (ledger.read(&entry.key).await, written) {
            (Ok(Some(stored)), _) if stored.bytes == bytes => Ok(stored.version),
            // Whatever the store says, the version that was seen is not there any more.
            (Ok(Some(stored)), _) if seen != Some(&stored.version) => Err(Unwritten::Lost),
            (_, Ok(_)) => Err(Unwritten::Lost),
            (_, Err(cause)) => Err(Unwritten::Failed(cause)),
        }
    };
    in_time(writing).await
}
