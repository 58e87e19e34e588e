//! What the ledger says about a key, as JSON that later versions can still read.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::stream::{BoxStream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fingerprint::Fingerprint;
use super::store::{Stored, Version, in_time};
use super::{Key, Ledger, LedgerError, Stage};
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::run::RunRef;
use crate::service::Service;

/// What is written. A later form has a higher number, and is not touched by this version.
const FORM: u32 = 1;

/// What is known of a key: whose run it is, and how far its start has come. It holds no value of
/// the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    form: u32,
    /// The key.
    pub key: Key,
    /// Where the run is started.
    pub service: Service,
    /// The address of the service, and the host that requests name if it is another.
    pub server: String,
    /// The pipeline, as its reference prints it.
    pub pipeline: String,
    request: Fingerprint,
    /// What the run is recognized by; all attempts share it.
    pub mark: Mark,
    /// Where the mark was put.
    pub place: MarkPlace,
    /// What the service's list can say about it.
    pub trace: Trace,
    /// How long an owner may be silent, in milliseconds.
    pub lease_ms: u64,
    /// When the key was used first, by the clock of who did.
    pub created: DateTime<Utc>,
    /// When this was written, by the clock of who wrote it.
    pub changed: DateTime<Utc>,
    /// How often the key was claimed.
    pub attempt: u32,
    /// How far the start has come.
    #[serde(flatten)]
    pub stage: Stage,
    /// When a request left first.
    pub sent: Option<Sent>,
    /// Why the last attempt came to nothing.
    pub refusal: Option<Refusal>,
    /// The run that an answer named which left the outcome unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<RunRef>,
}

/// When a request left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sent {
    /// By the clock of who sent it.
    pub here: DateTime<Utc>,
    /// By the service's clock, at the earliest, where that was known.
    pub at_service: Option<DateTime<Utc>>,
}

/// Why an attempt came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The word of the error's kind.
    pub kind: String,
    /// The error in words, without secrets.
    pub message: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A start as it is to be made: what an entry says of it.
pub(super) struct Intent<'i> {
    pub key: &'i Key,
    pub service: Service,
    pub server: String,
    pub pipeline: String,
    pub request: Value,
    pub secrets: Vec<String>,
    pub place: MarkPlace,
    pub lease: Duration,
}

impl Intent<'_> {
    /// The mark of a start whose key has no entry yet.
    pub fn new_mark(&self) -> Mark {
        Mark::new(self.key.as_str(), fastrand::u32(..))
    }

    /// An entry that claims the key, in place of what was there.
    pub fn claim(
        &self,
        before: Option<&Entry>,
        (mark, trace): (Mark, Trace),
        owner: &str,
        now: DateTime<Utc>,
    ) -> Entry {
        let salt = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        Entry {
            form: FORM,
            key: self.key.clone(),
            service: self.service,
            server: self.server.clone(),
            pipeline: self.pipeline.clone(),
            request: Fingerprint::new(&self.request, &self.secrets, &salt),
            mark,
            place: self.place.clone(),
            trace,
            lease_ms: u64::try_from(self.lease.as_millis()).unwrap_or(u64::MAX),
            created: before.map_or(now, |before| before.created),
            changed: now,
            attempt: before.map_or(1, |before| before.attempt.saturating_add(1)),
            stage: Stage::claimed(owner),
            sent: before.and_then(|before| before.sent),
            refusal: before.and_then(|before| before.refusal.clone()),
            named: None,
        }
    }
}

impl Entry {
    /// What differs between this entry's start and another: `service`, `server`, `pipeline`, and the
    /// places in the request as JSON pointers.
    pub(super) fn differences(&self, intent: &Intent<'_>) -> Vec<String> {
        let places = [
            ("service", self.service == intent.service),
            ("server", self.server == intent.server),
            ("pipeline", self.pipeline == intent.pipeline),
        ];
        let differ = places.into_iter().filter(|(_, same)| !same);
        let differ = differ.map(|(place, _)| place.to_owned());
        let in_request = self.request.differences(&intent.request, &intent.secrets);
        differ.chain(in_request).collect()
    }

