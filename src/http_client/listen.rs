//! A moment after connecting, before a request that acts.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use tower_layer::Layer;
use tower_service::Service;

/// Once for each connection, not for each request.
const LISTENED: Duration = Duration::from_millis(2);

tokio::task_local! {
    static LISTENS: bool;
}

/// Sends a request. A connection that is made for it listens first, unless the request only reads.
///
/// The answer to a start proves what became of the request, which no earlier word can do. A read
/// leaves nothing behind that would have to be proven.
pub(super) fn before<F: Future>(
    only_reads: bool,
    sending: F,
) -> impl Future<Output = F::Output> + use<F> {
    LISTENS.scope(!only_reads, sending)
}

/// Lets a moment pass after a connection was made.
///
/// A server that sends before it has a request is not answering: its bytes cannot be about the
/// request that follows. The connection detects unasked bytes that have arrived before the request
/// is handed to it, and is then given up.
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
            std::future::poll_fn(|context| connect.poll_ready(context)).await?;
            let connection = connect.call(address).await?;
            // A request that gets another connection in the meantime leaves this one to the next,
            // which may be a start. It is then made in a task of its own, which knows of no
            // request.
            if LISTENS.try_with(|listens| *listens).unwrap_or(true) {
                tokio::time::sleep(LISTENED).await;
            }
            Ok(connection)
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use tokio::time::Instant;

    use super::*;

    /// Connects at once.
    #[derive(Clone)]
    struct AtOnce;

    impl Service<()> for AtOnce {
        type Response = ();
        type Error = Infallible;
        type Future = std::future::Ready<Result<(), Infallible>>;

        fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            std::future::ready(Ok(()))
        }
    }

    async fn time_of<F: Future>(connecting: F) -> Duration {
        let before = Instant::now();
        connecting.await;
        before.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_reads_is_sent_at_once() {
        let connect = || Listen.layer(AtOnce).call(());
        assert_eq!(time_of(before(false, connect())).await, LISTENED);
        assert!(time_of(before(true, connect())).await.is_zero());
        // Left behind by the request that it was begun for.
        assert_eq!(time_of(connect()).await, LISTENED);
    }
}
