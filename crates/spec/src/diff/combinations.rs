//! `oneOf`, `anyOf`, `allOf`, `not` and the discriminator.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::outline::grammar::{SCHEMA_NOTES, is_note};
use super::super::pointer::child;
use super::comparison::{Comparison, Side};
use super::objects::MAX_DEPTH;
use super::pairs::{component, component_of};
use super::reach::{Reach, Shift};
use super::schemas::{Presence, kind};
use crate::keyed::Keyed;

impl Comparison<'_> {
    /// Compares one such keyword of two schemas.
    pub fn combination(&mut self, old: &str, new: &str, keyword: &str, reach: Reach) {
        let (was, is) = (self.old.at(old).get(keyword), self.new.at(new).get(keyword));
        match (keyword, was, is) {
            (_, None, None) => {}
            ("discriminator", was, is) => {
                if was != is {
                    let what = "the discriminator has changed".to_owned();
                    self.changed(
                        old,
                        new,
                        what,
                        reach.wire(Shift::Different),
                        reach.rust(false),
                    );
                }
            }
            ("oneOf" | "anyOf", Some(Value::Array(_)), Some(Value::Array(_))) => {
                self.alternatives(&child(old, keyword), &child(new, keyword), reach);
            }
            ("allOf", _, _) => self.all_of(old, new, reach),
            ("not", Some(was), Some(is)) => {
                if !self
                    .pairs
                    .are_same((self.old.root, was), (self.new.root, is))
                {
                    let what = "`not` has changed".to_owned();
                    self.changed(
                        old,
                        new,
                        what,
                        reach.wire(Shift::Different),
                        reach.rust(true),
                    );
                }
            }
            (_, was, _) => {
                let (shift, word) = match was {
                    None => (Shift::Narrower, "new"),
                    Some(_) => (Shift::Wider, "gone"),
                };
                let what = format!("`{keyword}` is {word}");
                self.changed(old, new, what, reach.wire(shift), reach.rust(true));
            }
        }
    }

    fn alternative(&mut self, old: &str, index: usize, new: &str, found: usize, reach: Reach) {
        let (old, new) = (format!("{old}/{index}"), format!("{new}/{found}"));
        self.schema_use(&old, &new, reach, Presence::REQUIRED);
    }

    /// Each member is compared with its counterpart; those without one in their order.
    fn alternatives(&mut self, old: &str, new: &str, reach: Reach) {
        let none = Vec::new();
        let (was, is) = (self.old.at(old), self.new.at(new));
        let was = was.as_array().unwrap_or(&none);
        let is = is.as_array().unwrap_or(&none);
        let mut left: Vec<usize> = (0..is.len()).collect();
        let mut lost = Vec::new();
        for (index, member) in was.iter().enumerate() {
            let counterpart = left.iter().position(|candidate| {
                let candidate = is.get(*candidate).unwrap_or(&Value::Null);
                self.pairs
                    .are_same((self.old.root, member), (self.new.root, candidate))
            });
            match counterpart.map(|at| left.remove(at)) {
                Some(found) => self.alternative(old, index, new, found, reach),
                None => lost.push(index),
            }
        }
        let mut left = left.into_iter();
        for index in lost {
            match left.next() {
                Some(found) => self.alternative(old, index, new, found, reach),
                None => {
                    let what = "an alternative is gone".to_owned();
                    let wire = reach.wire(Shift::Narrower);
                    self.removed(&format!("{old}/{index}"), what, wire, reach.rust(true));
                }
            }
        }
        for found in left {
            let what = "an alternative is new".to_owned();
            self.added(
                &format!("{new}/{found}"),
                what,
                reach.wire(Shift::Wider),
                reach.rust(true),
            );
        }
    }

    /// The fields are compared with those of the whole object; here, all that is not about fields.
    fn all_of(&mut self, old: &str, new: &str, reach: Reach) {
        let (mut before, mut after) = (Parts::default(), Parts::default());
        before.collect(self.old.at(old), 0);
        after.collect(self.new.at(new), 0);
        // What both consist of is compared elsewhere.
        let shared: Vec<(&str, &str)> = before
            .components
            .iter()
            .filter_map(|part| Some((*part, self.pairs.new_name(part)?)))
            .filter(|(_, part)| after.components.contains(part))
            .collect();
        let (old_parts, new_parts) = shared.into_iter().unzip();
        let said_before = before.said(self.old, &old_parts);
        let said_after = after.said(self.new, &new_parts);
        if said_before != said_after {
            let what = "`allOf` bounds values otherwise".to_owned();
            let wire = reach.wire(Shift::Different);
            self.changed(old, new, what, wire, reach.rust(true));
        }
        let count = |value: &Value| {
            let members = value.get("allOf").and_then(Value::as_array);
            members.map_or(0, Vec::len)
        };
        for index in 0..count(self.old.at(old)).min(count(self.new.at(new))) {
            let place = |pointer: &str| format!("{pointer}/allOf/{index}");
            self.notes(&place(old), &place(new), &SCHEMA_NOTES);
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
    fn collect(&mut self, schema: &'d Value, depth: usize) {
        self.said.insert(format!("type: {}", kind(schema)));
        let members = schema.get("allOf").and_then(Value::as_array);
        for member in members.into_iter().flatten() {
            let target = member.text("$ref");
            if let Some(target) = target.map(|target| target.trim_start_matches('#')) {
                self.components.extend(component_of(target));
                continue;
            }
            let fields = ["properties", "required", "type", "allOf"];
            let keywords = member.as_object().into_iter().flatten();
            let others =
                keywords.filter(|(key, _)| !fields.contains(&key.as_str()) && !is_note(key));
            self.said
                .extend(others.map(|(key, value)| format!("{key}: {value}")));
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
            let keywords = schema.as_object().into_iter().flatten();
            let fields = ["properties", "required", "type"];
            let others =
                keywords.filter(|(key, _)| !fields.contains(&key.as_str()) && !is_note(key));
            said.extend(others.map(|(key, value)| format!("{key}: {value}")));
        }
        said
    }
}
