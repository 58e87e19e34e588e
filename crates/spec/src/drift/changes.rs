//! Changes of a document, as JSON Patch (RFC 6902).

use std::collections::BTreeSet;

use heck::ToUpperCamelCase;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::document::Document;
use super::super::pointer::{child, last, parent, schemas};
use super::Planned;
use super::observed::{Fields, Observed};

/// What a description says that nobody has written yet.
const SEEN: &str = "Seen in a recording.";

/// One operation of a JSON Patch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Adds a member, or an item at the end (`/-`).
    Add {
        /// JSON pointer of what is added.
        path: String,
        /// What is added.
        value: Value,
    },
    /// Puts another value in the place of one.
    Replace {
        /// JSON pointer of what is replaced.
        path: String,
        /// What takes its place.
        value: Value,
    },
    /// Takes a value away.
    Remove {
        /// JSON pointer of what is removed.
        path: String,
    },
}

impl Change {
    pub(super) fn add(path: String, value: Value) -> Self {
        Change::Add { path, value }
    }
}

/// Makes changes; objects that were seen become components, which need names.
pub(super) struct Components<'d> {
    document: &'d Document,
    taken: BTreeSet<String>,
}

impl<'d> Components<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let names = schemas(document.root()).map(|(name, _)| name.clone());
        Components {
            document,
            taken: names.collect(),
        }
    }

    pub(super) fn changes(&mut self, planned: Planned) -> Vec<Change> {
        match planned {
            Planned::None => Vec::new(),
            Planned::Changes(changes) => changes,
            Planned::Schema {
                at,
                name,
                observed,
                around,
            } => {
                let mut changes = Vec::new();
                let schema = self.schema(&name, &observed, &mut changes);
                changes.push(self.placed(&at, schema, around));
                changes
            }
        }
    }

    /// Puts a schema where it belongs, with everything around it that is not there yet.
    fn placed(&self, at: &str, schema: Value, around: Value) -> Change {
        let (mut at, mut value) = (at.to_owned(), schema);
        while let Some(outer) = parent(&at) {
            if self.document.root().pointer(outer).is_some() {
                break;
            }
            value = json!({ last(&at): value });
            at = outer.to_owned();
        }
        if let (Value::Object(object), Value::Object(more)) = (&mut value, around) {
            object.extend(more);
        }
        Change::add(at, value)
    }

    fn schema(&mut self, name: &str, seen: &Observed, changes: &mut Vec<Change>) -> Value {
        let mut schema = json!({ "description": SEEN });
        match (seen.kind(), &seen.items, &seen.fields) {
            (Some("array"), Some(items), _) => {
                schema["type"] = json!("array");
                schema["items"] = self.schema(name, items, changes);
            }
            (Some("object"), _, Some(fields)) if fields.is_empty() => {
                schema["type"] = json!("object")
            }
            (Some("object"), _, Some(fields)) => {
                let reference = self.component(name, fields, changes);
                schema["type"] = json!("object");
                schema["nullable"] = json!(true);
                schema["allOf"] = json!([{ "$ref": reference }]);
            }
            (Some(kind), _, _) => {
                schema["type"] = json!(kind);
                if kind == "integer" {
                    schema["format"] = json!("int64");
                }
            }
            (None, _, _) => return schema,
        }
        if seen.was_null() {
            schema["nullable"] = json!(true);
        }
        schema
    }

    /// A component for an object; gives the reference to it.
    fn component(&mut self, name: &str, fields: &Fields, changes: &mut Vec<Change>) -> String {
        let mut name = name.to_upper_camel_case();
        while !self.taken.insert(name.clone()) {
            name.push_str("Seen");
        }
        let mut properties = Map::new();
        for (field, seen) in fields {
            let schema = self.schema(&format!("{name} {field}"), seen, changes);
            properties.insert(field.clone(), schema);
        }
        let value = json!({ "type": "object", "description": SEEN, "properties": properties });
        let path = "/components/schemas";
        changes.push(match self.document.root().pointer(path) {
            Some(_) => Change::add(child(path, &name), value),
            None => {
                let schemas = json!({ "schemas": { &name: value } });
                Change::add("/components".to_owned(), schemas)
            }
        });
        format!("#{}", child(path, &name))
    }
}
