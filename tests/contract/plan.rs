//! One change of a document, before and after it is made.

use serde_json::Value;

/// A change, and where.
#[derive(Clone)]
pub struct Plan {
    /// The kind of change.
    pub class: &'static str,
    /// JSON pointer of what is changed.
    pub pointer: String,
    /// What tells it from other changes of the same place.
    pub detail: String,
    pub change: Change,
}

/// What is done to it.
#[derive(Clone)]
pub enum Change {
    /// Takes the value away.
    Remove,
    /// Puts another in its place.
    Replace(Value),
    /// Gives a field another name.
    Rename(String),
}

impl Plan {
    /// A name that no other change of the document has.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.class, self.pointer, self.detail)
            .trim_end()
            .to_owned()
    }

    /// The document with the change.
    pub fn apply(&self, root: &Value) -> Value {
        let mut root = root.clone();
        let (parent, key) = self.pointer.rsplit_once('/').unwrap_or_default();
        let key = key.replace("~1", "/").replace("~0", "~");
        match (root.pointer_mut(parent), &self.change) {
            (Some(Value::Object(fields)), Change::Remove) => drop(fields.remove(&key)),
            (Some(Value::Object(fields)), Change::Replace(value)) => {
                fields.insert(key.clone(), value.clone());
            }
            (Some(Value::Object(fields)), Change::Rename(name)) => {
                let value = fields.remove(&key).unwrap_or_default();
                fields.insert(name.clone(), value);
            }
            (Some(Value::Array(items)), change) => {
                let index: usize = key.parse().expect("an index");
                match change {
                    Change::Replace(value) => {
                        if let Some(item) = items.get_mut(index) {
                            *item = value.clone();
                        }
                    }
                    _ => drop(items.remove(index)),
                }
            }
            _ => {}
        }
        if self.class == "drop property" || self.class == "rename property" {
            forget_required(&mut root, parent, &key);
        }
        root
    }
}

/// A property that is gone is not required either, or the document would be wrong in itself.
fn forget_required(root: &mut Value, properties: &str, name: &str) {
    let owner = properties.strip_suffix("/properties").unwrap_or(properties);
    if let Some(Value::Array(required)) = root.pointer_mut(&format!("{owner}/required")) {
        required.retain(|one| one != name);
    }
}
