//! What a JSON object holds under a key, read as what it should be. Anything else counts as
//! missing.

use serde_json::{Map, Value};

/// An object, or a value that may be one.
pub(crate) trait Keyed {
    /// The object; `None` when the value is none.
    fn object(&self) -> Option<&Map<String, Value>>;

    /// The text under a key.
    fn text(&self, key: &str) -> Option<&str> {
        self.object()?.get(key)?.as_str()
    }

    /// Whether `true` is under a key.
    fn flag(&self, key: &str) -> bool {
        let value = self.object().and_then(|object| object.get(key));
        value == Some(&Value::Bool(true))
    }

    /// The items of the list under a key.
    fn list(&self, key: &str) -> &[Value] {
        let list = self.object().and_then(|object| object.get(key)?.as_array());
        list.map(Vec::as_slice).unwrap_or_default()
    }

    /// The entries of the object under a key.
    fn entries(&self, key: &str) -> std::iter::Flatten<std::option::IntoIter<&Map<String, Value>>> {
        let inner = self
            .object()
            .and_then(|object| object.get(key)?.as_object());
        inner.into_iter().flatten()
    }
}

impl Keyed for Value {
    fn object(&self) -> Option<&Map<String, Value>> {
        self.as_object()
    }
}

impl Keyed for Map<String, Value> {
    fn object(&self) -> Option<&Map<String, Value>> {
        Some(self)
    }
}
