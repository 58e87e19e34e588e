//! Parameters of requests.

use super::super::operation::{Location, Operation, Parameter};
use super::bodies::required;
use super::comparison::{Comparison, Entry, Place, paired};
use super::operations::{path_names, same_name};
use super::reach::{Impacts, Reach, Shift};
use super::schemas::Presence;
use crate::keyed::Keyed;

pub(super) const PARAMETER_NOTES: [&str; 4] = ["description", "deprecated", "example", "examples"];

impl Comparison<'_> {
    /// Compares the parameters of two operations.
    pub fn parameters(&mut self, old: &Operation, new: &Operation) {
        let renamed = path_names(old, new);
        let same = |was: &Parameter, is: &Parameter| {
            let mut renamed = renamed.iter();
            let found =
                renamed.find(|(name, _)| was.location == Location::Path && *name == was.name);
            let wanted = found.map_or(was.name.as_str(), |(_, name)| name);
            was.location == is.location && same_name(is.location, wanted, &is.name)
        };
        let moved = |was: &Parameter, is: &Parameter| was.name == is.name;
        for entry in paired(&old.parameters, &new.parameters, &[&same, &moved]) {
            match entry {
                Entry::Both(was, is) => self.parameter(was, is),
                Entry::Gone(was) => {
                    let what = format!("the {} parameter `{}` is gone", was.location, was.name);
                    self.removed(&used_at(old, was), what, Impacts::BREAKING);
                }
                Entry::New(is) => {
                    let kind = if is.required { "required " } else { "" };
                    let what = format!("the {kind}{} parameter `{}` is new", is.location, is.name);
                    let impacts = Impacts::of(is.required, is.required);
                    self.added(&used_at(new, is), what, impacts);
                }
            }
        }
    }

    fn parameter(&mut self, old: &Parameter, new: &Parameter) {
        let place = &Place::new(&old.pointer, &new.pointer);
        // A parameter that operations share has changed once.
        if !self.first_time(place, Reach::REQUEST) {
            return;
        }
        let name = format!("the {} parameter `{}`", old.location, old.name);
        if !same_name(old.location, &old.name, &new.name) {
            let what = format!("{name} is called `{}` now", new.name);
            let sent = old.location != Location::Path;
            self.changed(place, what, Impacts::of(sent, true));
        }
        if old.location != new.location {
            let what = format!("{name} is part of the {} now", new.location);
            self.changed(place, what, Impacts::WIRE);
        }
        if old.required != new.required {
            let what = format!("{name} {}", required(new.required));
            self.changed(place, what, Impacts::of(new.required, new.required));
        }
        // Elsewhere, lists are written otherwise anyway.
        if old.explode != new.explode && old.location == new.location {
            let what = format!("a list in {name} is serialized differently (`explode`)");
            self.changed(place, what, Impacts::WIRE);
        }
        if old.json != new.json {
            let no_longer = if new.json { "" } else { "no longer " };
            let what = format!("{name} is {no_longer}JSON text now");
            self.changed(place, what, Impacts::BREAKING);
        }
        if old.allow_empty != new.allow_empty {
            let word = match new.allow_empty {
                true => "may be empty now",
                false => "may no longer be empty",
            };
            let impacts = Impacts::of(!new.allow_empty, false);
            self.changed(place, format!("{name} {word}"), impacts);
        }
        let (before, after) = self.values(place);
        let (was, is) = (before.flag("allowReserved"), after.flag("allowReserved"));
        if was != is {
            let what = format!("{name} is percent-encoded differently (`allowReserved`)");
            self.changed(place, what, Impacts::of(was, false));
        }
        self.notes(place, &PARAMETER_NOTES);
        let schema = Place::new(&old.schema, &new.schema);
        self.schema_use(&schema, Reach::REQUEST, Presence::REQUIRED);
    }

    /// Compares the headers of two answers.
    pub fn answer_headers(&mut self, old: &[Parameter], new: &[Parameter]) {
        let same = |was: &Parameter, is: &Parameter| was.name.eq_ignore_ascii_case(&is.name);
        for entry in paired(old, new, &[&same]) {
            match entry {
                Entry::Both(was, is) => self.answer_header(was, is),
                Entry::Gone(Parameter { name, pointer, .. }) => {
                    let what = format!("the header `{name}` of the answer is gone");
                    self.removed(pointer, what, Impacts::WIRE);
                }
                Entry::New(Parameter { name, pointer, .. }) => {
                    let what = format!("the header `{name}` of the answer is new");
                    self.added(pointer, what, Impacts::SAFE);
                }
            }
        }
    }

    fn answer_header(&mut self, old: &Parameter, new: &Parameter) {
        let place = Place::new(&old.pointer, &new.pointer);
        let reach = Reach::UNTYPED_ANSWER;
        if !self.first_time(&place, reach) {
            return;
        }
        let name = format!("the header `{}` of the answer", old.name);
        if old.required != new.required {
            let (shift, word) = match new.required {
                true => (Shift::Narrower, "is always there now"),
                false => (Shift::Wider, "may be absent now"),
            };
            let what = format!("{name} {word}");
            self.changed(&place, what, reach.shifted(shift, false));
        }
        if old.explode != new.explode || old.json != new.json {
            let what = format!("{name} is serialized differently");
            self.changed(&place, what, Impacts::WIRE);
        }
        self.notes(&place, &PARAMETER_NOTES);
        let schema = Place::new(&old.schema, &new.schema);
        self.schema_use(&schema, reach, Presence::REQUIRED);
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
