//! Turns one OpenAPI 3.0 schema into a JSON Schema (draft 2020-12) that the `jsonschema` crate compiles.
//!
//! OpenAPI 3.0 is a dialect: `nullable`, booleans in `exclusiveMinimum`, number formats, a
//! `discriminator`, `readOnly` and `writeOnly`. Each is translated into JSON Schema keywords. Every
//! schema that is reached by a `$ref` becomes one entry of `$defs`, so that recursive schemas stay
//! finite.
//!
//! In a strict translation, an object that lists properties is *closed*: `unevaluatedProperties: false` is
//! added where the value as a whole is described, never inside `allOf`, `anyOf` or `oneOf`, because a branch
//! knows only its part of the fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::declared::Declared;
use super::outline::grammar::EXCLUSIVE_BOUNDS;
use super::pointer::{follow, of_mapping, of_reference};
use super::strictness::{Direction, Strictness};
use crate::keyed::Keyed;

/// The keyword, unknown to JSON Schema, under which a closed object carries the names that it declares.
pub(super) const DECLARED: &str = "x-declared";
/// Set beside [`DECLARED`] where some branch of the schema allows any further field.
pub(super) const OPEN: &str = "x-open";

/// The keyword, implemented by us, that asks for a number without fraction and exponent.
pub(super) const WHOLE: &str = "x-whole";

/// Keywords that mean the same in both dialects.
const SAME: [&str; 12] = [
    "enum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// Translates the schema at `pointer` of the document `root`, together with every schema that it refers to.
///
/// Returns `None` when the document has nothing at `pointer`.
pub(super) fn translate(
    root: &Value,
    pointer: &str,
    strictness: Strictness,
    direction: Direction,
) -> Option<Value> {
    let schema = root.pointer(pointer)?;
    let mut translator = Translator {
        root,
        strict: strictness == Strictness::Strict,
        direction,
        names: BTreeMap::new(),
        queue: Vec::new(),
    };
    let mut whole = as_object(translator.value(schema));
    let mut definitions = Map::new();
    while let Some((target, strict)) = translator.queue.pop() {
        let name = translator.definition_name(&target, strict);
        translator.strict = strict;
        // A dangling reference describes no value at all; loading reports it by name.
        let translated = match root.pointer(&target) {
            Some(schema) => translator.open(schema),
            None => Value::Bool(false),
        };
        definitions.insert(name, translated);
    }
    let dialect = json!("https://json-schema.org/draft/2020-12/schema");
    whole.insert("$schema".into(), dialect);
    whole.insert("$defs".into(), Value::Object(definitions));
    Some(Value::Object(whole))
}

struct Translator<'r> {
    root: &'r Value,
    strict: bool,
    direction: Direction,
    /// Number of each referenced schema; strict and lenient forms are two definitions.
    names: BTreeMap<(String, bool), usize>,
    queue: Vec<(String, bool)>,
}

impl<'r> Translator<'r> {
    fn definition_name(&mut self, pointer: &str, strict: bool) -> String {
        let next = self.names.len();
        let number = *self
            .names
            .entry((pointer.to_owned(), strict))
            .or_insert_with(|| {
                self.queue.push((pointer.to_owned(), strict));
                next
            });
        format!("s{number}")
    }

    /// A schema that describes a whole value: closed, when the translation is strict.
    fn value(&mut self, schema: &'r Value) -> Value {
        let translated = self.open(schema);
        if !self.strict {
            return translated;
        }
        let declared = Declared::of(self.root, "", schema);
        if declared.properties.is_empty() {
            // An object without any listed field is free-form.
            return translated;
        }
        let mut closed = as_object(translated);
        closed.insert("unevaluatedProperties".into(), Value::Bool(false));
        let names = declared.properties.keys().copied();
        closed.insert(DECLARED.into(), names.collect());
        closed.insert(OPEN.into(), Value::Bool(declared.open));
        Value::Object(closed)
    }

