//! Schemas: where they are used, and what they say.

use serde_json::Value;

use super::super::outline::grammar::{SCHEMA_NOTES, is_note};
use super::super::pointer::child;
use super::Impact;
use super::comparison::{Comparison, Side};
use super::pairs::{COMBINATIONS, component, component_of};
use super::reach::{Reach, Shift};
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
        let own = found.value.get("nullable").and_then(Value::as_bool);
        found.nullable |= own.unwrap_or(false);
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
    let target = |value: &'_ Value| value.get("$ref").is_some();
    let reference = if target(value) {
        value
    } else {
        let [only] = value.get("allOf")?.as_array()?.as_slice() else {
            return None;
        };
        let plain = value
            .as_object()?
            .keys()
            .all(|key| ["allOf", "nullable", "type"].contains(&key.as_str()) || is_note(key));
        if !plain || !target(only) {
            return None;
        }
        only
    };
    let nullable = value.flag("nullable");
    Some((
        reference.get("$ref")?.as_str()?.trim_start_matches('#'),
        nullable,
    ))
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

impl<'d> Comparison<'d> {
    /// Compares what two places use: the same schema, or another one.
    pub fn schema_use(&mut self, old: &str, new: &str, reach: Reach, presence: Presence) {
        self.wrapper(old, new, reach);
        let (before, after) = (self.old.schema(old), self.new.schema(new));
        self.nullable((old, &before), (new, &after), reach, presence);
        match (before.component, after.component) {
            (Some(old_name), Some(new_name)) => {
                if self.pairs.are_paired(old_name, new_name) {
                    return;
                }
                if self.pairs.new_name(old_name).is_none() && !self.pairs.is_new_paired(new_name) {
                    // Neither is known under its name in the other document: this is what it is called now.
                    self.pairs.pair(old_name, new_name);
                    return;
                }
                let what = format!("the schema here is `{new_name}` now, it was `{old_name}`");
                self.changed(old, new, what, Impact::Safe, reach.rust(true));
            }
            (None, None) => return self.schema_body(&before.pointer, &after.pointer, reach),
            (Some(name), None) => {
                let what = format!("the schema is written out here now, it was `{name}`");
                self.changed(old, new, what, Impact::Safe, reach.rust(true));
            }
            (None, Some(name)) => {
                let what = format!("the schema here is `{name}` now, it was written out");
                self.changed(old, new, what, Impact::Safe, reach.rust(true));
            }
        }
        // The type is another one, which is said; what matters now are the values.
        self.schema_body(&before.pointer, &after.pointer, reach.untyped());
    }

    /// What is said about a reference, where it is wrapped in order to say it.
    fn wrapper(&mut self, old: &str, new: &str, reach: Reach) {
        if alias(self.old.at(old)).is_some() && alias(self.new.at(new)).is_some() {
            self.notes(old, new, &SCHEMA_NOTES);
            self.declared_type(old, new, reach);
        }
    }

    /// The `type` itself, where the generator makes the same of a schema with and without it.
    fn declared_type(&mut self, old: &str, new: &str, reach: Reach) {
        let was = self.old.at(old).get("type");
        let is = self.new.at(new).get("type");
        let (shift, what) = match (was, is) {
            (was, is) if was == is => return,
            (None, _) => (Shift::Narrower, "values of other types are no longer right"),
            (_, None) => (Shift::Wider, "values of other types are right too"),
            _ => (Shift::Different, "values of another type are right"),
        };
        self.changed(old, new, what.to_owned(), reach.wire(shift), Impact::Safe);
    }

