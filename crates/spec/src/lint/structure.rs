//! Keys and the shape of their values: what OpenAPI does not know, what is missing, what has the wrong type.

use serde_json::Value;

use super::report::Report;
use super::words::{did_you_mean, list, quoted};
use crate::outline::grammar::{
    EITHER, EXCLUSIVE, FLOW_ADDRESSES, Kind, SCHEME_KEYS, Shape, foreign,
};
use crate::outline::{Node, Outline};
use crate::pointer;

/// Reports what is not OpenAPI 3.0.
pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    for misfit in &outline.misfits {
        wrong(&misfit.pointer, misfit.kind.title(), misfit.value, report);
    }
    for node in &outline.nodes {
        if node.is_reference() {
            if let (None, Some(value)) = (node.reference, node.object.get("$ref")) {
                wrong(&node.at("$ref"), "a text", value, report);
            }
        } else if node.kind == Kind::SecurityRequirement {
            for (scheme, scopes) in node.object {
                value(Shape::Texts, &node.at(scheme), scopes, report);
            }
        } else if node.kind.entries().is_none() {
            keys(node, report);
        }
    }
}

fn wrong(pointer: &str, wanted: &str, found: &Value, report: &mut Report<'_>) {
    let problem = format!("this is {}, not {wanted}", name_of(found));
    let cure = format!("Write {wanted} here.");
    report.add("wrong-type", pointer, problem, cure);
}

fn keys(node: &Node<'_>, report: &mut Report<'_>) {
    let Node { kind, object, .. } = *node;
    for (name, inner) in object {
        match kind.key(name) {
            Some(key) => value(key.shape, &node.at(name), inner, report),
            None if name.starts_with("x-") => {}
            None => unknown_key(node, name, report),
        }
    }
    for key in needed(node).filter(|key| !object.contains_key(*key)) {
        let problem = format!("{} needs `{key}`", kind.title());
        let cure = format!("Add `{key}`.");
        report.add("missing-key", &node.pointer, problem, cure);
    }
    for (_, keys) in EITHER.iter().filter(|(of, _)| *of == kind) {
        if !keys.iter().any(|key| object.contains_key(*key)) {
            let problem = format!("{} needs one of {}", kind.title(), list(keys));
            report.add("missing-key", &node.pointer, problem, "Add one of them.");
        }
    }
    for (_, one, other) in EXCLUSIVE.iter().filter(|(of, ..)| *of == kind) {
        if object.contains_key(*one) && object.contains_key(*other) {
            let problem = format!("{} may not have both `{one}` and `{other}`", kind.title());
            let cure = "Keep one of the two.";
            report.add("exclusive-keys", &node.pointer, problem, cure);
        }
    }
}

/// The keys that must be there, whatever the object, and because of the values of others.
fn needed<'n>(node: &'n Node<'_>) -> impl Iterator<Item = &'static str> + use<'n> {
    let kind = node.kind;
    let always = kind.keys().iter().filter(|key| key.required);
    let (word, table) = match kind {
        Kind::SecurityScheme => (node.text("type"), SCHEME_KEYS),
        Kind::OAuthFlow => (Some(node.role), FLOW_ADDRESSES),
        _ => (None, SCHEME_KEYS),
    };
    let by_word = table.iter().filter(move |(of, _)| word == Some(*of));
    let by_word = by_word.flat_map(|(_, keys)| keys.iter().copied());
    always.map(|key| key.name).chain(by_word)
}

fn unknown_key(node: &Node<'_>, name: &str, report: &mut Report<'_>) {
    let kind = node.kind;
    let known: Vec<&str> = kind.keys().iter().map(|key| key.name).collect();
    let otherwise = || {
        let known_keys = list(&known);
        format!("Remove it, or name it `x-{name}` if it is an extension. Known keys: {known_keys}.")
    };
    let cure =
        foreign(kind, name).map_or_else(|| did_you_mean(name, &known, &otherwise()), str::to_owned);
    let (key, title) = (quoted(name), kind.title());
    let problem = format!("OpenAPI 3.0 has no key {key} in {title}");
    report.add("unknown-key", node.at(name), problem, cure);
}

/// Judges the value of a key. Objects inside it are nodes of their own, or misfits.
fn value(shape: Shape, pointer: &str, value: &Value, report: &mut Report<'_>) {
    let (fits, wanted) = match shape {
        Shape::Any | Shape::Object(_) | Shape::FlagOrSchema => return,
        Shape::Word(words) => return word(words, pointer, value, report),
        Shape::Text => (value.is_string(), "a text"),
        Shape::Flag => (value.is_boolean(), "`true` or `false`"),
        Shape::Number => (value.is_number(), "a number"),
        Shape::Count => (value.is_u64(), "a whole number from 0 up"),
        Shape::Texts | Shape::Values | Shape::List(_) => (value.is_array(), "a list"),
        Shape::TextMap | Shape::AnyMap | Shape::Map(_) => (value.is_object(), "an object"),
    };
    if !fits {
        return wrong(pointer, wanted, value, report);
    }
    match (shape, value) {
        (Shape::Texts, Value::Array(entries)) => {
            for (number, entry) in entries.iter().enumerate() {
                let here = pointer::child(pointer, &number.to_string());
                self::value(Shape::Text, &here, entry, report);
            }
        }
        (Shape::TextMap, Value::Object(members)) => {
            for (name, member) in members {
                self::value(Shape::Text, &pointer::child(pointer, name), member, report);
            }
        }
        _ => {}
    }
}

fn word(words: &[&str], pointer: &str, value: &Value, report: &mut Report<'_>) {
    if let Some(kind) = nullable_type(words, value) {
        let problem = "a list of types is OpenAPI 3.1";
        let cure = format!("Write `\"type\": \"{kind}\", \"nullable\": true`.");
        return report.add("wrong-type", pointer, problem, cure);
    }
    let Some(word) = value.as_str() else {
        return wrong(pointer, &format!("one of {}", list(words)), value, report);
    };
    if words.contains(&word) {
        return;
    }
    let cure = did_you_mean(word, words, &format!("Write one of {}.", list(words)));
    let problem = format!("OpenAPI 3.0 does not know {} here", quoted(word));
    report.add("unknown-word", pointer, problem, cure);
}

/// The one type of a list that has `null` beside it, as OpenAPI 3.1 writes a nullable schema.
fn nullable_type<'v>(words: &[&str], value: &'v Value) -> Option<&'v str> {
    let types: Vec<&str> = value.as_array()?.iter().filter_map(Value::as_str).collect();
    match types.as_slice() {
        [kind, "null"] | ["null", kind] if words.contains(kind) => Some(*kind),
        _ => None,
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
