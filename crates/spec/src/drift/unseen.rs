//! What a document says and no traffic has shown.

use std::collections::BTreeSet;

use super::super::operation::Response;
use super::super::pointer::{branches, child};
use super::Drift;
use super::names::called;
use crate::keyed::Keyed;

/// How much was seen, and what was not.
pub(super) fn count(drift: &Drift<'_>) -> (usize, Vec<String>) {
    let mut said = Said {
        drift,
        walked: BTreeSet::new(),
        seen: 0,
        unseen: Vec::new(),
    };
    for operation in drift.document.operations() {
        if !said.tell(&operation.pointer, || format!("operation {}", operation.id)) {
            continue;
        }
        for response in &operation.responses {
            said.response(&operation.id, response);
        }
    }
    said.unseen.sort();
    (said.seen, said.unseen)
}

struct Said<'a, 'd> {
    drift: &'a Drift<'d>,
    walked: BTreeSet<String>,
    seen: usize,
    unseen: Vec<String>,
}

impl Said<'_, '_> {
    /// Counts one thing. Whether it was seen.
    fn tell(&mut self, key: &str, name: impl FnOnce() -> String) -> bool {
        let seen = self.drift.seen.contains(key);
        match seen {
            true => self.seen += 1,
            false => self.unseen.push(name()),
        }
        seen
    }

    fn response(&mut self, operation: &str, response: &Response) {
        let status = response.status;
        // A component may stand for the answers of several operations.
        let begin = format!("{operation} ");
        let seen =
            self.drift.seen.iter().any(|key| {
                key.starts_with(&begin) && key.ends_with(&format!(" {}", response.pointer))
            });
        if !seen {
            self.unseen.push(format!("status {operation} {status}"));
            return;
        }
        self.seen += 1;
        for media in &response.content {
            let name = || format!("content type {operation} {status} {}", media.range);
            if self.tell(&media.pointer, name)
                && let Some(schema) = &media.schema
            {
                self.schema(schema);
            }
        }
    }

    fn schema(&mut self, pointer: &str) {
        let root = self.drift.document.root();
        let Some(schema) = root.pointer(pointer) else {
            return;
        };
        for (pointer, schema) in branches(root, pointer, schema) {
            if !self.walked.insert(pointer.clone()) {
                continue;
            }
            for word in schema.list("enum").iter().filter_map(|word| word.as_str()) {
                let name = format!("word {} {word}", called(self.drift.document, &pointer));
                self.tell(&format!("{pointer} {word}"), || name);
            }
            for key in ["items", "additionalProperties"] {
                if schema.get(key).is_some_and(serde_json::Value::is_object) {
                    self.schema(&child(&pointer, key));
                }
            }
            for (name, property) in schema.entries("properties") {
                let place = child(&child(&pointer, "properties"), name);
                if property.flag("writeOnly") {
                    continue;
                }
                let name = called(self.drift.document, &place);
                // What lies in a field that never came was not seen either; one line says it.
                if self.tell(&place, || format!("field {name}")) {
                    self.schema(&place);
                }
            }
        }
    }
}