    fn nullable(
        &mut self,
        (old, before): (&str, &Use<'_>),
        (new, after): (&str, &Use<'_>),
        reach: Reach,
        presence: Presence,
    ) {
        let (shift, what) = match (before.nullable, after.nullable) {
            (false, true) => (Shift::Wider, "the value may be null now"),
            (true, false) => (Shift::Narrower, "the value may no longer be null"),
            _ => return,
        };
        let breaks = is_option(before, presence.old) != is_option(after, presence.new);
        self.changed(
            old,
            new,
            what.to_owned(),
            reach.wire(shift),
            reach.rust(breaks),
        );
    }

    /// Whether the presence of a field changes its Rust type.
    pub fn presence_breaks(&self, old: &str, new: &str, presence: Presence) -> bool {
        let (before, after) = (self.old.schema(old), self.new.schema(new));
        is_option(&before, presence.old) != is_option(&after, presence.new)
    }

    /// Compares what two schemas say. For a component this is done once, not where it is used.
    pub fn schema_body(&mut self, old: &str, new: &str, reach: Reach) {
        if !self.first_time(old, new, reach) {
            return;
        }
        let (before, after) = (self.old.at(old), self.new.at(new));
        if alias(before).is_some() || alias(after).is_some() {
            let follow = |value: &'d Value, here: &str| {
                alias(value).map_or(here.to_owned(), |(target, _)| target.to_owned())
            };
            let (old_target, new_target) = (follow(before, old), follow(after, new));
            if alias(before).is_some() == alias(after).is_some() {
                return self.schema_use(old, new, reach, Presence::REQUIRED);
            }
            let what = "the schema is a reference in one of the documents only".to_owned();
            self.changed(old, new, what, Impact::Safe, reach.rust(true));
            return self.schema_body(&old_target, &new_target, reach.untyped());
        }
        self.notes(old, new, &SCHEMA_NOTES);
        if !self.kinds(old, new, reach) {
            return;
        }
        self.bounds(old, new, reach);
        self.words(old, new, reach, component_of(old).is_some());
        self.directions(old, new, reach);
        self.objects(old, new, reach);
        if before.get("items").is_some() && after.get("items").is_some() {
            let (old, new) = (child(old, "items"), child(new, "items"));
            self.schema_use(&old, &new, reach, Presence::REQUIRED);
        }
        for keyword in COMBINATIONS {
            self.combination(old, new, keyword, reach);
        }
    }

    /// Whether both are of the same type, or nearly.
    fn kinds(&mut self, old: &str, new: &str, reach: Reach) -> bool {
        let (before, after) = (self.old.at(old), self.new.at(new));
        let (before, after) = (kind(before), kind(after));
        let shift = match (before, after) {
            (before, after) if before == after => {
                let combined = |value: &Value| value.get("allOf").is_some();
                if !combined(self.old.at(old)) && !combined(self.new.at(new)) {
                    self.declared_type(old, new, reach);
                }
                return true;
            }
            ("any", _) | ("number", "integer") => Shift::Narrower,
            (_, "any") | ("integer", "number") => Shift::Wider,
            _ => Shift::Different,
        };
        let what = format!("the type is {after} now, it was {before}");
        self.changed(old, new, what, reach.wire(shift), reach.rust(true));
        false
    }

    /// `readOnly`, `writeOnly` and `default`.
    fn directions(&mut self, old: &str, new: &str, reach: Reach) {
        let (before, after) = (self.old.at(old), self.new.at(new));
        let one_way = [
            (
                "readOnly",
                "requests",
                Reach {
                    answer: false,
                    ..reach
                },
            ),
            (
                "writeOnly",
                "answers",
                Reach {
                    request: false,
                    ..reach
                },
            ),
        ];
        for (keyword, banned, reach) in one_way {
            let (wire, what) = match (before.flag(keyword), after.flag(keyword)) {
                (false, true) if keyword == "readOnly" => (
                    reach.wire(Shift::Narrower),
                    "the value is no longer part of",
                ),
                (false, true) => (reach.wire(Shift::Wider), "the value is no longer part of"),
                (true, false) => (Impact::Safe, "the value may be part of"),
                _ => continue,
            };
            self.changed(old, new, format!("{what} {banned}"), wire, Impact::Safe);
        }
        let (before, after) = (before.get("default"), after.get("default"));
        if before != after {
            let said = |value: Option<&Value>| value.map_or("none".to_owned(), Value::to_string);
            let what = format!(
                "the default is {} now, it was {}",
                said(after),
                said(before)
            );
            // It is what the service does about a field that is not sent.
            let wire = super::reach::breaking_if(reach.request);
            self.changed(old, new, what, wire, Impact::Safe);
        }
    }

    /// Compares all components: those of the same name, and those that have another name now.
    pub fn component_schemas(&mut self) {
        let mut index = 0;
        // Comparing may find more pairs.
        while let Some((old_name, new_name)) = self.pairs.get(index) {
            index += 1;
            let (old, new) = (component(&old_name), component(&new_name));
            let reach = self.reach(&old_name, &new_name);
            if old_name != new_name {
                let what = format!("the schema `{old_name}` is called `{new_name}` now");
                self.changed(&old, &new, what, Impact::Safe, reach.rust(true));
            }
            self.own_nullable(&old, &new, reach);
            self.schema_body(&old, &new, reach);
        }
        for (name, _) in members(self.old.at("/components/schemas")) {
            if self.pairs.new_name(name).is_none() {
                let rust = self.old_reach(name).rust(true);
                self.removed(
                    &component(name),
                    format!("the schema `{name}` is gone"),
                    Impact::Safe,
                    rust,
                );
            }
        }
        for (name, _) in members(self.new.at("/components/schemas")) {
            if !self.pairs.is_new_paired(name) {
                let what = format!("the schema `{name}` is new");
                self.added(&component(name), what, Impact::Safe, Impact::Safe);
            }
        }
    }

    /// `nullable` of a component itself, which its users do not see.
    fn own_nullable(&mut self, old: &str, new: &str, reach: Reach) {
        let (before, after) = (self.old.at(old), self.new.at(new));
        let (shift, what) = match (before.flag("nullable"), after.flag("nullable")) {
            (false, true) => (Shift::Wider, "the value may be null now"),
            (true, false) => (Shift::Narrower, "the value may no longer be null"),
            _ => return,
        };
        self.changed(
            old,
            new,
            what.to_owned(),
            reach.wire(shift),
            reach.rust(true),
        );
    }
}

fn is_option(found: &Use<'_>, required: bool) -> bool {
    found.nullable || (!required && !absent_when_empty(found))
}

/// The members of an object; nothing else has any.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