    /// How long an owner may be silent.
    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }

    pub(super) fn part_of_lease(&self, parts: u32) -> Duration {
        self.lease().checked_div(parts).unwrap_or_default()
    }

    /// The run, where one was started.
    pub fn run(&self) -> Option<&RunRef> {
        match &self.stage {
            Stage::Started { run } => Some(run),
            Stage::Free | Stage::Claimed { .. } | Stage::Sending { .. } | Stage::Unclear { .. } => {
                None
            }
        }
    }

    /// Whether the start has come to an end, one way or the other.
    pub fn is_settled(&self) -> bool {
        matches!(self.stage, Stage::Free | Stage::Started { .. })
    }

    pub(super) fn at(&self, stage: Stage, now: DateTime<Utc>) -> Entry {
        let (stage, changed) = (stage, now);
        Entry {
            stage,
            changed,
            ..self.clone()
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        // Texts, numbers and maps of texts always become JSON.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// Reads an entry.
    pub(super) fn read(bytes: &[u8]) -> Result<Entry, LedgerError> {
        #[derive(Deserialize)]
        struct Form {
            form: u32,
        }
        let form = serde_json::from_slice::<Form>(bytes).map(|form| form.form);
        match (form, serde_json::from_slice(bytes)) {
            (Ok(FORM), Ok(entry)) => Ok(entry),
            (Ok(form), _) if form > FORM => Err(LedgerError::new(
                "an entry was written by a later version of runpipe",
            )),
            _ => Err(LedgerError::new("an entry is damaged")),
        }
    }
}

/// What the ledger says about a key; `None` when it was never used, or was forgotten.
///
/// # Errors
///
/// [`crate::ErrorKind::Ledger`] when the ledger cannot be read.
pub async fn entry(ledger: &dyn Ledger, key: &Key) -> Result<Option<Entry>> {
    Ok(stored(ledger, key).await?.map(|(entry, _)| entry))
}

/// All that the ledger says, in no order.
///
/// # Errors
///
/// [`crate::ErrorKind::Ledger`], in place of an entry that cannot be read.
pub fn entries(ledger: &dyn Ledger) -> BoxStream<'_, Result<Entry>> {
    let read = |stored: Result<Stored, LedgerError>| async move {
        let entry = stored.and_then(|stored| Entry::read(&stored.bytes));
        entry.map_err(LedgerError::into_error)
    };
    ledger.list().then(read).boxed()
}

/// Forgets a key, so that the next start with it is a first one. The run, if there is one, goes on.
/// `false` when the entry is another by now: read it again.
///
/// # Errors
///
/// [`crate::ErrorKind::Ledger`] when the ledger cannot be read or written.
pub async fn forget(ledger: &dyn Ledger, seen: &Entry) -> Result<bool> {
    match stored(ledger, &seen.key).await? {
        Some((entry, version)) if entry == *seen => {
            match in_time(ledger.remove(&seen.key, &version)).await {
                Ok(true) => Ok(true),
                // A store may have done it and say that it has not.
                removed => match stored(ledger, &seen.key).await? {
                    None => Ok(true),
                    Some(_) => removed.map_err(LedgerError::into_error),
                },
            }
        }
        Some(_) => Ok(false),
        None => Ok(true),
    }
}

/// An entry with its version.
pub(super) async fn stored(ledger: &dyn Ledger, key: &Key) -> Result<Option<(Entry, Version)>> {
    let read = async {
        let Some(stored) = in_time(ledger.read(key)).await? else {
            return Ok(None);
        };
        let entry = Entry::read(&stored.bytes)?;
        match entry.key == *key {
            true => Ok(Some((entry, stored.version))),
            false => Err(LedgerError::new("an entry stands in the place of another")),
        }
    };
    read.await.map_err(LedgerError::into_error)
}
