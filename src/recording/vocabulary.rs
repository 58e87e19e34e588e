//! The words of a document that may be written unchanged.

use std::collections::{BTreeMap, HashSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];
/// Fields of a refusal that say in a word which one it is.
const CODES: [&str; 5] = ["code", "error", "errorCode", "errorType", "typeKey"];
/// References that lead further are not followed.
const MOST_HOPS: usize = 8;

/// The words of one document.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    routes: Vec<Route>,
    /// The paths before the documented ones.
    bases: Vec<Vec<String>>,
    /// Parts of paths and of servers' names.
    literals: HashSet<String>,
    /// Fields and parameters whose values are words of a list.
    word_fields: HashSet<String>,
    /// Those whose values are texts. A name may be both, in different objects.
    text_fields: HashSet<String>,
    /// The words of all lists.
    words: HashSet<String>,
    /// Fields that hold a map: its keys are the user's own.
    pub maps: HashSet<String>,
    /// Every documented field.
    pub fields: HashSet<String>,
    /// Headers of answers, with small letters.
    pub headers: HashSet<String>,
    /// What the document's examples give for fields that say which refusal it is.
    codes: HashSet<String>,
    /// Values that the document itself gives for a parameter.
    values: BTreeMap<String, HashSet<String>>,
}

#[derive(Debug)]
struct Route {
    method: String,
    segments: Vec<String>,
    operation: String,
}

