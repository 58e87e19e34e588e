//! The fields of objects, put together from `properties` and from the members of an `allOf`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::pointer::child;
use super::bodies::required;
use super::comparison::{Comparison, Place, Side};
use super::pairs::{component_of, texts};
use super::reach::{Impacts, Reach, Shift};
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

impl Field<'_> {
    fn is_required(&self) -> bool {
        self.required || self.required_there
    }
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
    pub fn objects(&mut self, place: &Place, reach: Reach) {
        let before = Fields::of(self.old, &place.old);
        let after = Fields::of(self.new, &place.new);
        let parts = |fields: &BTreeMap<&str, Field<'d>>| -> BTreeSet<&'d str> {
            fields.values().filter_map(|field| field.from).collect()
        };
        let (parts_before, parts_after) = (parts(&before), parts(&after));
        let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        for name in names {
            match (before.get(name), after.get(name)) {
                (Some(was), Some(is)) => self.field(name, was, is, reach),
                (Some(was), None) => {
                    let part = was.from.and_then(|part| self.pairs.new_name(part));
                    // What a part has lost is said about the part.
                    if !part.is_some_and(|part| parts_after.contains(part)) {
                        let impacts = Impacts::of(reach.request || reach.answer, reach.typed);
                        self.removed(&was.pointer, format!("the field `{name}` is gone"), impacts);
                    }
                }
                (None, Some(is)) => {
                    let mut parts = parts_before.iter();
                    let brought = |from| parts.any(|part| self.pairs.are_paired(part, from));
                    if !is.from.is_some_and(brought) {
                        self.field_added(name, is, reach);
                    }
                }
                (None, None) => {}
            }
        }
        self.further_fields(place, reach);
    }

    fn field_added(&mut self, name: &str, field: &Field<'_>, reach: Reach) {
        let read_only = self.new.at(&field.pointer).flag("readOnly");
        let required = field.is_required();
        let needed = required && reach.request && !read_only;
        // `README.md` promises this of generated types: literals end this way.
        let (kind, literals) = match required {
            true => ("required field", ""),
            false => ("field", "; a literal needs `..Default::default()`"),
        };
        let what = format!("the {kind} `{name}` is new{literals}");
        let impacts = Impacts::of(needed, reach.typed && needed);
        self.added(&field.pointer, what, impacts);
    }

    fn field(&mut self, name: &str, was: &Field<'d>, is: &Field<'d>, reach: Reach) {
        let place = Place::new(&was.pointer, &is.pointer);
        let shared = match (was.from, is.from) {
            (Some(old), Some(new)) => self.pairs.are_paired(old, new),
            _ => false,
        };
        let presence = Presence {
            old: was.is_required(),
            new: is.is_required(),
        };
        // Of a shared part's field, only what is said here: the rest is said about the part.
        let said_here = !shared || was.required != is.required;
        if said_here && presence.old != presence.new {
            let shift = match presence.new {
                true => Shift::Narrower,
                false => Shift::Wider,
            };
            let what = format!("the field `{name}` {}", required(presence.new));
            let breaks = self.presence_breaks(&place, presence);
            self.changed(&place, what, reach.shifted(shift, breaks));
        }
        if !shared {
            self.schema_use(&place, reach, presence);
        }
    }

    /// `additionalProperties`: absent and `true` say the same about values, and make different types.
    fn further_fields(&mut self, place: &Place, reach: Reach) {
        let keyword = "additionalProperties";
        let (was, is) = self.members(place, keyword);
        let typed = |value: Option<&Value>| value.is_some_and(Value::is_object);
        if typed(was) && typed(is) {
            return self.schema_use(&place.child(keyword), reach, Presence::REQUIRED);
        }
        if was == is {
            return;
        }
        let closed = |value: Option<&Value>| value == Some(&Value::Bool(false));
        let (hurts, what) = match (closed(was), closed(is)) {
            (false, true) => (
                reach.hurt_by(Shift::Narrower),
                "further fields are no longer allowed",
            ),
            // Readers pass over what they do not know.
            (true, false) => (false, "further fields are allowed now"),
            _ => {
                let shift = match typed(is) {
                    true => Shift::Narrower,
                    false => Shift::Wider,
                };
                (reach.hurt_by(shift), "other further fields are allowed now")
            }
        };
        // A closed object is the same type as one that says nothing, but an answer with a further field fails.
        let extra = |value: Option<&Value>| value.is_some() && !closed(value);
        let breaks =
            extra(was) != extra(is) || typed(was) != typed(is) || (closed(is) && reach.answer);
        self.changed(place, what, Impacts::of(hurts, reach.typed && breaks));
    }
}
