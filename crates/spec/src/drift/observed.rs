//! What was seen of a value, as a schema.

use std::collections::BTreeMap;

use serde_json::Value;

/// Everything that was seen at one place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Observed {
    pub null: bool,
    pub boolean: bool,
    pub integer: bool,
    pub number: bool,
    pub string: bool,
    pub items: Option<Box<Observed>>,
    pub fields: Option<BTreeMap<String, Observed>>,
}

impl Observed {
    pub(super) fn of(value: &Value) -> Self {
        let mut seen = Self::default();
        match value {
            Value::Null => seen.null = true,
            Value::Bool(_) => seen.boolean = true,
            Value::Number(number) if number.is_f64() => seen.number = true,
            Value::Number(_) => seen.integer = true,
            Value::String(_) => seen.string = true,
            Value::Array(values) => {
                let mut items = Self::default();
                values.iter().for_each(|item| items.join(Self::of(item)));
                seen.items = Some(Box::new(items));
            }
            Value::Object(members) => {
                let fields = members.iter();
                seen.fields = Some(
                    fields
                        .map(|(name, value)| (name.clone(), Self::of(value)))
                        .collect(),
                );
            }
        }
        seen
    }

    pub(super) fn join(&mut self, other: Self) {
        self.null |= other.null;
        self.boolean |= other.boolean;
        self.integer |= other.integer;
        self.number |= other.number;
        self.string |= other.string;
        match (&mut self.items, other.items) {
            (Some(items), Some(more)) => items.join(*more),
            (none @ None, items) => *none = items,
            (Some(_), None) => {}
        }
        match (&mut self.fields, other.fields) {
            (Some(fields), Some(more)) => {
                for (name, seen) in more {
                    fields.entry(name).or_default().join(seen);
                }
            }
            (none @ None, fields) => *none = fields,
            (Some(_), None) => {}
        }
    }

    /// The type that all of it has; `None` when nothing but `null` was seen, or several.
    pub(super) fn kind(&self) -> Option<&'static str> {
        let kinds = [
            (self.boolean, "boolean"),
            (self.integer && !self.number, "integer"),
            (self.number, "number"),
            (self.string, "string"),
            (self.items.is_some(), "array"),
            (self.fields.is_some(), "object"),
        ];
        let mut seen = kinds.into_iter().filter(|(seen, _)| *seen);
        match (seen.next(), seen.next()) {
            (Some((_, kind)), None) => Some(kind),
            _ => None,
        }
    }
}
