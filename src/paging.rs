//! Lists that come in pages, as streams: a page is fetched when it is asked for.

use std::future::Future;

use futures_core::Stream;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::error::{Error, ErrorKind, Result};
use crate::service::Service;
use crate::service_client::ServiceClient;

/// One page of a list.
pub(crate) struct Page<T, N> {
    pub items: Vec<T>,
    /// What fetches the page after this one; `None` on the last.
    pub next: Option<N>,
}

/// A list with more pages than this has no end that anybody could wait for.
const MOST_PAGES: usize = 10_000;

/// All items of a list: those of [`page_by_page`], one after the other.
pub(crate) fn pages<C, P, T, N, F, Fut>(
    client: &C,
    place: P,
    first: N,
    fetch: F,
) -> BoxStream<'static, Result<T>>
where
    C: ServiceClient,
    P: Clone + Send + 'static,
    T: Send + 'static,
    N: Clone + PartialEq + Send + 'static,
    F: Fn(C, P, N) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Page<T, N>>> + Send + 'static,
{
    flat(page_by_page(client, place, first, fetch))
}

/// What is on the pages, one after the other.
pub(crate) fn flat<T: Send + 'static>(
    pages: impl Stream<Item = Result<Vec<T>>> + Send + 'static,
) -> BoxStream<'static, Result<T>> {
    pages
        .map_ok(|items| stream::iter(items.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

/// The pages of a list, each fetched with a client, the list's place and what names the page. Ends
/// after the first error: a page that leads back to itself is one, and so is a list without an end.
pub(crate) fn page_by_page<C, P, T, N, F, Fut>(
    client: &C,
    place: P,
    first: N,
    fetch: F,
) -> impl Stream<Item = Result<Vec<T>>> + Send + use<C, P, T, N, F, Fut>
where
    C: ServiceClient,
    P: Clone + Send,
    T: Send,
    N: Clone + PartialEq + Send,
    F: Fn(C, P, N) -> Fut + Send,
    Fut: Future<Output = Result<Page<T, N>>> + Send,
{
    let service = C::SERVICE;
    let client = client.clone();
    let fetch = move |page| fetch(client.clone(), place.clone(), page);
    let state = (Some(first), None::<N>, 0_usize, fetch);
    stream::try_unfold(state, move |(next, last, read, fetch)| async move {
        let Some(page) = next else {
            return Ok(None);
        };
        if last.as_ref() == Some(&page) {
            return Err(endless(
                service,
                "a page of the list names itself as the next",
            ));
        }
        if read >= MOST_PAGES {
            return Err(endless(service, "the list has more than 10,000 pages"));
        }
        let fetched = fetch(page.clone()).await?;
        let state = (fetched.next, Some(page), read.saturating_add(1), fetch);
        Ok(Some((fetched.items, state)))
    })
}

fn endless(service: Service, what: &str) -> Error {
    Error::new(ErrorKind::Undecodable)
        .on_service(service)
        .detail(what)
        .advise("The list cannot be read to its end: narrow it down.")
}
