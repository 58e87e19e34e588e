//! Checks a value against a schema.

use serde_json::{Map, Value, json};

use super::super::pointer::{Place, branches, child, last};
use super::changes::Change;
use super::names::called;
use super::observed::{Observed, type_of};
use super::{At, Drift, Found, Kind, Meaning, Planned, short};
use crate::keyed::Keyed;

type Branches<'d> = [Place<'d>];

impl<'d> Drift<'d> {
    /// Holds a value against the schema at a pointer, and everything inside it.
    pub(super) fn value(&mut self, pointer: &str, value: &Value, at: At<'_>) {
        let root = self.document.root();
        let Some(schema) = root.pointer(pointer) else {
            return;
        };
        let branches = branches(root, pointer, schema);
        let types = branches
            .iter()
            .filter_map(|(_, schema)| schema.text("type"));
        let types: Vec<&str> = types.collect();
        if value.is_null() {
            let nullable = branches.iter().any(|(_, schema)| schema.flag("nullable"));
            if !nullable && !types.is_empty() {
                self.null(pointer, schema, &types, at);
            }
            return;
        }
        if let Some((typed, _)) = with(&branches, "type").next() {
            let came = self.came.entry(typed.clone()).or_default();
            came.join(Observed::outside(value));
        }
        if !types.is_empty() && !types.iter().any(|kind| is_of(kind, value)) {
            self.other_type(pointer, &branches, &types, value, at);
            return;
        }
        match value {
            Value::Object(members) => {
                self.missing(&branches, members, at);
                for (name, member) in members {
                    self.member(&branches, name, member, at);
                }
            }
            Value::Array(items) => {
                if let Some((pointer, _)) = with(&branches, "items").next() {
                    let pointer = child(pointer, "items");
                    items.iter().for_each(|item| self.value(&pointer, item, at));
                }
            }
            Value::String(text) => {
                self.word(&branches, text, at);
                let inner = branches
                    .iter()
                    .find_map(|(_, schema)| schema.get("x-json-text")?.text("$ref"));
                let json = serde_json::from_str::<Value>(text).ok();
                if let (Some(inner), Some(json)) = (inner, json) {
                    self.value(inner.trim_start_matches('#'), &json, at);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn found(&self, pointer: &str, value: &Value, meaning: Meaning, at: At<'_>) -> Found {
        // A request is not an answer that could be lost.
        let meaning = match at.answer {
            true => meaning,
            false => Meaning::Unsendable,
        };
        Found::new(pointer, at.first, short(value), meaning)
    }

    fn null(&mut self, pointer: &str, schema: &Value, types: &[&str], at: At<'_>) {
        let mut found = self.found(pointer, &Value::Null, Meaning::Undecodable, at);
        let kind = types.first().copied().unwrap_or("object");
        found.change = Planned::Changes(vec![match schema.get("$ref") {
            Some(reference) => Change::Replace {
                path: pointer.to_owned(),
                value: json!({ "type": kind, "nullable": true, "allOf": [{ "$ref": reference }] }),
            },
            None => Change::add(child(pointer, "nullable"), Value::Bool(true)),
        }]);
        let place = format!("{}: null", called(self.document, pointer));
        self.note(Kind::Type, place, found);
    }

    fn other_type(
        &mut self,
        pointer: &str,
        branches: &Branches<'d>,
        types: &[&str],
        value: &Value,
        at: At<'_>,
    ) {
        let kind = type_of(value);
        let (name, wanted) = (called(self.document, pointer), types.join(" or "));
        let place = format!("{name}: {kind} instead of {wanted}");
        let mut found = self.found(pointer, value, Meaning::Undecodable, at);
        let scalar = |kind: &str| !matches!(kind, "array" | "object");
        if let Some((pointer, schema)) = with(branches, "type").next()
            && scalar(kind)
            && types.iter().all(|kind| scalar(kind))
        {
            let mut changes = vec![Change::Replace {
                path: child(pointer, "type"),
                value: json!(kind),
            }];
            if schema.get("format").is_some() {
                changes.push(Change::Remove {
                    path: child(pointer, "format"),
                });
            }
            found.change = Planned::Changes(changes);
        }
        self.note(Kind::Type, place, found);
    }

    fn missing(&mut self, branches: &Branches<'d>, members: &Map<String, Value>, at: At<'_>) {
        for (pointer, schema) in branches {
            let required = schema.list("required");
            for (index, name) in required.iter().filter_map(Value::as_str).enumerate() {
                let one_way = format!("{pointer}/properties/{name}");
                let property = self.document.at(&one_way);
                let only_sent = property.is_some_and(|property| property.flag("writeOnly"));
                if members.contains_key(name) || at.answer && only_sent {
                    continue;
                }
                let mut found = self.found(pointer, &Value::Null, Meaning::Undecodable, at);
                let list = child(pointer, "required");
                let path = match required.len() {
                    1 => list,
                    _ => format!("{list}/{index}"),
                };
                found.change = Planned::Changes(vec![Change::Remove { path }]);
                let place = format!("{}.{name}", called(self.document, pointer));
                self.note(Kind::Missing, place, found);
            }
        }
    }

    fn member(&mut self, branches: &Branches<'d>, name: &str, value: &Value, at: At<'_>) {
        let known = branches.iter().filter_map(|(pointer, schema)| {
            let property = schema.get("properties")?.get(name)?;
            let place = child(&child(pointer, "properties"), name);
            let kind = property.text("type");
            let fits = kind.is_none_or(|kind| value.is_null() || is_of(kind, value));
            Some((place, fits))
        });
        let known: Vec<(String, bool)> = known.collect();
        if let Some((place, _)) = known.iter().find(|(_, fits)| *fits).or(known.first()) {
            let places = known.iter().map(|(place, _)| place.clone());
            self.seen.extend(places);
            return self.value(place, value, at);
        }
        let further = branches.iter().find_map(|(pointer, schema)| {
            let further = schema.get("additionalProperties")?;
            (*further != Value::Bool(false)).then_some((pointer, further))
        });
        if let Some((pointer, further)) = further {
            if further.is_object() {
                self.value(&child(pointer, "additionalProperties"), value, at);
            }
            return;
        }
        let object = branches
            .iter()
            .find(|(_, schema)| schema.entries("properties").next().is_some());
        let Some((pointer, _)) = object else {
            return;
        };
        let of = called(self.document, pointer);
        let mut found = self.found(pointer, value, Meaning::Lost, at);
        found.change = Planned::Schema {
            at: child(&child(pointer, "properties"), name),
            name: format!("{} {name}", last(pointer)),
            observed: Observed::of(value),
            around: Value::Null,
        };
        self.note(Kind::Field, format!("{of}.{name}"), found);
    }

    fn word(&mut self, branches: &Branches<'d>, text: &str, at: At<'_>) {
        let lists: Vec<_> = with(branches, "enum").collect();
        let mut all = lists.iter();
        let known = all.find(|(_, schema)| schema.list("enum").iter().any(|word| word == text));
        let Some((pointer, _)) = known.or(lists.first()) else {
            return;
        };
        if known.is_some() {
            self.seen.insert(format!("{pointer} {text}"));
            return;
        }
        let mut found = self.found(pointer, &json!(text), Meaning::UnknownWord, at);
        let path = format!("{}/-", child(pointer, "enum"));
        found.change = Planned::Changes(vec![Change::add(path, json!(text))]);
        let place = format!("{} {text}", called(self.document, pointer));
        self.note(Kind::Word, place, found);
    }
}

/// The branches that have a keyword.
fn with<'b, 'd>(
    branches: &'b Branches<'d>,
    keyword: &'b str,
) -> impl Iterator<Item = &'b Place<'d>> {
    let branches = branches.iter();
    branches.filter(move |(_, schema)| schema.get(keyword).is_some())
}

fn is_of(kind: &str, value: &Value) -> bool {
    kind == type_of(value) || (kind == "number" && value.is_number())
}
