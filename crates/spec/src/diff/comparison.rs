//! The state of one comparison, and how a change is put down.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::document::Document;
use super::super::pointer::child;
use super::pairs::Pairs;
use super::reach::{Reach, reaches};
use super::{Change, Impact};

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
        let operation = self
            .document
            .operations()
            .iter()
            .find(|found| within(&found.pointer));
        if let Some(operation) = operation {
            return operation.id.clone();
        }
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        let name = match parts.as_slice() {
            ["components", _, name, ..] => name,
            ["paths", path, ..] => path,
            [part, ..] => part,
            [] => "",
        };
        name.replace("~1", "/").replace("~0", "~")
    }
}

/// Two documents under comparison.
pub(super) struct Comparison<'d> {
    pub old: Side<'d>,
    pub new: Side<'d>,
    pub pairs: Pairs,
    old_reaches: BTreeMap<String, Reach>,
    new_reaches: BTreeMap<String, Reach>,
    changes: Vec<Change>,
    seen: BTreeSet<(String, String, Reach)>,
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

    /// Where both versions of a component schema are used.
    pub fn reach(&self, old: &str, new: &str) -> Reach {
        let of = |reaches: &BTreeMap<String, Reach>, name| reaches.get(name).copied();
        let (old, new) = (of(&self.old_reaches, old), of(&self.new_reaches, new));
        old.unwrap_or_default().and(new.unwrap_or_default())
    }

    /// Where a component schema of the old document is used.
    pub fn old_reach(&self, name: &str) -> Reach {
        self.old_reaches.get(name).copied().unwrap_or_default()
    }

    /// Whether two places are met for the first time. Shared parts are met once for each of their users.
    pub fn first_time(&mut self, old: &str, new: &str, reach: Reach) -> bool {
        self.seen.insert((old.to_owned(), new.to_owned(), reach))
    }

    /// Puts down what is different now.
    pub fn changed(&mut self, old: &str, new: &str, what: String, wire: Impact, rust: Impact) {
        self.put(Some(old), Some(new), what, wire, rust);
    }

    /// Puts down what is gone.
    pub fn removed(&mut self, old: &str, what: String, wire: Impact, rust: Impact) {
        self.put(Some(old), None, what, wire, rust);
    }

    /// Puts down what is new.
    pub fn added(&mut self, new: &str, what: String, wire: Impact, rust: Impact) {
        self.put(None, Some(new), what, wire, rust);
    }

    fn put(
        &mut self,
        old: Option<&str>,
        new: Option<&str>,
        what: String,
        wire: Impact,
        rust: Impact,
    ) {
        let mut names: Vec<String> = old.map(|old| self.old.owner(old)).into_iter().collect();
        let new_name = new.map(|new| self.new.owner(new));
        names.extend(new_name.filter(|name| !names.contains(name)));
        self.changes.push(Change {
            names,
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
            what,
            wire,
            rust,
        });
    }

    /// Compares what people read of two objects: the given keys, and all extensions.
    pub fn notes(&mut self, old: &str, new: &str, keys: &[&str]) {
        let (before, after) = (self.old.at(old), self.new.at(new));
        let names: BTreeSet<&String> = [before, after]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(|object| object.keys())
            .filter(|key| keys.contains(&key.as_str()) || key.starts_with("x-"))
            .collect();
        for name in names {
            let what = match (before.get(name), after.get(name)) {
                (before, after) if before == after => continue,
                (Some(_), None) => format!("`{name}` is gone"),
                (None, _) => format!("`{name}` is new"),
                (Some(_), Some(_)) => format!("`{name}` has changed"),
            };
            let (old, new) = (child(old, name), child(new, name));
            self.changed(&old, &new, what, Impact::DocOnly, Impact::DocOnly);
        }
    }

    /// Compares what people read of the documents as wholes.
    pub fn document_notes(&mut self) {
        self.notes("", "", &["openapi", "info", "tags", "externalDocs"]);
        self.notes("/components", "/components", &["examples", "links"]);
        self.notes("/paths", "/paths", &[]);
    }
}
