//! A changed document as text, in the order that the text had before.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::super::lint::Positions;
use super::super::pointer::child;

/// The text of a document that was `before` and has been changed: the keys that were there stay in their order, new
/// ones stand last. Indented by two blanks.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn rewritten(before: &str, document: &Value) -> serde_json::Result<String> {
    let ordered = Ordered {
        value: document,
        pointer: String::new(),
        positions: &Positions::scan(before),
    };
    Ok(serde_json::to_string_pretty(&ordered)? + "\n")
}

struct Ordered<'a> {
    value: &'a Value,
    pointer: String,
    positions: &'a Positions,
}

impl Ordered<'_> {
    fn inner<'a>(&'a self, name: &str, value: &'a Value) -> Ordered<'a> {
        Ordered {
            value,
            pointer: child(&self.pointer, name),
            positions: self.positions,
        }
    }
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                let place = |name: &str| self.positions.exact(&child(&self.pointer, name));
                members.sort_by_key(|(name, _)| place(name).unwrap_or((usize::MAX, 0)));
                let mut map = to.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &self.inner(name, value))?;
                }
                map.end()
            }
            Value::Array(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for (index, value) in items.iter().enumerate() {
                    list.serialize_element(&self.inner(&index.to_string(), value))?;
                }
                list.end()
            }
            value => value.serialize(to),
        }
    }
}
