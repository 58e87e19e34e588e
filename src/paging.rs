//! Lists that come in pages, as streams: a page is fetched when it is asked for.

use std::collections::VecDeque;
use std::future::Future;

use futures_core::Stream;
use futures_util::stream;

use crate::error::Result;

/// One page of a list.
pub(crate) struct Page<T, N> {
    pub items: Vec<T>,
    /// What fetches the page after this one; `None` on the last.
    pub next: Option<N>,
}

/// All items of a list, page after page. Ends after the first error.
pub(crate) fn pages<T, N, F, Fut>(first: N, fetch: F) -> impl Stream<Item = Result<T>> + Send
where
    T: Send,
    N: Send,
    F: Fn(N) -> Fut + Send,
    Fut: Future<Output = Result<Page<T, N>>> + Send,
{
    let state = (VecDeque::new(), Some(first), fetch);
    stream::try_unfold(state, |(mut ready, mut next, fetch)| async move {
        loop {
            if let Some(item) = ready.pop_front() {
                return Ok(Some((item, (ready, next, fetch))));
            }
            let Some(page) = next.take() else {
                return Ok(None);
            };
            let Page {
                items,
                next: following,
            } = fetch(page).await?;
            ready.extend(items);
            next = following;
        }
    })
}
