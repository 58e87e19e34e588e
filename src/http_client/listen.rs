//! A moment between connecting and the first request.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use tower_layer::Layer;
use tower_service::Service;

/// Once for each connection, not for each request.
const LISTENED: Duration = Duration::from_millis(2);

/// Lets a moment pass after a connection was made.
///
/// A server that sends before it has a request is not answering: its bytes cannot be about the
/// request that follows. The connection detects unasked bytes that have arrived before the request
/// is handed to it, and is then given up. This goes for reads too: a read that takes such bytes for
/// its answer leaves its own answer to the start that uses the connection next.
#[derive(Clone, Copy)]
pub(super) struct Listen;

impl<S> Layer<S> for Listen {
    type Service = Listening<S>;

    fn layer(&self, connect: S) -> Listening<S> {
        Listening(Arc::new(connect))
    }
}

/// reqwest clones what connects several times for each request, and what it is given boxes in boxes:
/// they are cloned for a connection only.
pub(super) struct Listening<S>(Arc<S>);

impl<S> Clone for Listening<S> {
    fn clone(&self) -> Self {
        Listening(Arc::clone(&self.0))
    }
}

impl<S, R> Service<R> for Listening<S>
where
    S: Service<R> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Response: Send,
    S::Error: Send,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, address: R) -> Self::Future {
        let mut connect = S::clone(&self.0);
        async move {
            poll_fn(|context| connect.poll_ready(context)).await?;
            let connection = connect.call(address).await?;
            tokio::time::sleep(LISTENED).await;
            Ok(connection)
        }
        .boxed()
    }
}
