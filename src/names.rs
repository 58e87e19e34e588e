//! A person's name for something that a service knows by an id.

use futures_core::Stream;
use futures_util::{StreamExt, pin_mut};

use crate::error::{Error, ErrorKind, Result};
use crate::run::RunRef;
use crate::service::Service;

/// How many near names an error lists.
const NEAREST: usize = 5;
/// A search for a name reads no more items than this.
const MOST_ITEMS: usize = 100_000;

/// The id of the one thing of that name, over all pages of the list. `called` gives what an item is
/// called and its id; an item that lacks one of them is skipped.
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
    let error = |detail: String| {
        let error = Error::new(ErrorKind::UnknownName);
        error.on_service(service).detail(detail)
    };
    pin_mut!(list);
    let mut found: Vec<I> = Vec::new();
    let mut near = Nearest::default();
    let mut read = 0_usize;
    while let Some(item) = list.next().await {
        let called = called(item?);
        read = read.saturating_add(1);
        if read > MOST_ITEMS {
            let detail = format!("the list of {what}s is too long to look {name:?} up in it");
            return Err(error(detail).advise("Use the id."));
        }
        let Some((candidate, id)) = called else {
            continue;
        };
        if candidate == name {
            found.push(id);
        } else {
            near.add(name, candidate);
        }
    }
    if let [id] = found.as_slice() {
        return Ok(id.clone());
    }
    let ids: Vec<String> = found.iter().map(ToString::to_string).collect();
    Err(error(near.instead_of(what, name, &ids)))
}

/// The names that are most like the one that is looked for, with how like it they are. Apart from
/// the search, so that it is compiled once and not for every list.
#[derive(Default)]
struct Nearest(Vec<(f64, String)>);

impl Nearest {
    fn add(&mut self, name: &str, candidate: String) {
        let likeness = strsim::jaro_winkler(&candidate.to_lowercase(), &name.to_lowercase());
        let near = &mut self.0;
        let place = near.partition_point(|(other, name)| {
            let order = likeness.total_cmp(other).then_with(|| name.cmp(&candidate));
            order.is_lt()
        });
        near.insert(place, (likeness, candidate));
        near.truncate(NEAREST);
    }

    /// Why nothing was picked; `ids` are those of that very name.
    fn instead_of(&self, what: &str, name: &str, ids: &[String]) -> String {
        match (ids, self.0.as_slice()) {
            ([], []) => format!("there is no {what} {name:?}: the list is empty"),
            ([], near) => {
                let names: Vec<String> = near.iter().map(|(_, name)| format!("{name:?}")).collect();
                let names = names.join(", ");
                format!("no {what} is named {name:?}; the nearest are {names}")
            }
            (ids, _) => {
                let ids = ids.join(", ");
                format!("several {what}s are named {name:?}: {ids}")
            }
        }
    }
}

/// The one of several things of a run that the caller means: by its name or its id, or because
/// there is no other. Each comes as its name, its id and itself; `which` says what they have in
/// common.
///
/// # Errors
///
/// [`ErrorKind::NothingToDo`] when there are none at all; [`ErrorKind::UnknownName`] when none is
/// meant, or more than one; the existing ones are listed.
pub(crate) fn the_one<'a, T>(
    run: &RunRef,
    asked: Option<&str>,
    what: &'static str,
    which: &'static str,
    all: impl Iterator<Item = (&'a str, &'a str, T)>,
) -> Result<T> {
    let all: Vec<(&str, &str, T)> = all.collect();
    let listed: Vec<String> = all
        .iter()
        .map(|(name, id, _)| format!("{name:?} ({id})"))
        .collect();
    let listed = listed.join(", ");
    let is_meant =
        |(name, id, _): &(&str, &str, T)| asked.is_none_or(|asked| asked == *name || asked == *id);
    let mut meant = all.into_iter().filter(is_meant);
    let detail = match (meant.next(), meant.next(), asked) {
        (Some((_, _, one)), None, _) => return Ok(one),
        (None, _, _) if listed.is_empty() => format!("no {what} of the run {which}"),
        (None, _, Some(asked)) => format!("no {what} {asked:?} {which}; there are {listed}"),
        (_, _, Some(asked)) => {
            format!("more than one {what} {asked:?} {which}; name one by its id: {listed}")
        }
        (_, _, None) => format!("more than one {what} {which}; name one: {listed}"),
    };
    let error = match listed.is_empty() {
        true => Error::new(ErrorKind::NothingToDo),
        false => {
            Error::new(ErrorKind::UnknownName).advise("Use one of the names listed, or its id.")
        }
    };
    let error = error.on_service(run.service()).detail(detail);
    Err(error.about_run(Some(run.clone())))
}
