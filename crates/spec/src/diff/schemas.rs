//! Schemas: where they are used, and what they say.

use serde_json::Value;

use super::super::outline::grammar::{SCHEMA_NOTES, is_note};
use super::comparison::{Comparison, Place, Side};
use super::pairs::{COMBINATIONS, component, component_of};
use super::reach::{Impacts, Reach, Shift};
use crate::keyed::Keyed;

/// Longest chain of references that is followed. Loading has refused circles.
const MAX_HOPS: usize = 32;

/// Whether a value may be left out, before and after. What has no name of its own is always there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Presence {
    pub old: bool,
    pub new: bool,
}

impl Presence {
    /// The value is there, in both.
    pub const REQUIRED: Self = Self {
        old: true,
        new: true,
    };
}

/// What stands at a place, behind references and behind an `allOf` that only adds `nullable` to one.
struct Use<'d> {
    pointer: String,
    value: &'d Value,
    /// The component that is referred to, if one is.
    component: Option<&'d str>,
    nullable: bool,
}

impl<'d> Side<'d> {
    /// Follows what is at a pointer. An operation's pointers lead behind a reference already.
    fn schema(self, pointer: &str) -> Use<'d> {
        let mut found = Use {
            pointer: pointer.to_owned(),
            value: self.at(pointer),
            component: None,
            nullable: false,
        };
        for _ in 0..MAX_HOPS {
            found.component = self.component(&found.pointer);
            if found.component.is_some() {
                return found;
            }
            let Some((target, nullable)) = alias(found.value) else {
                break;
            };
            found.nullable |= nullable;
            found.value = self.at(target);
            found.pointer = target.to_owned();
        }
        found.nullable |= found.value.flag("nullable");
        found
    }

    /// The name of a component, as the document's own text.
    fn component(self, pointer: &str) -> Option<&'d str> {
        let name = component_of(pointer)?;
        let schemas = self.root.pointer("/components/schemas")?.as_object()?;
        schemas.get_key_value(name).map(|(name, _)| name.as_str())
    }
}

/// What a schema stands for that is nothing but a reference, and whether it adds `null`.
fn alias(value: &Value) -> Option<(&str, bool)> {
    let reference = value.get("$ref").or_else(|| {
        let [only] = value.list("allOf") else {
            return None;
        };
        let mut keys = value.as_object()?.keys();
        let plain =
            keys.all(|key| matches!(key.as_str(), "allOf" | "nullable" | "type") || is_note(key));
        only.get("$ref").filter(|_| plain)
    });
    let target = reference?.as_str()?.trim_start_matches('#');
    Some((target, value.flag("nullable")))
}

/// Whether the generated type needs no `Option` to be absent: a list or a map is empty then.
fn absent_when_empty(found: &Use<'_>) -> bool {
    let kind = kind(found.value);
    found.component.is_none()
        && (kind == "array" || kind == "object" && found.value.get("properties").is_none())
}

/// The type of a schema, as far as it says one.
pub(super) fn kind(schema: &Value) -> &str {
    if let Some(kind) = schema.text("type") {
        return kind;
    }
    let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
    if has(&["properties", "additionalProperties", "required", "allOf"]) {
        "object"
    } else if has(&["items"]) {
        "array"
    } else {
        "any"
    }
}

