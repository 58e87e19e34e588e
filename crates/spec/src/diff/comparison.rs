//! The state of one comparison, and how a change is put down.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::document::Document;
use super::super::pointer::{child, last};
use super::Change;
use super::pairs::{Pairs, component};
use super::reach::{Impacts, Reach, reaches};

/// One of the two documents.
#[derive(Clone, Copy)]
pub(super) struct Side<'d> {
    pub document: &'d Document,
    pub root: &'d Value,
}

impl<'d> Side<'d> {
    fn new(document: &'d Document) -> Self {
        let root = document.root();
        Self { document, root }
    }

    /// The value at a pointer; `null` where nothing is.
    pub fn at(self, pointer: &str) -> &'d Value {
        self.root.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// What a place belongs to: its operation, its component, or the part of the document.
    fn owner(self, pointer: &str) -> String {
        let within = |operation: &str| {
            let rest = pointer.strip_prefix(operation);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut operations = self.document.operations().iter();
        if let Some(operation) = operations.find(|found| within(&found.pointer)) {
            return operation.id.clone();
        }
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        last(match parts.as_slice() {
            ["components", _, name, ..] => name,
            ["paths", path, ..] => path,
            [part, ..] => part,
            [] => "",
        })
    }
}

/// A place in both documents: JSON pointers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub old: String,
    pub new: String,
}

impl Place {
    pub fn new(old: impl Into<String>, new: impl Into<String>) -> Self {
        let (old, new) = (old.into(), new.into());
        Self { old, new }
    }

    /// The same pointer in both.
    pub fn same(pointer: &str) -> Self {
        Self::new(pointer, pointer)
    }

    /// The member of this name.
    pub fn child(&self, name: &str) -> Self {
        Self::new(child(&self.old, name), child(&self.new, name))
    }
}

/// An entry of two lists.
pub(super) enum Entry<T> {
    /// It is in both.
    Both(T, T),
    /// It is in the old list only.
    Gone(T),
    /// It is in the new list only.
    New(T),
}

/// The entries of two lists, those of the old one first. Counterparts are looked for by the first test, those left over
/// by the next.
pub(super) fn paired<T: Copy>(
    old: impl IntoIterator<Item = T>,
    new: impl IntoIterator<Item = T>,
    tests: &[&dyn Fn(T, T) -> bool],
) -> Vec<Entry<T>> {
    let mut left: Vec<T> = new.into_iter().collect();
    let mut pairs: Vec<(T, Option<T>)> = old.into_iter().map(|one| (one, None)).collect();
    for same in tests {
        for (one, found) in pairs.iter_mut().filter(|(_, found)| found.is_none()) {
            let at = left.iter().position(|candidate| same(*one, *candidate));
            *found = at.map(|at| left.remove(at));
        }
    }
    let pairs = pairs.into_iter().map(|(one, found)| match found {
        Some(found) => Entry::Both(one, found),
        None => Entry::Gone(one),
    });
    pairs.chain(left.into_iter().map(Entry::New)).collect()
}

/// Two documents under comparison.
pub(super) struct Comparison<'d> {
    pub old: Side<'d>,
    pub new: Side<'d>,
    pub pairs: Pairs<'d>,
    old_reaches: BTreeMap<String, Reach>,
    new_reaches: BTreeMap<String, Reach>,
    changes: Vec<Change>,
    seen: BTreeSet<(Place, Reach)>,
}

impl<'d> Comparison<'d> {
    pub fn new(old: &'d Document, new: &'d Document) -> Self {
        let (old, new) = (Side::new(old), Side::new(new));
        Self {
            pairs: Pairs::new(old.root, new.root),
            old_reaches: reaches(old.document),
            new_reaches: reaches(new.document),
            old,
            new,
            changes: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// The changes, each once.
    pub fn finish(self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        for change in self.changes {
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
        changes
    }

    /// What stands at a place, before and after; `null` where nothing does.
    pub fn values(&self, place: &Place) -> (&'d Value, &'d Value) {
        (self.old.at(&place.old), self.new.at(&place.new))
    }

    /// The members of this name of what stands at a place.
    pub fn members(&self, place: &Place, key: &str) -> (Option<&'d Value>, Option<&'d Value>) {
        let (before, after) = self.values(place);
        (before.get(key), after.get(key))
    }

    /// Where both versions of a component schema are used.
    pub fn reach(&self, old: &str, new: &str) -> Reach {
        let new = self.new_reaches.get(&component(new)).copied();
        self.old_reach(old).and(new.unwrap_or_default())
    }

    /// Where a component schema of the old document is used.
    pub fn old_reach(&self, name: &str) -> Reach {
        let reach = self.old_reaches.get(&component(name));
        reach.copied().unwrap_or_default()
    }

    /// Whether a place is met for the first time. Shared parts are met once for each of their users.
    pub fn first_time(&mut self, place: &Place, reach: Reach) -> bool {
        self.seen.insert((place.clone(), reach))
    }

    /// Records what is different now.
    pub fn changed(&mut self, place: &Place, what: impl Into<String>, impacts: Impacts) {
        self.put(Some(&place.old), Some(&place.new), what.into(), impacts);
    }

    /// Records what is gone.
    pub fn removed(&mut self, old: &str, what: impl Into<String>, impacts: Impacts) {
        self.put(Some(old), None, what.into(), impacts);
    }

    /// Records what is new.
    pub fn added(&mut self, new: &str, what: impl Into<String>, impacts: Impacts) {
        self.put(None, Some(new), what.into(), impacts);
    }

    fn put(&mut self, old: Option<&str>, new: Option<&str>, what: String, impacts: Impacts) {
        let mut names: Vec<String> = old.map(|old| self.old.owner(old)).into_iter().collect();
        let new_name = new.map(|new| self.new.owner(new));
        names.extend(new_name.filter(|name| !names.contains(name)));
        self.changes.push(Change {
            names,
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
            what,
            wire: impacts.wire,
            rust: impacts.rust,
        });
    }

    /// Compares what people read of two objects: the given keys, and all extensions.
    pub fn notes(&mut self, place: &Place, keys: &[&str]) {
        let (before, after) = self.values(place);
        let names: BTreeSet<&String> = [before, after]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(|object| object.keys())
            .filter(|key| keys.contains(&key.as_str()) || key.starts_with("x-"))
            .collect();
        for name in names {
            let word = match (before.get(name), after.get(name)) {
                (before, after) if before == after => continue,
                (Some(_), None) => "is gone",
                (None, _) => "is new",
                (Some(_), Some(_)) => "has changed",
            };
            let what = format!("`{name}` {word}");
            self.changed(&place.child(name), what, Impacts::DOC_ONLY);
        }
    }

    /// Compares what people read of the documents as wholes.
    pub fn document_notes(&mut self) {
        let keys = ["openapi", "info", "tags", "externalDocs"];
        self.notes(&Place::same(""), &keys);
        self.notes(&Place::same("/components"), &["examples", "links"]);
        self.notes(&Place::same("/paths"), &[]);
    }
}
