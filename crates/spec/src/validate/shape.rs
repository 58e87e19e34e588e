//! What a schema says about the form of a value, as far as it matters for reading a value from text.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::pointer::{branches, child};
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
}

impl<'d> Shape<'d> {
    /// The shape of the schema at `pointer`.
    pub(super) fn of(root: &'d Value, pointer: &str) -> Self {
        let mut shape = Self::default();
        let Some(schema) = root.pointer(pointer) else {
            return shape;
        };
        for (pointer, schema) in branches(root, pointer, schema) {
            shape.types.extend(schema.text("type"));
            if shape.items.is_none() && schema.get("items").is_some() {
                shape.items = Some(child(&pointer, "items"));
            }
            let further = schema.get("additionalProperties");
            if shape.further.is_none() && further.is_some_and(Value::is_object) {
                shape.further = Some(child(&pointer, "additionalProperties"));
            }
            for (name, _) in schema.entries("properties") {
                let place = || child(&child(&pointer, "properties"), name);
                shape.fields.entry(name).or_insert_with(place);
            }
        }
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
}
