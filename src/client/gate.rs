//! What is asked right before each attempt of a start leaves.

use crate::error::Result;
use futures_util::future::BoxFuture;

pub(crate) use reqwest::Request;

/// Says whether a start may still be sent, after everything else is done: the turn has come, the
/// request is whole and authorized.
pub(crate) trait Gate: Send + Sync {
    /// Lets the attempt leave now, or says why not. Then nothing of it was sent.
    fn pass<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<()>>;
}