    /// A schema as it is written, its own fields not closed, the values inside it closed.
    fn open(&mut self, schema: &'r Value) -> Value {
        let Some(source) = schema.as_object() else {
            return schema.clone();
        };
        if let Some(reference) = source.text("$ref") {
            let Some(pointer) = of_reference(reference) else {
                return Value::Bool(false);
            };
            let name = self.definition_name(&pointer, self.strict);
            return json!({ "$ref": format!("#/$defs/{name}") });
        }
        let mut target = Map::new();
        for keyword in SAME {
            if let Some(value) = source.get(keyword) {
                target.insert(keyword.into(), value.clone());
            }
        }
        exclusive_bounds(source, &mut target);
        let parts = source.list("allOf").iter();
        let mut all_of: Vec<Value> = parts.map(|part| self.open(part)).collect();
        all_of.extend(type_and_format(source, &mut target));
        self.fields(source, &mut target);
        if let Some(items) = source.get("items") {
            target.insert("items".into(), self.value(items));
        }
        if let Some(not) = source.get("not") {
            // Closing inside a negation would turn an unknown field into a match.
            let strict = std::mem::replace(&mut self.strict, false);
            let negated = self.open(not);
            self.strict = strict;
            target.insert("not".into(), negated);
        }
        match self.discriminated(source) {
            Some(chosen) => all_of.extend(chosen),
            None => {
                for keyword in ["anyOf", "oneOf"] {
                    let branches = self.alternatives(source, keyword);
                    if !branches.is_empty() {
                        target.insert(keyword.into(), Value::Array(branches));
                    }
                }
            }
        }
        if !all_of.is_empty() {
            target.insert("allOf".into(), Value::Array(all_of));
        }
        nullable(source, target)
    }

    /// The branches of `anyOf` and `oneOf`. A branch that is a free-form object allows every field, which the
    /// closed object around it has to be told.
    fn alternatives(&mut self, source: &'r Map<String, Value>, keyword: &str) -> Vec<Value> {
        let mut translated = Vec::new();
        for branch in source.list(keyword) {
            let mut open = self.open(branch);
            if self.strict && self.is_free_form(branch) {
                let mut object = as_object(open);
                object.insert("unevaluatedProperties".into(), Value::Bool(true));
                open = Value::Object(object);
            }
            translated.push(open);
        }
        translated
    }

    fn is_free_form(&self, schema: &'r Value) -> bool {
        if !Declared::of(self.root, "", schema).properties.is_empty() {
            return false;
        }
        follow(self.root, schema)
            .and_then(Value::as_object)
            .is_some_and(|schema| schema.text("type") == Some("object") || schema.is_empty())
    }

    fn fields(&mut self, source: &'r Map<String, Value>, target: &mut Map<String, Value>) {
        let properties = source.get("properties").and_then(Value::as_object);
        if let Some(properties) = properties {
            let mut translated = Map::new();
            for (name, property) in properties {
                let schema = match self.forbidden(property) {
                    true if self.strict => Value::Bool(false),
                    _ => self.value(property),
                };
                translated.insert(name.clone(), schema);
            }
            target.insert("properties".into(), Value::Object(translated));
        }
        if let Some(further) = source.get("additionalProperties") {
            target.insert("additionalProperties".into(), self.value(further));
        }
        if let Some(required) = source.get("required").and_then(Value::as_array) {
            let needed = required.iter().filter(|name| {
                let property = name.as_str().and_then(|name| properties?.get(name));
                !property.is_some_and(|property| self.absent(property))
            });
            target.insert("required".into(), needed.cloned().collect());
        }
    }

    /// Whether a message of this direction may not carry the property.
    fn forbidden(&self, property: &Value) -> bool {
        match self.direction {
            Direction::Request => self.is_set(property, "readOnly"),
            Direction::Response => self.is_set(property, "writeOnly"),
            Direction::Either => false,
        }
    }

    /// Whether a message of this direction may lack the property although it is required.
    fn absent(&self, property: &Value) -> bool {
        match self.direction {
            Direction::Either => {
                self.is_set(property, "readOnly") || self.is_set(property, "writeOnly")
            }
            Direction::Request | Direction::Response => self.forbidden(property),
        }
    }

