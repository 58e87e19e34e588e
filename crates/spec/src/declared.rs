//! Which fields an object schema lists, wherever it lists them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::pointer::follow;
use crate::keyed::Keyed;

/// What an object schema says about its fields, gathered through `$ref`, `allOf`, `anyOf` and `oneOf`.
#[derive(Debug, Default)]
pub(super) struct Declared<'v> {
    /// Each property name with the first schema given for it.
    pub properties: BTreeMap<&'v str, &'v Value>,
    /// The schema of all further fields, where one is given (`additionalProperties` with a schema).
    pub further: Option<&'v Value>,
    /// Whether some branch allows any further field.
    pub open: bool,
    seen: BTreeSet<*const Value>,
}

impl<'v> Declared<'v> {
    /// Gathers what `schema` declares.
    pub(super) fn of(root: &'v Value, schema: &'v Value) -> Self {
        let mut declared = Self::default();
        declared.gather(root, schema);
        declared
    }

    fn gather(&mut self, root: &'v Value, schema: &'v Value) {
        let Some(schema) = follow(root, schema) else {
            return;
        };
        if !self.seen.insert(std::ptr::from_ref(schema)) {
            return;
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                self.properties.entry(name).or_insert(property);
            }
        }
        match schema.get("additionalProperties") {
            None | Some(Value::Bool(false)) => {}
            Some(further) => {
                self.open = true;
                if further.is_object() && self.further.is_none() {
                    self.further = Some(further);
                }
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for branch in schema.list(keyword) {
                self.gather(root, branch);
            }
        }
    }
}
