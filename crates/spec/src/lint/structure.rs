//! Keys and the shape of their values: what OpenAPI does not know, what is missing, what has the wrong type.

use serde_json::{Map, Value};

use super::grammar::{EITHER, EXCLUSIVE, FLOW_ADDRESSES, FOREIGN, Kind, NEEDED, Shape};
use super::outline::{Node, Outline};
use super::pointer;
use super::report::Report;
use super::words::{list, nearest, quoted};

/// Takes the document apart and reports what is not OpenAPI 3.0 on the way.
pub(super) fn outline<'a>(root: &'a Value, report: &mut Report<'_>) -> Outline<'a> {
    let mut walk = Walk {
        nodes: Vec::new(),
        report,
    };
    walk.object(Kind::Document, String::new(), root, None, "");
    Outline::new(root, walk.nodes)
}

struct Walk<'a, 'r, 't> {
    nodes: Vec<Node<'a>>,
    report: &'r mut Report<'t>,
}

impl<'a> Walk<'a, '_, '_> {
    fn object(
        &mut self,
        kind: Kind,
        pointer: String,
        value: &'a Value,
        parent: Option<usize>,
        role: &'a str,
    ) {
        let Some(object) = value.as_object() else {
            return self.wrong(&pointer, kind.title(), value);
        };
        let index = self.nodes.len();
        let reference = object
            .get("$ref")
            .filter(|_| kind.referable())
            .and_then(Value::as_str);
        let is_reference = kind.referable() && object.contains_key("$ref");
        self.nodes.push(Node {
            pointer,
            kind,
            value,
            object,
            reference,
            parent,
            role,
            end: index + 1,
        });
        if is_reference {
            if let (None, Some(value)) = (reference, object.get("$ref")) {
                let pointer = self.place(index, "$ref");
                self.wrong(&pointer, "a text", value);
            }
        } else {
            match kind {
                Kind::Paths => self.map_like(index, object, Kind::PathItem, "paths"),
                Kind::Responses => self.map_like(index, object, Kind::Response, "responses"),
                Kind::Callback => self.map_like(index, object, Kind::PathItem, "callback"),
                Kind::SecurityRequirement => self.requirement(index, object),
                _ => self.fixed(index, kind, object),
            }
        }
        let end = self.nodes.len();
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
        }
    }

    fn place(&self, index: usize, key: &str) -> String {
        self.nodes
            .get(index)
            .map(|node| node.at(key))
            .unwrap_or_default()
    }

    fn wrong(&mut self, pointer: &str, wanted: &str, found: &Value) {
        let found = name_of(found);
        let cure = format!("Write {wanted} here.");
        self.report.add(
            "wrong-type",
            pointer,
            format!("this is {found}, not {wanted}"),
            cure,
        );
    }

    /// Paths, responses and callbacks: the keys are names, only extensions are not followed.
    fn map_like(
        &mut self,
        index: usize,
        object: &'a Map<String, Value>,
        inner: Kind,
        role: &'a str,
    ) {
        for (key, value) in object.iter().filter(|(key, _)| !key.starts_with("x-")) {
            let pointer = self.place(index, key);
            self.object(inner, pointer, value, Some(index), role);
        }
    }

    fn requirement(&mut self, index: usize, object: &'a Map<String, Value>) {
        for (scheme, scopes) in object {
            let pointer = self.place(index, scheme);
            self.value(Shape::Texts, pointer, scopes, index, scheme);
        }
    }

    fn fixed(&mut self, index: usize, kind: Kind, object: &'a Map<String, Value>) {
        let around = self
            .nodes
            .get(index)
            .map(|node| node.pointer.clone())
            .unwrap_or_default();
        for (name, value) in object {
            let pointer = pointer::child(&around, name);
            match kind.keys().iter().find(|key| key.name == name) {
                Some(key) => self.value(key.shape, pointer, value, index, key.name),
                None if name.starts_with("x-") => {}
                None => self.unknown_key(kind, pointer, name),
            }
        }
        let mut needed: Vec<&str> = kind
            .keys()
            .iter()
            .filter(|key| key.required)
            .map(|key| key.name)
            .collect();
        for (_, key, word, keys) in NEEDED.iter().filter(|(of, ..)| *of == kind) {
            if object.get(*key).and_then(Value::as_str) == Some(*word) {
                needed.extend(*keys);
            }
        }
        if kind == Kind::OAuthFlow {
            let flow = pointer::last(&around);
            needed.extend(
                FLOW_ADDRESSES
                    .iter()
                    .filter(|(of, _)| *of == flow)
                    .flat_map(|(_, keys)| *keys),
            );
        }
        for key in needed.into_iter().filter(|key| !object.contains_key(*key)) {
            self.missing(&around, kind, key);
        }
        for (_, keys) in EITHER.iter().filter(|(of, _)| *of == kind) {
            if !keys.iter().any(|key| object.contains_key(*key)) {
                let problem = format!("{} needs one of {}", kind.title(), list(keys));
                self.report
                    .add("missing-key", &around, problem, "Add one of them.");
            }
        }
        for (_, one, other) in EXCLUSIVE.iter().filter(|(of, ..)| *of == kind) {
            if object.contains_key(*one) && object.contains_key(*other) {
                let problem = format!("{} may not have both `{one}` and `{other}`", kind.title());
                self.report
                    .add("exclusive-keys", &around, problem, "Keep one of the two.");
            }
        }
    }

    fn missing(&mut self, around: &str, kind: Kind, key: &str) {
        let problem = format!("{} needs `{key}`", kind.title());
        self.report
            .add("missing-key", around, problem, format!("Add `{key}`."));
    }

    fn unknown_key(&mut self, kind: Kind, pointer: String, name: &str) {
        let known: Vec<&str> = kind.keys().iter().map(|key| key.name).collect();
        let foreign = FOREIGN
            .iter()
            .find(|(of, key, _)| *of == kind && *key == name);
        let cure = match (foreign, nearest(name, &known)) {
            (Some((_, _, cure)), _) => (*cure).to_owned(),
            (None, Some(near)) => format!("Did you mean `{near}`?"),
            (None, None) => {
                format!(
                    "Remove it, or name it `x-{name}` if it is an extension. Known keys: {}.",
                    list(&known)
                )
            }
        };
        let problem = format!(
            "OpenAPI 3.0 knows no key {} in {}",
            quoted(name),
            kind.title()
        );
        self.report.add("unknown-key", pointer, problem, cure);
    }

    fn value(
        &mut self,
        shape: Shape,
        pointer: String,
        value: &'a Value,
        index: usize,
        role: &'a str,
    ) {
        match shape {
            Shape::Any => {}
            Shape::Text if value.is_string() => {}
            Shape::Text => self.wrong(&pointer, "a text", value),
            Shape::Flag if value.is_boolean() => {}
            Shape::Flag => self.wrong(&pointer, "`true` or `false`", value),
            Shape::Number if value.is_number() => {}
            Shape::Number => self.wrong(&pointer, "a number", value),
            Shape::Count if value.is_u64() => {}
            Shape::Count => self.wrong(&pointer, "a whole number from 0 up", value),
            Shape::Word(words) => self.word(words, &pointer, value),
            Shape::Texts => {
                for (place, entry) in self.entries(&pointer, value) {
                    self.value(Shape::Text, place, entry, index, role);
                }
            }
            Shape::Values => drop(self.entries(&pointer, value)),
            Shape::TextMap => {
                for (place, entry) in self.members(&pointer, value) {
                    self.value(Shape::Text, place, entry, index, role);
                }
            }
            Shape::AnyMap => drop(self.members(&pointer, value)),
            Shape::Object(kind) => self.object(kind, pointer, value, Some(index), role),
            Shape::List(kind) => {
                for (place, entry) in self.entries(&pointer, value) {
                    self.object(kind, place, entry, Some(index), role);
                }
            }
            Shape::Map(kind) => {
                for (place, entry) in self.members(&pointer, value) {
                    self.object(kind, place, entry, Some(index), role);
                }
            }
            Shape::FlagOrSchema if value.is_boolean() => {}
            Shape::FlagOrSchema => self.object(Kind::Schema, pointer, value, Some(index), role),
        }
    }

    fn word(&mut self, words: &'static [&'static str], pointer: &str, value: &Value) {
        if let Some(kind) = nullable_type(words, value) {
            let problem = "a list of types is OpenAPI 3.1";
            let cure = format!("Write `\"type\": \"{kind}\", \"nullable\": true`.");
            return self.report.add("wrong-type", pointer, problem, cure);
        }
        let Some(word) = value.as_str() else {
            return self.wrong(pointer, &format!("one of {}", list(words)), value);
        };
        if words.contains(&word) {
            return;
        }
        let cure = match nearest(word, words) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Write one of {}.", list(words)),
        };
        self.report.add(
            "unknown-word",
            pointer,
            format!("OpenAPI 3.0 does not know {} here", quoted(word)),
            cure,
        );
    }

    fn entries(&mut self, pointer: &str, value: &'a Value) -> Vec<(String, &'a Value)> {
        let Some(entries) = value.as_array() else {
            self.wrong(pointer, "a list", value);
            return Vec::new();
        };
        let numbered = entries.iter().enumerate();
        numbered
            .map(|(number, entry)| (pointer::child(pointer, &number.to_string()), entry))
            .collect()
    }

    fn members(&mut self, pointer: &str, value: &'a Value) -> Vec<(String, &'a Value)> {
        let Some(members) = value.as_object() else {
            self.wrong(pointer, "an object", value);
            return Vec::new();
        };
        members
            .iter()
            .map(|(name, member)| (pointer::child(pointer, name), member))
            .collect()
    }
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
