//! Bodies of requests, and what is common to all bodies.

use std::collections::BTreeSet;

use super::super::operation::{FieldEncoding, MediaType, Operation};
use super::comparison::{Comparison, Entry, Place, paired};
use super::reach::{Impacts, Reach, Shift};
use super::schemas::Presence;

pub(super) const MEDIA_TYPE_NOTES: [&str; 2] = ["example", "examples"];

impl Comparison<'_> {
    /// Compares what two operations take as a body.
    pub fn request_body(&mut self, old: &Operation, new: &Operation) {
        let (was, is) = match (&old.request_body, &new.request_body) {
            (None, None) => return,
            (Some(was), None) => {
                let what = "the operation no longer takes a body";
                return self.removed(&was.pointer, what, Impacts::BREAKING);
            }
            (None, Some(is)) => {
                let word = if is.required { "needs" } else { "may have" };
                let what = format!("the operation {word} a body now");
                // The generated method wants a body, whether it is required or not.
                return self.added(&is.pointer, what, Impacts::of(is.required, true));
            }
            (Some(was), Some(is)) => (was, is),
        };
        let place = Place::new(&was.pointer, &is.pointer);
        if !self.first_time(&place, Reach::REQUEST) {
            return;
        }
        if was.required != is.required {
            let what = format!("the body {}", required(is.required));
            self.changed(&place, what, Impacts::of(is.required, false));
        }
        self.notes(&place, &["description"]);
        let same = |was: &MediaType, is: &MediaType| was.range == is.range;
        for entry in paired(&was.content, &is.content, &[&same]) {
            match entry {
                Entry::Both(was, is) => {
                    self.media_type(was, is, Reach::REQUEST);
                    self.encodings(was, is);
                }
                Entry::Gone(MediaType { range, pointer, .. }) => {
                    let what = format!("a body of type `{range}` is no longer accepted");
                    self.removed(pointer, what, Impacts::BREAKING);
                }
                Entry::New(MediaType { range, pointer, .. }) => {
                    let what = format!("a body of type `{range}` is accepted now");
                    self.added(pointer, what, Impacts::SAFE);
                }
            }
        }
    }

    /// Compares the same type of a body, before and after.
    pub fn media_type(&mut self, old: &MediaType, new: &MediaType, reach: Reach) {
        let place = Place::new(&old.pointer, &new.pointer);
        self.notes(&place, &MEDIA_TYPE_NOTES);
        let (shift, what) = match (&old.schema, &new.schema) {
            (Some(old), Some(new)) => {
                return self.schema_use(&Place::new(old, new), reach, Presence::REQUIRED);
            }
            (None, None) => return,
            (Some(_), None) => (Shift::Wider, "the body has no schema any more"),
            (None, Some(_)) => (Shift::Narrower, "the body has a schema now"),
        };
        self.changed(&place, what, reach.shifted(shift, true));
    }

    /// Compares how the fields of a form are written.
    fn encodings(&mut self, old: &MediaType, new: &MediaType) {
        let place = Place::new(&old.pointer, &new.pointer).child("encoding");
        let names: BTreeSet<&String> = old.encoding.keys().chain(new.encoding.keys()).collect();
        for name in names {
            let place = place.child(name);
            let (was, is) = (old.encoding.get(name), new.encoding.get(name));
            let (kind_before, kind_after) = self.members(&place, "contentType");
            if kind_before != kind_after {
                let what = format!("the form field `{name}` holds another type of text");
                let json = |rules: &FieldEncoding| rules.json;
                let retyped = was.is_some_and(json) != is.is_some_and(json);
                self.changed(&place, what, Impacts::of(true, retyped));
            }
            let explode = |rules: &FieldEncoding| rules.explode;
            if was.is_none_or(explode) != is.is_none_or(explode) {
                let what = format!(
                    "a list in the form field `{name}` is serialized differently \
                             (`explode`)"
                );
                self.changed(&place, what, Impacts::WIRE);
            }
            self.notes(&place, &[]);
        }
    }
}

/// How people say that something may not be left out any more, or may be now.
pub(super) fn required(now: bool) -> &'static str {
    match now {
        true => "is required now",
        false => "is no longer required",
    }
}
