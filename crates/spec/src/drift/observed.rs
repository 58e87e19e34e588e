//! What was seen of a value, as a schema.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What was seen of each field of an object.
pub(super) type Fields = BTreeMap<String, Observed>;

/// Everything that was seen at one place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Observed {
    /// The types of the values, `null` among them.
    kinds: BTreeSet<&'static str>,
    pub items: Option<Box<Observed>>,
    pub fields: Option<Fields>,
}

impl Observed {
    pub(super) fn of(value: &Value) -> Self {
        let mut seen = Self::outside(value);
        match value {
            Value::Array(values) => {
                let mut items = Self::default();
                values.iter().for_each(|item| items.join(Self::of(item)));
                seen.items = Some(Box::new(items));
            }
            Value::Object(members) => {
                let fields = members.iter();
                let fields = fields.map(|(name, value)| (name.clone(), Self::of(value)));
                seen.fields.get_or_insert_default().extend(fields);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        seen
    }

    /// The same without what is inside.
    pub(super) fn outside(value: &Value) -> Self {
        Self {
            kinds: BTreeSet::from([type_of(value)]),
            ..Self::default()
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.kinds.extend(other.kinds);
        if let Some(more) = other.items {
            self.items.get_or_insert_default().join(*more);
        }
        if let Some(more) = other.fields {
            let fields = self.fields.get_or_insert_default();
            for (name, seen) in more {
                fields.entry(name).or_default().join(seen);
            }
        }
    }

    pub(super) fn was_null(&self) -> bool {
        self.kinds.contains("null")
    }

    /// The type that all of it has; `None` when nothing but `null` was seen, or several.
    pub(super) fn kind(&self) -> Option<&'static str> {
        let number = self.kinds.contains("number");
        let kinds = self.kinds.iter().copied().filter(|kind| *kind != "null");
        let mut kinds = kinds.filter(|kind| *kind != "integer" || !number);
        kinds.next().filter(|_| kinds.next().is_none())
    }
}

/// The type of a value, in the document's words.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
