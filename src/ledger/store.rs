//! What keeps the entries: a small store with conditional writes.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use tokio::time::timeout;

use super::Key;
use crate::error::{Error, ErrorKind};

/// A ledger that is silent for longer cannot be reached.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// An entry has a few kilobytes; anything longer is not an entry.
pub(super) const LONGEST_ENTRY: u64 = 4 << 20;

/// Keeps one entry for each key, for all processes that share it.
///
/// What keeps entries has to keep to this, or the promise of a single start does not hold:
///
/// * of several writers that saw the same state of a key, at most one succeeds;
/// * a read after a write has succeeded returns that write, or a later one;
/// * a write that has succeeded outlives a crash of the machine, as far as the store goes.
///
/// An implementation may fail after a write has taken effect: the caller reads again.
pub trait Ledger: Send + Sync + fmt::Debug {
    /// Writes an entry if there is none. `None` when there is one.
    ///
    /// # Errors
    ///
    /// When it is not known whether there is one, or when it cannot be written.
    fn create<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>>;

    /// Reads an entry. `None` when there is none.
    ///
    /// # Errors
    ///
    /// When that cannot be determined.
    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Stored>, LedgerError>>;

    /// Writes an entry in place of the version that was seen. `None` when that is not there any
    /// more.
    ///
    /// # Errors
    ///
    /// When that cannot be determined, or when it cannot be written.
    fn replace<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>>;

    /// Removes the version that was seen. `false` when that is not there any more.
    ///
    /// # Errors
    ///
    /// When that cannot be determined, or when it cannot be removed.
    fn remove<'a>(
        &'a self,
        key: &'a Key,
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<bool, LedgerError>>;

    /// All entries, in no order. One that is written or removed in the meantime may be missing.
    fn list(&self) -> BoxStream<'_, Result<Stored, LedgerError>>;
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Which version it is.
    pub version: Version,
}

/// Which version of an entry it is: an ETag, a digest. Different bytes have different versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// In the store's own words.
    pub fn new(version: impl Into<String>) -> Self {
        Version(version.into())
    }

    /// In the store's own words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a ledger says, where it says it in time.
pub(super) async fn in_time<T, E: From<LedgerError>>(
    operation: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let late = |_| Err(LedgerError::new("it did not answer in time").into());
    timeout(LONGEST_SILENCE, operation)
        .await
        .unwrap_or_else(late)
}

/// The ledger cannot be read, or cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LedgerError(String);

impl LedgerError {
    /// Why, in a sentence without a full stop.
    pub fn new(why: impl Into<String>) -> Self {
        LedgerError(why.into())
    }

    /// As the error of a call, of the kind [`ErrorKind::Ledger`].
    pub fn into_error(self) -> Error {
        Error::new(ErrorKind::Ledger).detail(crate::error::one_line(&self.0))
    }
}
