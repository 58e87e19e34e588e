//! What is asked right before each attempt of a start leaves.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::error::Result;

/// Says whether a start may still be sent, after everything else is done: the turn has come, the
/// request is whole and authorized.
pub(crate) trait Gate: Send + Sync + fmt::Debug {
    /// Lets the attempt leave now, or says why not. Then nothing of it was sent.
    fn pass(&self) -> BoxFuture<'_, Result<()>>;
}
