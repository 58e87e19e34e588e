//! Which fields an object schema lists, wherever it lists them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::pointer::branches;
use crate::keyed::Keyed;

/// What an object schema says about its fields, gathered through `$ref`, `allOf`, `anyOf` and `oneOf`.
#[derive(Debug, Default)]
pub(super) struct Declared<'v> {
    /// Each property name with the first schema given for it.
    pub properties: BTreeMap<&'v str, &'v Value>,
    /// Whether some branch allows any further field.
    pub open: bool,
}

impl<'v> Declared<'v> {
    /// Gathers what `schema` declares.
    pub(super) fn of(root: &'v Value, schema: &'v Value) -> Self {
        let mut declared = Self::default();
        for (_, schema) in branches(root, "", schema) {
            for (name, property) in schema.entries("properties") {
                declared.properties.entry(name).or_insert(property);
            }
            let further = schema.get("additionalProperties");
            declared.open |= further.is_some_and(|further| *further != Value::Bool(false));
        }
        declared
    }
}
