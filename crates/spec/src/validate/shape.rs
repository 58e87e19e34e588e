//! What a schema says about the form of a value, as far as it matters for reading a value from text.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::pointer::{escape, of_reference};
use crate::keyed::Keyed;

/// Gathered through `$ref`, `allOf`, `anyOf` and `oneOf`.
#[derive(Debug, Default)]
pub(super) struct Shape<'d> {
    /// Every type that a branch names; none when any is right.
    pub types: BTreeSet<&'d str>,
    /// JSON pointer of the schema of an array's items.
    pub items: Option<String>,
    /// JSON pointer of the schema of each field.
    pub fields: BTreeMap<&'d str, String>,
    /// JSON pointer of the schema of all further fields.
    pub further: Option<String>,
    seen: BTreeSet<String>,
}

impl<'d> Shape<'d> {
    /// The shape of the schema at `pointer`.
    pub(super) fn of(root: &'d Value, pointer: &str) -> Self {
        let mut shape = Self::default();
        shape.gather(root, pointer.to_owned());
        shape
    }

    /// Whether a value of this type may be right.
    pub(super) fn allows(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.contains(kind)
    }

    /// Whether a value can only be an array.
    pub(super) fn is_array(&self) -> bool {
        self.types.len() == 1 && self.types.contains("array")
    }

    /// Whether a value can only be an object.
    pub(super) fn is_object(&self) -> bool {
        self.types.len() == 1 && self.types.contains("object")
    }

    /// JSON pointer of the schema of one field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)
            .or(self.further.as_ref())
            .map(String::as_str)
    }

    fn gather(&mut self, root: &'d Value, pointer: String) {
        if !self.seen.insert(pointer.clone()) {
            return;
        }
        let Some(schema) = root.pointer(&pointer) else {
            return;
        };
        let reference = schema.text("$ref");
        if let Some(target) = reference.and_then(of_reference) {
            self.gather(root, target);
            return;
        }
        self.types.extend(schema.text("type"));
        if self.items.is_none() && schema.get("items").is_some() {
            self.items = Some(format!("{pointer}/items"));
        }
        if self.further.is_none()
            && schema
                .get("additionalProperties")
                .is_some_and(Value::is_object)
        {
            self.further = Some(format!("{pointer}/additionalProperties"));
        }
        for (name, _) in schema.entries("properties") {
            self.fields
                .entry(name)
                .or_insert_with(|| format!("{pointer}/properties/{}", escape(name)));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let count = schema.list(keyword).len();
            for index in 0..count {
                self.gather(root, format!("{pointer}/{keyword}/{index}"));
            }
        }
    }
}