impl Vocabulary {
    pub fn of(document: &Value) -> Self {
        let mut words = Vocabulary::default();
        let paths = document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let segments = parts(path);
            let plain = segments.iter().filter(|segment| !is_parameter(segment));
            words
                .literals
                .extend(plain.flat_map(|segment| tokens(segment)));
            for (method, operation) in item.as_object().into_iter().flatten() {
                let id = operation.get("operationId").and_then(Value::as_str);
                if let (true, Some(id)) = (METHODS.contains(&method.as_str()), id) {
                    words.routes.push(Route {
                        method: method.to_uppercase(),
                        segments: segments.clone(),
                        operation: id.to_owned(),
                    });
                }
            }
        }
        // The most literal first.
        let literal = |route: &Route| {
            route
                .segments
                .iter()
                .filter(|part| !is_parameter(part))
                .count()
        };
        words
            .routes
            .sort_by_key(|route| std::cmp::Reverse(literal(route)));
        let servers = document.get("servers").and_then(Value::as_array);
        for url in servers
            .into_iter()
            .flatten()
            .filter_map(|server| server.get("url")?.as_str())
        {
            let (_, address) = url.split_once("://").unwrap_or(("", url));
            words.literals.extend(tokens(address));
            let path = address.split_once('/').map_or("", |(_, path)| path);
            words.bases.push(parts(path.trim_end_matches('/')));
        }
        words.literals.extend(["http", "https"].map(str::to_owned));
        words.walk(document, document);
        words
    }

    fn walk(&mut self, document: &Value, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(document, item)),
            Value::Object(object) => {
                self.learn(document, object);
                object.values().for_each(|inner| self.walk(document, inner));
            }
            _ => {}
        }
    }

    fn learn(&mut self, document: &Value, object: &Map<String, Value>) {
        let codes = CODES.iter().filter_map(|key| object.get(*key)?.as_str());
        self.codes.extend(codes.map(str::to_owned));
        for (name, schema) in object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            self.fields.insert(name.clone());
            self.field(document, name, schema);
        }
        let words = object.get("enum").and_then(Value::as_array);
        let words = words.into_iter().flatten().filter_map(Value::as_str);
        self.words.extend(words.map(str::to_owned));
        for name in object
            .get("headers")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
        {
            self.headers.insert(name.to_lowercase());
        }
        let (Some(name), Some(schema)) = (
            object.get("name").and_then(Value::as_str),
            object.get("schema"),
        ) else {
            return;
        };
        self.field(document, name, schema);
        let given = [
            object.get("example"),
            schema.get("example"),
            schema.get("default"),
        ];
        let given = given
            .into_iter()
            .flatten()
            .filter(|_| object.get("in") == Some(&"query".into()));
        let texts = given.map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        });
        self.values
            .entry(name.to_owned())
            .or_default()
            .extend(texts);
    }

    fn field(&mut self, document: &Value, name: &str, schema: &Value) {
        let is_text = |schema: &Map<String, Value>| schema.get("type") == Some(&"string".into());
        if says(document, schema, MOST_HOPS, &|schema| {
            schema.contains_key("enum")
        }) {
            self.word_fields.insert(name.to_owned());
        } else if says(document, schema, MOST_HOPS, &is_text) {
            self.text_fields.insert(name.to_owned());
        }
        let map = |schema: &Map<String, Value>| {
            schema
                .get("additionalProperties")
                .is_some_and(|rest| *rest != Value::Bool(false))
        };
        if says(document, schema, MOST_HOPS, &map) {
            self.maps.insert(name.to_owned());
        }
    }

    /// The operation that a path belongs to, and which of its segments are the user's own. A path that begins with
    /// that of a server is made relative to it, and one that differs in case alone is written as the document has it:
    /// Azure's own SDK asks for `Builds` where its pages have `builds`.
    pub fn route(&self, method: &str, path: &mut String) -> (Option<&str>, Vec<bool>) {
        let all = parts(path);
        // The address that is recorded may hold a part of a server's path already.
        let tails = self
            .bases
            .iter()
            .flat_map(|base| (0..base.len()).filter_map(|at| base.get(at..)));
        for base in std::iter::once(<&[String]>::default()).chain(tails) {
            let (Some(before), Some(rest)) = (all.get(..base.len()), all.get(base.len()..)) else {
                continue;
            };
            let same = base
                .iter()
                .zip(before)
                .all(|(a, b)| is_parameter(a) || a == b);
            if let Some(route) = self.matching(method, rest).filter(|_| same) {
                let own = route.segments.iter().map(|part| is_parameter(part));
                let written = route.segments.iter().zip(rest);
                let written =
                    written.map(|(known, given)| if is_parameter(known) { given } else { known });
                *path = format!("/{}", written.cloned().collect::<Vec<_>>().join("/"));
                return (Some(&route.operation), own.collect());
            }
        }
        let own = |segment: &String| !tokens(segment).all(|token| self.literals.contains(&token));
        (None, all.iter().map(own).collect())
    }

    fn matching(&self, method: &str, given: &[String]) -> Option<&Route> {
        self.routes.iter().find(|route| {
            let mut pairs = route.segments.iter().zip(given);
            route.method == method
                && route.segments.len() == given.len()
                && pairs.all(|(known, segment)| {
                    let decoded = percent_decode_str(segment).decode_utf8_lossy();
                    is_parameter(known) || known.eq_ignore_ascii_case(&decoded)
                })
        })
    }

    /// Whether a part of an address is one of the documented ones.
    pub fn is_literal(&self, token: &str) -> bool {
        self.literals.contains(token)
    }

    /// Whether a text that looks like a word may be one of the field's list, documented or new.
    pub fn is_word(&self, field: &str, word: &str) -> bool {
        let is_known = || self.words.contains(word);
        self.word_fields.contains(field) && (!self.text_fields.contains(field) || is_known())
    }

    /// Whether an example of the document gives this code of a refusal.
    pub fn is_code(&self, field: &str, value: &str) -> bool {
        CODES.contains(&field) && self.codes.contains(value)
    }

    /// Whether the document itself gives this value for a parameter.
    pub fn gives(&self, parameter: &str, value: &str) -> bool {
        self.values
            .get(parameter)
            .is_some_and(|values| values.contains(value))
    }
}

/// Whether a schema, or one that it is made of, says something.
fn says(
    document: &Value,
    schema: &Value,
    hops: usize,
    what: &impl Fn(&Map<String, Value>) -> bool,
) -> bool {
    let (Some(object), Some(left)) = (schema.as_object(), hops.checked_sub(1)) else {
        return false;
    };
    let target = object.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| document.pointer(target.strip_prefix('#')?));
    let lists = ["allOf", "oneOf", "anyOf"]
        .into_iter()
        .filter_map(|key| object.get(key)?.as_array());
    let mut inner = lists.flatten().chain(object.get("items")).chain(target);
    what(object) || inner.any(|schema| says(document, schema, left, what))
}

fn parts(path: &str) -> Vec<String> {
    path.trim_start_matches('/')
        .split('/')
        .map(str::to_owned)
        .collect()
}

fn is_parameter(segment: &str) -> bool {
    segment.contains('{')
}

fn tokens(text: &str) -> impl Iterator<Item = String> {
    let tokens = text.split(|c: char| !c.is_alphanumeric());
    tokens.filter(|token| !token.is_empty()).map(str::to_owned)
}
