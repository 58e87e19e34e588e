//! The fields of objects, put together from `properties` and from the members of an `allOf`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::pointer::child;
use super::Impact;
use super::comparison::{Comparison, Side};
use super::pairs::{component_of, texts};
use super::reach::{Reach, Shift, breaking_if};
use super::schemas::{Presence, members};
use crate::keyed::Keyed;

/// Deepest nesting of `allOf` that is looked into.
pub(super) const MAX_DEPTH: usize = 16;

/// One field of an object.
struct Field<'d> {
    pointer: String,
    /// Required by the object itself.
    required: bool,
    /// Required by the component that the field comes from.
    required_there: bool,
    /// The component that brings the field, where it is not the object's own.
    from: Option<&'d str>,
}

/// The fields of an object, while they are put together.
#[derive(Default)]
struct Fields<'d> {
    fields: BTreeMap<&'d str, Field<'d>>,
    required: BTreeSet<&'d str>,
    required_there: BTreeSet<&'d str>,
}

impl<'d> Fields<'d> {
    fn of(side: Side<'d>, pointer: &str) -> BTreeMap<&'d str, Field<'d>> {
        let mut found = Self::default();
        found.collect(side, pointer, None, 0);
        for (name, field) in &mut found.fields {
            field.required = found.required.contains(name);
            field.required_there = found.required_there.contains(name);
        }
        found.fields
    }

    fn collect(&mut self, side: Side<'d>, pointer: &str, from: Option<&'d str>, depth: usize) {
        let schema = side.at(pointer);
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(target) = schema.text("$ref") {
            let target = target.trim_start_matches('#');
            return self.collect(side, target, from.or(component_of(target)), depth + 1);
        }
        if let Some(properties) = schema.get("properties") {
            let pointer = child(pointer, "properties");
            for (name, _) in members(properties) {
                let pointer = child(&pointer, name);
                let field = Field {
                    pointer,
                    required: false,
                    required_there: false,
                    from,
                };
                self.fields.entry(name).or_insert(field);
            }
        }
        let required = if from.is_none() {
            &mut self.required
        } else {
            &mut self.required_there
        };
        required.extend(schema.get("required").map(texts).unwrap_or_default());
        let count = schema.list("allOf").len();
        for index in 0..count {
            self.collect(side, &format!("{pointer}/allOf/{index}"), from, depth + 1);
        }
    }
}

impl<'d> Comparison<'d> {
    /// Compares the fields of two objects, and what they say about further ones.
    pub fn objects(&mut self, old: &str, new: &str, reach: Reach) {
        let before = Fields::of(self.old, old);
        let after = Fields::of(self.new, new);
        let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        let parts_before: BTreeSet<&str> = before.values().filter_map(|field| field.from).collect();
        let parts_after: BTreeSet<&str> = after.values().filter_map(|field| field.from).collect();
        for name in names {
            match (before.get(name), after.get(name)) {
                (Some(was), Some(is)) => self.field(name, was, is, reach),
                (Some(was), None) => {
                    let part = was.from.and_then(|part| self.pairs.new_name(part));
                    // What a part has lost is said about the part.
                    if !part.is_some_and(|part| parts_after.contains(part)) {
                        self.field_removed(name, &was.pointer, reach);
                    }
                }
                (None, Some(is)) => {
                    let brought = |part: &&str| {
                        is.from
                            .is_some_and(|from| self.pairs.are_paired(part, from))
                    };
                    if !parts_before.iter().any(brought) {
                        self.field_added(name, is, reach);
                    }
                }
                (None, None) => {}
            }
        }
        self.further_fields(old, new, reach);
    }

    fn field_removed(&mut self, name: &str, old: &str, reach: Reach) {
        let wire = breaking_if(reach.request || reach.answer);
        self.removed(
            old,
            format!("the field `{name}` is gone"),
            wire,
            reach.rust(true),
        );
    }

    fn field_added(&mut self, name: &str, field: &Field<'_>, reach: Reach) {
        let schema = self.new.at(&field.pointer);
        let read_only = schema.flag("readOnly");
        let required = field.required || field.required_there;
        let needed = required && reach.request && !read_only;
        let kind = if required { "required field" } else { "field" };
        // What `README.md` promises of generated types: literals end so.
        let literals = match required {
            true => "",
            false => "; a literal needs `..Default::default()`",
        };
        let what = format!("the {kind} `{name}` is new{literals}");
        self.added(
            &field.pointer,
            what,
            breaking_if(needed),
            reach.rust(needed),
        );
    }

    fn field(&mut self, name: &str, was: &Field<'d>, is: &Field<'d>, reach: Reach) {
        let shared = match (was.from, is.from) {
            (Some(old), Some(new)) => self.pairs.are_paired(old, new),
            _ => false,
        };
        let presence = Presence {
            old: was.required || was.required_there,
            new: is.required || is.required_there,
        };
        // Of a shared part's field, only what is said here: the rest is said about the part.
        let differs = if shared {
            was.required != is.required
        } else {
            presence.old != presence.new
        };
        if differs && presence.old != presence.new {
            let (shift, what) = match presence.new {
                true => (Shift::Narrower, "is required now"),
                false => (Shift::Wider, "is no longer required"),
            };
            let breaks = self.presence_breaks(&was.pointer, &is.pointer, presence);
            let what = format!("the field `{name}` {what}");
            self.changed(
                &was.pointer,
                &is.pointer,
                what,
                reach.wire(shift),
                reach.rust(breaks),
            );
        }
        if !shared {
            self.schema_use(&was.pointer, &is.pointer, reach, presence);
        }
    }

    /// `additionalProperties`: absent and `true` say the same about values, and make different types.
    fn further_fields(&mut self, old: &str, new: &str, reach: Reach) {
        let keyword = "additionalProperties";
        let (was, is) = (self.old.at(old).get(keyword), self.new.at(new).get(keyword));
        if let (Some(Value::Object(_)), Some(Value::Object(_))) = (was, is) {
            let (old, new) = (child(old, keyword), child(new, keyword));
            return self.schema_use(&old, &new, reach, Presence::REQUIRED);
        }
        if was == is {
            return;
        }
        let closed = |value: Option<&Value>| value == Some(&Value::Bool(false));
        let typed = |value: Option<&Value>| value.is_some_and(Value::is_object);
        let what = match (closed(was), closed(is)) {
            (false, true) => "further fields are no longer allowed",
            (true, false) => "further fields are allowed now",
            _ => "other further fields are allowed now",
        };
        let wire = match (closed(was), closed(is)) {
            (false, true) => reach.wire(Shift::Narrower),
            // Readers pass over what they do not know.
            (true, false) => Impact::Safe,
            _ if typed(is) => reach.wire(Shift::Narrower),
            _ => reach.wire(Shift::Wider),
        };
        // A closed object is the same type as one that says nothing, but an answer with a further field fails.
        let extra = |value: Option<&Value>| value.is_some() && !closed(value);
        let breaks =
            extra(was) != extra(is) || typed(was) != typed(is) || (closed(is) && reach.answer);
        self.changed(old, new, what.to_owned(), wire, reach.rust(breaks));
    }
}
