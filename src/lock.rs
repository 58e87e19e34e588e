//! The lock around state that callers on many threads share: the standard one, or that of a checker
//! which chooses the thread that goes on (`.ci/schedules`).

#[cfg(all(test, shuttle))]
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
#[cfg(not(all(test, shuttle)))]
pub(crate) use std::sync::{Mutex, MutexGuard};
