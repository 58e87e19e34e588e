//! Objects of JSON whose fields come together one by one.

use serde_json::Value;

/// The object with more fields. What has no value yet, and so is `null` among them, is left out.
pub(crate) fn with(mut object: Value, more: Value) -> Value {
    add(&mut object, "", more);
    object
}

/// Adds fields, as [`with`], to an object inside of a value.
pub(crate) fn add(value: &mut Value, pointer: &str, more: Value) {
    let object = value.pointer_mut(pointer).and_then(Value::as_object_mut);
    if let (Some(object), Value::Object(more)) = (object, more) {
        object.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
}
