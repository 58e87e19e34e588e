//! What a schema declares about a value, wherever it declares it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::pointer::{Place, branches, child};
use crate::keyed::Keyed;

/// What a schema says about types, items and fields, gathered through `$ref`, `allOf`, `anyOf` and `oneOf`.
#[derive(Debug, Default)]
pub(crate) struct Declared<'v> {
    /// Every type that a branch names; none when any is right.
    pub types: BTreeSet<&'v str>,
    /// JSON pointer of the schema of an array's items.
    pub items: Option<String>,
    /// Each property name with the first schema given for it.
    pub properties: BTreeMap<&'v str, Place<'v>>,
    /// JSON pointer of the schema of all further fields.
    pub further: Option<String>,
    /// Whether some branch allows any further field.
    pub open: bool,
}

impl<'v> Declared<'v> {
    /// Gathers what `schema`, which stands at `pointer`, declares.
    pub fn of(root: &'v Value, pointer: &str, schema: &'v Value) -> Self {
        let mut declared = Self::default();
        for (pointer, schema) in branches(root, pointer, schema) {
            declared.types.extend(schema.text("type"));
            if declared.items.is_none() && schema.get("items").is_some() {
                declared.items = Some(child(&pointer, "items"));
            }
            for (name, property) in schema.entries("properties") {
                let place = || (child(&child(&pointer, "properties"), name), property);
                declared.properties.entry(name).or_insert_with(place);
            }
            let further = schema.get("additionalProperties");
            declared.open |= further.is_some_and(|further| *further != Value::Bool(false));
            if declared.further.is_none() && further.is_some_and(Value::is_object) {
                declared.further = Some(child(&pointer, "additionalProperties"));
            }
        }
        declared
    }

    /// What the schema at `pointer` declares; nothing where none is.
    pub fn at(root: &'v Value, pointer: &str) -> Self {
        let schema = root.pointer(pointer);
        schema.map_or_else(Self::default, |schema| Self::of(root, pointer, schema))
    }

    /// Whether a value can only be of this type.
    pub fn is_only(&self, kind: &str) -> bool {
        self.types.len() == 1 && self.types.contains(kind)
    }

    /// JSON pointer of the schema of one field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let listed = self.properties.get(name).map(|(pointer, _)| pointer);
        listed.or(self.further.as_ref()).map(String::as_str)
    }
}
