//! JSON pointers (RFC 6901) and `$ref`s: built, taken apart, and followed within one document.

use serde_json::Value;

use crate::keyed::Keyed;

/// How many `$ref`s are followed one after the other before a chain counts as endless.
const MAX_HOPS: usize = 32;

/// A value with its own JSON pointer.
pub(crate) type Place<'v> = (String, &'v Value);

/// The JSON pointer that a `$ref` into the same document names, with percent-encoding removed.
/// `None` for a reference to another document.
pub(crate) fn of_reference(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    if !fragment.is_empty() && !fragment.starts_with('/') {
        return None;
    }
    percent_encoding::percent_decode_str(fragment)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// The JSON pointer of the schema that a discriminator means: by a `$ref`, or by the name of a component.
pub(crate) fn of_mapping(target: &str) -> String {
    of_reference(target).unwrap_or_else(|| child("/components/schemas", target))
}

/// The value that `value` (which stands at `pointer`) refers to, with its own pointer.
///
/// A `$ref` that leads nowhere, or in a circle, gives the last value that could be reached.
pub(crate) fn resolve<'v>(root: &'v Value, pointer: &str, value: &'v Value) -> Place<'v> {
    let mut place = (pointer.to_owned(), value);
    for _ in 0..MAX_HOPS {
        let target = reference(place.1).and_then(of_reference);
        let Some(target) = target else { break };
        let Some(value) = root.pointer(&target) else {
            break;
        };
        place = (target, value);
    }
    place
}

/// Follows `$ref`s from `value` until something else is reached. `None` when a reference leads nowhere,
/// into another document, or in a circle.
#[cfg(feature = "schemas")]
pub(crate) fn follow<'v>(root: &'v Value, value: &'v Value) -> Option<&'v Value> {
    let (_, value) = resolve(root, "", value);
    reference(value).is_none().then_some(value)
}

fn reference(value: &Value) -> Option<&str> {
    value.text("$ref")
}

/// A schema and all others that describe the same value: what its `$ref` leads to, the branches of its `allOf`, `anyOf`
/// and `oneOf`, and theirs. Each once, with its own pointer, the outer ones first.
pub(crate) fn branches<'v>(root: &'v Value, pointer: &str, schema: &'v Value) -> Vec<Place<'v>> {
    let mut found: Vec<Place<'_>> = Vec::new();
    let mut open = vec![(pointer.to_owned(), schema)];
    while let Some((pointer, schema)) = open.pop() {
        let (pointer, schema) = resolve(root, &pointer, schema);
        if found.iter().any(|(_, known)| std::ptr::eq(*known, schema)) {
            continue;
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let place = child(&pointer, keyword);
            let branches = schema.list(keyword).iter().enumerate().rev();
            open.extend(branches.map(|(index, branch)| (format!("{place}/{index}"), branch)));
        }
        found.push((pointer, schema));
    }
    found
}

/// The component schemas of a document, by name.
pub(crate) fn schemas(root: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let components = root.get("components").into_iter();
    components.flat_map(|components| components.entries("schemas"))
}

/// Tells of every `$ref` in a value, at any depth.
pub(crate) fn references<'v>(value: &'v Value, tell: &mut impl FnMut(&'v str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, tell)),
        Value::Object(object) => {
            if let Some(target) = reference(value) {
                tell(target);
            }
            object.values().for_each(|inner| references(inner, tell));
        }
        _ => {}
    }
}

/// A name as one part of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The JSON pointer of the member `name` of the value at `pointer`.
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", escape(name))
}

/// The pointer of the value around the one at `pointer`; `None` for the whole document.
pub(crate) fn parent(pointer: &str) -> Option<&str> {
    pointer.rsplit_once('/').map(|(parent, _)| parent)
}

/// The last name of a pointer, decoded.
pub(crate) fn last(pointer: &str) -> String {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    name.replace("~1", "/").replace("~0", "~")
}
