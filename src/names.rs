//! A person's name for something that a service knows by an id.

use futures_core::Stream;
use futures_util::{StreamExt, pin_mut};

use crate::error::{Error, ErrorKind, Result};
use crate::service::Service;

/// How many near names an error lists.
const NEAREST: usize = 5;
/// A search for a name reads no more items than this.
const MOST_ITEMS: usize = 100_000;

/// The id of the one thing of that name, over all pages of the list. `called` gives what an item is
/// called and its id; an item that lacks one of them is passed over.
///
/// # Errors
///
/// [`ErrorKind::UnknownName`] when none has exactly this name (the nearest names are listed), or
/// when several have it (their ids are listed).
pub(crate) async fn pick<T, I: Clone + ToString>(
    service: Service,
    what: &'static str,
    name: &str,
    list: impl Stream<Item = Result<T>>,
    called: impl Fn(T) -> Option<(String, I)>,
) -> Result<I> {
    pin_mut!(list);
    let mut found: Vec<I> = Vec::new();
    let mut near: Vec<(f64, String)> = Vec::new();
    let mut read = 0_usize;
    while let Some(item) = list.next().await {
        let called = called(item?);
        read = read.saturating_add(1);
        if read > MOST_ITEMS {
            return Err(Error::new(ErrorKind::UnknownName)
                .on_service(service)
                .detail(format!(
                    "the list of {what}s is too long to look {name:?} up in it"
                ))
                .advise("Use the id."));
        }
        let Some((candidate, id)) = called else {
            continue;
        };
        if candidate == name {
            found.push(id);
        } else {
            let likeness = strsim::jaro_winkler(&candidate.to_lowercase(), &name.to_lowercase());
            near.push((likeness, candidate));
            near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            near.truncate(NEAREST);
        }
    }
    let error = |detail: String| {
        Err(Error::new(ErrorKind::UnknownName)
            .on_service(service)
            .detail(detail))
    };
    match found.as_slice() {
        [id] => Ok(id.clone()),
        [] if near.is_empty() => error(format!("there is no {what} {name:?}: the list is empty")),
        [] => {
            let names: Vec<String> = near.iter().map(|(_, name)| format!("{name:?}")).collect();
            error(format!(
                "no {what} is named {name:?}; the nearest are {}",
                names.join(", ")
            ))
        }
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            error(format!(
                "several {what}s are named {name:?}: {}",
                ids.join(", ")
            ))
        }
    }
}
