//! A ledger that fails, or never answers, at one of its operations.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt, pending};
use futures_util::stream::BoxStream;
use runpipe::ledger::{Key, Ledger, LedgerError, Stored, Version};
use tokio::sync::Notify;

/// What happens at that operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// It fails, and nothing is done.
    FailsBefore,
    /// It is done, and fails all the same.
    FailsAfter,
    /// It never answers, and nothing is done.
    HangsBefore,
    /// It is done, and never answers.
    HangsAfter,
    /// A write: it fails, and is done right before the next.
    IsLate,
}

impl Break {
    pub fn hangs(self) -> bool {
        matches!(self, Break::HangsBefore | Break::HangsAfter)
    }
}

#[derive(Debug)]
pub struct Brittle {
    inner: Arc<dyn Ledger>,
    /// The operation that breaks, counted from 0, and all after it unless it is alone.
    breaks: usize,
    alone: bool,
    how: Break,
    operations: AtomicUsize,
    late: Mutex<Option<(Vec<u8>, Version)>>,
    /// Told when an operation hangs.
    pub hangs: Notify,
}

impl Brittle {
    pub fn new(inner: Arc<dyn Ledger>, breaks: usize, how: Break) -> Arc<Brittle> {
        Arc::new(Brittle::made(inner, breaks, how, false))
    }

    /// All operations but this one do what they should.
    pub fn once(inner: Arc<dyn Ledger>, breaks: usize, how: Break) -> Arc<Brittle> {
        Arc::new(Brittle::made(inner, breaks, how, true))
    }

    fn made(inner: Arc<dyn Ledger>, breaks: usize, how: Break, alone: bool) -> Brittle {
        Brittle {
            inner,
            breaks,
            alone,
            how,
            operations: AtomicUsize::new(0),
            late: Mutex::default(),
            hangs: Notify::new(),
        }
    }

    pub fn operations(&self) -> usize {
        self.operations.load(Ordering::SeqCst)
    }

    async fn broken<T>(
        &self,
        operation: impl Future<Output = Result<T, LedgerError>>,
    ) -> Result<T, LedgerError> {
        let number = self.operations.fetch_add(1, Ordering::SeqCst);
        if number < self.breaks || (number > self.breaks && self.alone) {
            return operation.await;
        }
        if matches!(self.how, Break::FailsAfter | Break::HangsAfter) {
            operation.await?;
        }
        if self.how.hangs() {
            self.hangs.notify_one();
            return pending().await;
        }
        Err(LedgerError::new("it broke"))
    }
}

impl Ledger for Brittle {
    fn create<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        self.broken(self.inner.create(key, entry)).boxed()
    }

    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Stored>, LedgerError>> {
        self.broken(self.inner.read(key)).boxed()
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        async move {
            let late = self.late.lock().expect("not poisoned").take();
            if let Some((entry, seen)) = late {
                self.inner.replace(key, &entry, &seen).await?;
            }
            if self.how == Break::IsLate && self.operations() == self.breaks {
                let late = Some((entry.to_vec(), seen.clone()));
                *self.late.lock().expect("not poisoned") = late;
            }
            self.broken(self.inner.replace(key, entry, seen)).await
        }
        .boxed()
    }

    fn remove<'a>(
        &'a self,
        key: &'a Key,
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<bool, LedgerError>> {
        self.broken(self.inner.remove(key, seen)).boxed()
    }

    fn list(&self) -> BoxStream<'_, Result<Stored, LedgerError>> {
        self.inner.list()
    }
}
