//! `oneOf`, `anyOf`, `allOf`, `not` and the discriminator.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::outline::grammar::{SCHEMA_NOTES, is_note};
use super::comparison::{Comparison, Entry, Place, Side, paired};
use super::objects::MAX_DEPTH;
use super::pairs::{component, component_of};
use super::reach::{Reach, Shift};
use super::schemas::{Presence, kind, members};
use crate::keyed::Keyed;

impl Comparison<'_> {
    /// Compares one such keyword of two schemas.
    pub fn combination(&mut self, place: &Place, keyword: &str, reach: Reach) {
        let (was, is) = self.members(place, keyword);
        let (shift, other_type, word) = match (keyword, was, is) {
            (_, None, None) => return,
            ("allOf", _, _) => return self.all_of(place, reach),
            ("oneOf" | "anyOf", Some(Value::Array(was)), Some(Value::Array(is))) => {
                return self.alternatives(&place.child(keyword), was, is, reach);
            }
            ("discriminator", was, is) if was == is => return,
            ("not", Some(was), Some(is)) if self.pairs.are_same(was, is) => return,
            ("discriminator", _, _) => {
                let what = "the discriminator has changed";
                return self.changed(place, what, reach.shifted(Shift::Different, false));
            }
            ("not", Some(_), Some(_)) => (Shift::Different, true, "has changed"),
            (_, None, _) => (Shift::Narrower, true, "is new"),
            (_, Some(_), _) => (Shift::Wider, true, "is gone"),
        };
        let what = format!("`{keyword}` {word}");
        self.changed(place, what, reach.shifted(shift, other_type));
    }

    /// Each member is compared with its counterpart; those without one in their order.
    fn alternatives(&mut self, place: &Place, was: &[Value], is: &[Value], reach: Reach) {
        type Member<'v> = (usize, &'v Value);
        let same = |was: Member<'_>, is: Member<'_>| self.pairs.are_same(was.1, is.1);
        let (was, is) = (was.iter().enumerate(), is.iter().enumerate());
        for entry in paired(was, is, &[&same, &|_, _| true]) {
            let old = |index: usize| format!("{}/{index}", place.old);
            let new = |index: usize| format!("{}/{index}", place.new);
            match entry {
                Entry::Both((was, _), (is, _)) => {
                    let place = Place::new(old(was), new(is));
                    self.schema_use(&place, reach, Presence::REQUIRED);
                }
                Entry::Gone((was, _)) => {
                    let impacts = reach.shifted(Shift::Narrower, true);
                    self.removed(&old(was), "an alternative is gone", impacts);
                }
                Entry::New((is, _)) => {
                    let impacts = reach.shifted(Shift::Wider, true);
                    self.added(&new(is), "an alternative is new", impacts);
                }
            }
        }
    }

    /// The fields are compared with those of the whole object; here, all that is not about fields.
    fn all_of(&mut self, place: &Place, reach: Reach) {
        let (was, is) = self.values(place);
        let (before, after) = (Parts::of(was), Parts::of(is));
        // What both consist of is compared elsewhere.
        let shared = before.components.iter().filter_map(|part| {
            let new = self.pairs.new_name(part)?;
            after.components.contains(new).then_some((*part, new))
        });
        let (old_parts, new_parts) = shared.unzip();
        if before.said(self.old, &old_parts) != after.said(self.new, &new_parts) {
            let what = "`allOf` bounds values differently";
            self.changed(place, what, reach.shifted(Shift::Different, true));
        }
        let place = place.child("allOf");
        for index in 0..was.list("allOf").len().min(is.list("allOf").len()) {
            self.notes(&place.child(&index.to_string()), &SCHEMA_NOTES);
        }
    }
}

/// What the members of an `allOf` consist of, besides fields.
#[derive(Default)]
struct Parts<'d> {
    /// Components that are members.
    components: BTreeSet<&'d str>,
    /// Keywords with their values.
    said: BTreeSet<String>,
}

impl<'d> Parts<'d> {
    fn of(schema: &'d Value) -> Self {
        let mut parts = Self::default();
        parts.collect(schema, 0);
        parts
    }

    fn collect(&mut self, schema: &'d Value, depth: usize) {
        self.said.insert(format!("type: {}", kind(schema)));
        for member in schema.list("allOf") {
            if let Some(target) = member.text("$ref") {
                let name = component_of(target.trim_start_matches('#'));
                self.components.extend(name);
                continue;
            }
            let own = said_by(member).filter(|(key, _)| *key != "allOf");
            self.said.extend(own.map(|(_, text)| text));
            if depth < MAX_DEPTH {
                self.collect(member, depth + 1);
            }
        }
    }

    /// All that is said, by components too, but for those `apart`.
    fn said(&self, side: Side<'d>, apart: &BTreeSet<&str>) -> BTreeSet<String> {
        let mut said = self.said.clone();
        for name in self.components.difference(apart) {
            let schema = side.at(&component(name));
            said.insert(format!("type: {}", kind(schema)));
            said.extend(said_by(schema).map(|(_, text)| text));
        }
        said
    }
}

/// The keywords of a schema that are not about fields, each with its value.
fn said_by(schema: &Value) -> impl Iterator<Item = (&str, String)> {
    let of_fields = |key: &str| matches!(key, "properties" | "required" | "type") || is_note(key);
    let keywords = members(schema).filter(move |(key, _)| !of_fields(key));
    keywords.map(|(key, value)| (key.as_str(), format!("{key}: {value}")))
}
