//! The values of paths, which the client's state knows.

use serde_json::Value;

use crate::keyed::Keyed;

/// A document for a generator that must not ask for the values of paths: `<name>` replaces each of
/// them.
///
/// `address` of the client's inner value puts them in, in their order.
pub fn leave_path_values_out(mut document: Value) -> Value {
    let shared = document.pointer("/components/parameters").cloned();
    let is_asked_for = |parameter: &Value| {
        let target = parameter.text("$ref").unwrap_or_default().rsplit('/');
        let target = target.take(1).find_map(|name| shared.as_ref()?.get(name));
        target.unwrap_or(parameter).text("in") != Some("path")
    };
    let keep_others = |holder: &mut Value| {
        if let Some(Value::Array(parameters)) = holder.get_mut("parameters") {
            parameters.retain(&is_asked_for);
        }
    };
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, mut item) in std::mem::take(paths) {
            keep_others(&mut item);
            let operations = item.as_object_mut().into_iter().flatten();
            operations.for_each(|(_, operation)| keep_others(operation));
            paths.insert(path.replace('{', "<").replace('}', ">"), item);
        }
    }
    document
}