    fn is_set(&self, property: &Value, keyword: &str) -> bool {
        let resolved = follow(self.root, property).unwrap_or(property);
        resolved.flag(keyword)
    }

    /// `oneOf` or `anyOf` with a `discriminator`: the named property decides which branch must fit, so that a
    /// fault is reported against that branch alone. `None` when there is nothing to choose from.
    fn discriminated(&mut self, source: &'r Map<String, Value>) -> Option<Vec<Value>> {
        let discriminator = source.get("discriminator")?;
        let property = discriminator.text("propertyName")?;
        let branches = source.get("oneOf").or_else(|| source.get("anyOf"))?;
        let branches = branches.as_array()?;
        let mut chosen: BTreeMap<String, Value> = BTreeMap::new();
        for branch in branches {
            let reference = branch.text("$ref")?;
            let name = reference.rsplit('/').next().unwrap_or(reference).to_owned();
            chosen.insert(name, self.open(branch));
        }
        for (word, target) in discriminator.entries("mapping") {
            let target = target.as_str()?;
            let name = self.definition_name(&of_mapping(target), self.strict);
            chosen.insert(word.clone(), json!({ "$ref": format!("#/$defs/{name}") }));
        }
        let words: Vec<&String> = chosen.keys().collect();
        let mut all_of =
            vec![json!({ "required": [property], "properties": { property: { "enum": words } } })];
        for (word, schema) in &chosen {
            let condition =
                json!({ "required": [property], "properties": { property: { "const": word } } });
            all_of.push(json!({ "if": condition, "then": schema }));
        }
        Some(all_of)
    }
}

/// Puts down type and format. `format` of JSON Schema looks at strings only, so the number formats become bounds.
fn type_and_format(source: &Map<String, Value>, target: &mut Map<String, Value>) -> Option<Value> {
    let kind = source.text("type");
    if let Some(kind) = kind {
        target.insert("type".into(), json!(kind));
        if kind == "integer" {
            // JSON Schema calls 1.0 an integer; OpenAPI 3.0 does not, nor does a typed client.
            target.insert(WHOLE.into(), Value::Bool(true));
        }
    }
    let format = source.text("format")?;
    let (least, most) = match (kind, format) {
        (Some("integer" | "number"), "int32") => (json!(i32::MIN), json!(i32::MAX)),
        (Some("integer" | "number"), "int64") => (json!(i64::MIN), json!(i64::MAX)),
        (Some("number"), "float") => (json!(f64::from(f32::MIN)), json!(f64::from(f32::MAX))),
        _ => {
            target.insert("format".into(), json!(format));
            return None;
        }
    };
    Some(json!({ "minimum": least, "maximum": most }))
}

/// Draft 4 wrote `exclusiveMinimum: true` beside `minimum`; JSON Schema now gives the bound itself.
fn exclusive_bounds(source: &Map<String, Value>, target: &mut Map<String, Value>) {
    for (bound, exclusive) in EXCLUSIVE_BOUNDS {
        if source.flag(exclusive)
            && let Some(limit) = target.remove(bound)
        {
            target.insert(exclusive.into(), limit);
        }
    }
}

/// Lets `null` through where the schema says so.
///
/// Beside a plain `type` this is a second type. In every other case (`allOf` around a `$ref`, an `enum`) the
/// rest of the schema is asked only when the value is not null: that is what authors mean, whatever the
/// branches say about null themselves.
fn nullable(source: &Map<String, Value>, mut target: Map<String, Value>) -> Value {
    if !source.flag("nullable") {
        return Value::Object(target);
    }
    let plain = !["enum", "allOf", "anyOf", "oneOf", "not"]
        .iter()
        .any(|keyword| source.contains_key(*keyword));
    if plain {
        if let Some(kind) = target.remove("type") {
            target.insert("type".into(), json!([kind, "null"]));
        }
        return Value::Object(target);
    }
    json!({ "if": { "type": "null" }, "else": target })
}

/// A schema in object form: `true` and `false` have one too.
fn as_object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(object) => object,
        Value::Bool(false) => as_object(json!({ "not": {} })),
        _ => Map::new(),
    }
}
