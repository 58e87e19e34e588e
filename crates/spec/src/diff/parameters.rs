//! Parameters of requests.

use serde_json::Value;

use super::super::operation::{Location, Operation, Parameter};
use super::Impact;
use super::comparison::Comparison;
use super::operations::same_name;
use super::reach::{Reach, Shift, breaking_if};
use super::schemas::Presence;
use crate::keyed::Keyed;

pub(super) const PARAMETER_NOTES: [&str; 4] = ["description", "deprecated", "example", "examples"];

impl Comparison<'_> {
    /// Compares the parameters of two operations. `renamed` are those of the path, by place.
    pub fn parameters(&mut self, old: &Operation, new: &Operation, renamed: &[(String, String)]) {
        let mut left: Vec<&Parameter> = new.parameters.iter().collect();
        let mut lost = Vec::new();
        for parameter in &old.parameters {
            let wanted = renamed
                .iter()
                .find(|(name, _)| parameter.location == Location::Path && *name == parameter.name);
            let wanted = wanted.map_or(&parameter.name, |(_, name)| name);
            let found = left.iter().position(|candidate| {
                candidate.location == parameter.location
                    && same_name(candidate.location, wanted, &candidate.name)
            });
            match found.map(|at| left.remove(at)) {
                Some(found) => self.parameter(parameter, found),
                None => lost.push(parameter),
            }
        }
        for parameter in lost {
            let moved = left
                .iter()
                .position(|candidate| candidate.name == parameter.name);
            if let Some(found) = moved.map(|at| left.remove(at)) {
                self.parameter(parameter, found);
                continue;
            }
            let what = format!(
                "the {} parameter `{}` is gone",
                parameter.location, parameter.name
            );
            let old = used_at(old, parameter);
            self.removed(&old, what, Impact::Breaking, Impact::Breaking);
        }
        for parameter in left {
            let needed = breaking_if(parameter.required);
            let kind = if parameter.required { "required " } else { "" };
            let what = format!(
                "the {kind}{} parameter `{}` is new",
                parameter.location, parameter.name
            );
            self.added(&used_at(new, parameter), what, needed, needed);
        }
    }

    fn parameter(&mut self, old: &Parameter, new: &Parameter) {
        let (was, is) = (old.pointer.as_str(), new.pointer.as_str());
        // A parameter that operations share has changed once.
        if !self.first_time(was, is, Reach::REQUEST) {
            return;
        }
        let name = format!("the {} parameter `{}`", old.location, old.name);
        if !same_name(old.location, &old.name, &new.name) {
            let what = format!("{name} is called `{}` now", new.name);
            let wire = breaking_if(old.location != Location::Path);
            self.changed(was, is, what, wire, Impact::Breaking);
        }
        if old.location != new.location {
            let what = format!("{name} is part of the {} now", new.location);
            self.changed(was, is, what, Impact::Breaking, Impact::Safe);
        }
        if old.required != new.required {
            let word = if new.required {
                "is required now"
            } else {
                "is no longer required"
            };
            let needed = breaking_if(new.required);
            self.changed(was, is, format!("{name} {word}"), needed, needed);
        }
        // Elsewhere, lists are written otherwise anyway.
        if old.explode != new.explode && old.location == new.location {
            let what = format!("a list in {name} is written otherwise (`explode`)");
            self.changed(was, is, what, Impact::Breaking, Impact::Safe);
        }
        if old.json != new.json {
            let what = format!(
                "{name} is {} now",
                if new.json {
                    "JSON text"
                } else {
                    "no longer JSON text"
                }
            );
            self.changed(was, is, what, Impact::Breaking, Impact::Breaking);
        }
        if old.allow_empty != new.allow_empty {
            let word = if new.allow_empty {
                "may be empty now"
            } else {
                "may no longer be empty"
            };
            let wire = breaking_if(!new.allow_empty);
            self.changed(was, is, format!("{name} {word}"), wire, Impact::Safe);
        }
        let reserved = |value: &Value| value.flag("allowReserved");
        let (reserved_before, reserved_after) =
            (reserved(self.old.at(was)), reserved(self.new.at(is)));
        if reserved_before != reserved_after {
            let what = format!("{name} is percent-encoded otherwise (`allowReserved`)");
            self.changed(was, is, what, breaking_if(reserved_before), Impact::Safe);
        }
        self.notes(was, is, &PARAMETER_NOTES);
        self.schema_use(&old.schema, &new.schema, Reach::REQUEST, Presence::REQUIRED);
    }

    /// Compares the headers of two answers.
    pub fn answer_headers(&mut self, old: &[Parameter], new: &[Parameter]) {
        let reach = Reach::UNTYPED_ANSWER;
        for header in old {
            let found = new
                .iter()
                .find(|found| found.name.eq_ignore_ascii_case(&header.name));
            let Some(found) = found else {
                let what = format!("the header `{}` of the answer is gone", header.name);
                self.removed(&header.pointer, what, Impact::Breaking, Impact::Safe);
                continue;
            };
            let (was, is) = (header.pointer.as_str(), found.pointer.as_str());
            if !self.first_time(was, is, reach) {
                continue;
            }
            if header.required != found.required {
                let (shift, word) = match found.required {
                    true => (Shift::Narrower, "is always there now"),
                    false => (Shift::Wider, "may be absent now"),
                };
                let what = format!("the header `{}` of the answer {word}", header.name);
                self.changed(was, is, what, reach.wire(shift), Impact::Safe);
            }
            if header.explode != found.explode || header.json != found.json {
                let what = format!(
                    "the header `{}` of the answer is written otherwise",
                    header.name
                );
                self.changed(was, is, what, Impact::Breaking, Impact::Safe);
            }
            self.notes(was, is, &PARAMETER_NOTES);
            self.schema_use(&header.schema, &found.schema, reach, Presence::REQUIRED);
        }
        for header in new {
            if !old
                .iter()
                .any(|known| known.name.eq_ignore_ascii_case(&header.name))
            {
                let what = format!("the header `{}` of the answer is new", header.name);
                self.added(&header.pointer, what, Impact::Safe, Impact::Safe);
            }
        }
    }
}

/// A shared parameter that is gone from one operation is a change of that operation.
fn used_at(operation: &Operation, parameter: &Parameter) -> String {
    if parameter.pointer.starts_with("/components/") {
        format!("{}/parameters", operation.pointer)
    } else {
        parameter.pointer.clone()
    }
}
