//! `oneOf`, `anyOf`, `allOf`, `not` and the discriminator.

use serde_json::Value;

use super::super::reference::child;
use super::comparison::Comparison;
use super::pairs::{SCHEMA_NOTES, is_note};
use super::reach::{Reach, Shift};
use super::schemas::Presence;

/// The keywords that are made of other schemas.
pub(super) const COMBINATIONS: [&str; 5] = ["oneOf", "anyOf", "allOf", "not", "discriminator"];

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
            ("allOf", was, is) => self.all_of(old, new, was, is, reach),
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
    fn all_of(
        &mut self,
        old: &str,
        new: &str,
        was: Option<&Value>,
        is: Option<&Value>,
        reach: Reach,
    ) {
        let (before, after) = (others(was), others(is));
        if before != after {
            let what = "`allOf` bounds values otherwise".to_owned();
            self.changed(
                old,
                new,
                what,
                reach.wire(Shift::Different),
                reach.rust(true),
            );
        }
        let count = |list: Option<&Value>| list.and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count(was).min(count(is)) {
            let place = |pointer: &str| format!("{pointer}/allOf/{index}");
            self.notes(&place(old), &place(new), &SCHEMA_NOTES);
        }
    }
}

/// What the members of an `allOf` say besides their fields, in no order.
fn others(list: Option<&Value>) -> Vec<String> {
    let members = list.and_then(Value::as_array).into_iter().flatten();
    let mut said: Vec<String> = members
        .filter_map(Value::as_object)
        .flatten()
        .filter(|(key, _)| {
            let fields = ["properties", "required", "type", "$ref", "allOf"];
            !fields.contains(&key.as_str()) && !is_note(key)
        })
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    said.sort();
    said
}