impl Comparison<'_> {
    /// Compares what two places use: the same schema, or another one.
    pub fn schema_use(&mut self, place: &Place, reach: Reach, presence: Presence) {
        self.wrapper(place, reach);
        let (before, after) = (self.old.schema(&place.old), self.new.schema(&place.new));
        let other_type = is_option(&before, presence.old) != is_option(&after, presence.new);
        self.nullable(place, before.nullable, after.nullable, reach, other_type);
        let target = Place::new(before.pointer, after.pointer);
        let what = match (before.component, after.component) {
            (Some(old), Some(new)) => {
                if self.pairs.are_paired(old, new) {
                    return;
                }
                if self.pairs.new_name(old).is_none() && !self.pairs.is_new_paired(new) {
                    // Neither is known under its name in the other document: this is what it is called now.
                    self.pairs.pair(old, new);
                    return;
                }
                format!("the schema here is `{new}` now, it was `{old}`")
            }
            (None, None) => return self.schema_body(&target, reach),
            (Some(name), None) => format!("the schema is written out here now, it was `{name}`"),
            (None, Some(name)) => format!("the schema here is `{name}` now, it was written out"),
        };
        self.changed(place, what, reach.retyped(true));
        // The type is another one, which is said; what matters now are the values.
        self.schema_body(&target, reach.untyped());
    }

    /// What is said about a reference, where it is wrapped in order to say it.
    fn wrapper(&mut self, place: &Place, reach: Reach) {
        let (before, after) = self.values(place);
        if alias(before).is_some() && alias(after).is_some() {
            self.notes(place, &SCHEMA_NOTES);
            self.declared_type(place, reach);
        }
    }

    /// The `type` itself, where the generator makes the same of a schema with and without it.
    fn declared_type(&mut self, place: &Place, reach: Reach) {
        let (shift, what) = match self.members(place, "type") {
            (was, is) if was == is => return,
            (None, _) => (Shift::Narrower, "values of other types are no longer valid"),
            (_, None) => (Shift::Wider, "values of other types are also valid"),
            _ => (Shift::Different, "values of another type are valid"),
        };
        self.changed(place, what, reach.shifted(shift, false));
    }

    fn nullable(&mut self, place: &Place, was: bool, is: bool, reach: Reach, other_type: bool) {
        let (shift, what) = match (was, is) {
            (false, true) => (Shift::Wider, "the value may be null now"),
            (true, false) => (Shift::Narrower, "the value may no longer be null"),
            _ => return,
        };
        self.changed(place, what, reach.shifted(shift, other_type));
    }

    /// Whether the presence of a field changes its Rust type.
    pub fn presence_breaks(&self, place: &Place, presence: Presence) -> bool {
        let (before, after) = (self.old.schema(&place.old), self.new.schema(&place.new));
        is_option(&before, presence.old) != is_option(&after, presence.new)
    }

    /// Compares what two schemas say. For a component this is done once, not where it is used.
    pub fn schema_body(&mut self, place: &Place, reach: Reach) {
        if !self.first_time(place, reach) {
            return;
        }
        let (before, after) = self.values(place);
        let target = match (alias(before), alias(after)) {
            (None, None) => None,
            (Some(_), Some(_)) => return self.schema_use(place, reach, Presence::REQUIRED),
            (Some((old, _)), None) => Some(Place::new(old, &place.new)),
            (None, Some((new, _))) => Some(Place::new(&place.old, new)),
        };
        if let Some(target) = target {
            let what = "the schema is a reference in one of the documents only";
            self.changed(place, what, reach.retyped(true));
            return self.schema_body(&target, reach.untyped());
        }
        self.notes(place, &SCHEMA_NOTES);
        if !self.kinds(place, reach) {
            return;
        }
        self.bounds(place, reach);
        self.words(place, reach, component_of(&place.old).is_some());
        self.directions(place, reach);
        self.objects(place, reach);
        if let (Some(_), Some(_)) = self.members(place, "items") {
            self.schema_use(&place.child("items"), reach, Presence::REQUIRED);
        }
        for keyword in COMBINATIONS {
            self.combination(place, keyword, reach);
        }
    }

    /// Whether both are of the same type, or nearly.
    fn kinds(&mut self, place: &Place, reach: Reach) -> bool {
        let (before, after) = self.values(place);
        let combined = before.get("allOf").or(after.get("allOf")).is_some();
        let (before, after) = (kind(before), kind(after));
        let shift = match (before, after) {
            (before, after) if before == after => {
                if !combined {
                    self.declared_type(place, reach);
                }
                return true;
            }
            ("any", _) | ("number", "integer") => Shift::Narrower,
            (_, "any") | ("integer", "number") => Shift::Wider,
            _ => Shift::Different,
        };
        let what = format!("the type is {after} now, it was {before}");
        self.changed(place, what, reach.shifted(shift, true));
        false
    }

    /// `readOnly`, `writeOnly` and `default`.
    fn directions(&mut self, place: &Place, reach: Reach) {
        let (before, after) = self.values(place);
        let one_way = [
            ("readOnly", "requests", reach.request),
            ("writeOnly", "answers", reach.answer),
        ];
        for (keyword, banned, used) in one_way {
            let (hurts, what) = match (before.flag(keyword), after.flag(keyword)) {
                (false, true) => (used, "the value is no longer part of"),
                (true, false) => (false, "the value may be part of"),
                _ => continue,
            };
            let impacts = Impacts::of(hurts, false);
            self.changed(place, format!("{what} {banned}"), impacts);
        }
        let (was, is) = (before.get("default"), after.get("default"));
        if was != is {
            let said = |value: Option<&Value>| value.map_or("none".to_owned(), Value::to_string);
            let what = format!("the default is {} now, it was {}", said(is), said(was));
            // It is what the service does about a field that is not sent.
            self.changed(place, what, Impacts::of(reach.request, false));
        }
    }

    /// Compares all components: those of the same name, and those that have another name now.
    pub fn component_schemas(&mut self) {
        let mut index = 0;
        // Comparing may find more pairs.
        while let Some((old, new)) = self.pairs.get(index) {
            index += 1;
            let place = Place::new(component(&old), component(&new));
            let reach = self.reach(&old, &new);
            if old != new {
                let what = format!("the schema `{old}` is called `{new}` now");
                self.changed(&place, what, reach.retyped(true));
            }
            // `nullable` of a component itself is what its users do not see.
            let (before, after) = self.values(&place);
            let (was, is) = (before.flag("nullable"), after.flag("nullable"));
            self.nullable(&place, was, is, reach, true);
            self.schema_body(&place, reach);
        }
        for (name, _) in members(self.old.at("/components/schemas")) {
            if self.pairs.new_name(name).is_none() {
                let what = format!("the schema `{name}` is gone");
                let impacts = self.old_reach(name).retyped(true);
                self.removed(&component(name), what, impacts);
            }
        }
        for (name, _) in members(self.new.at("/components/schemas")) {
            if !self.pairs.is_new_paired(name) {
                let what = format!("the schema `{name}` is new");
                self.added(&component(name), what, Impacts::SAFE);
            }
        }
    }
}

fn is_option(found: &Use<'_>, required: bool) -> bool {
    found.nullable || (!required && !absent_when_empty(found))
}

/// The members of an object; nothing else has any.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
