//! Bodies of requests, and what is common to all bodies.

use serde_json::Value;

use super::super::operation::{MediaType, Operation};
use super::super::pointer::child;
use super::Impact;
use super::comparison::Comparison;
use super::reach::{Reach, Shift, breaking_if};
use super::schemas::Presence;

pub(super) const MEDIA_TYPE_NOTES: [&str; 2] = ["example", "examples"];

impl Comparison<'_> {
    /// Compares what two operations take as a body.
    pub fn request_body(&mut self, old: &Operation, new: &Operation) {
        let (was, is) = match (&old.request_body, &new.request_body) {
            (None, None) => return,
            (Some(was), None) => {
                let what = "the operation no longer takes a body".to_owned();
                return self.removed(&was.pointer, what, Impact::Breaking, Impact::Breaking);
            }
            (None, Some(is)) => {
                let word = if is.required { "needs" } else { "may have" };
                let what = format!("the operation {word} a body now");
                // The generated method wants a body, whether it is required or not.
                return self.added(
                    &is.pointer,
                    what,
                    breaking_if(is.required),
                    Impact::Breaking,
                );
            }
            (Some(was), Some(is)) => (was, is),
        };
        if !self.first_time(&was.pointer, &is.pointer, Reach::REQUEST) {
            return;
        }
        if was.required != is.required {
            let word = if is.required {
                "is required now"
            } else {
                "is no longer required"
            };
            let wire = breaking_if(is.required);
            self.changed(
                &was.pointer,
                &is.pointer,
                format!("the body {word}"),
                wire,
                Impact::Safe,
            );
        }
        self.notes(&was.pointer, &is.pointer, &["description"]);
        for media in &was.content {
            match is.content.iter().find(|found| found.range == media.range) {
                Some(found) => {
                    self.media_type(media, found, Reach::REQUEST);
                    self.encodings(media, found);
                }
                None => {
                    let what = format!("a body of type `{}` is no longer taken", media.range);
                    self.removed(&media.pointer, what, Impact::Breaking, Impact::Breaking);
                }
            }
        }
        for media in &is.content {
            if !was.content.iter().any(|known| known.range == media.range) {
                let what = format!("a body of type `{}` is taken now", media.range);
                self.added(&media.pointer, what, Impact::Safe, Impact::Safe);
            }
        }
    }

    /// Compares the same type of a body, before and after.
    pub fn media_type(&mut self, old: &MediaType, new: &MediaType, reach: Reach) {
        let (was, is) = (old.pointer.as_str(), new.pointer.as_str());
        self.notes(was, is, &MEDIA_TYPE_NOTES);
        let (shift, what) = match (&old.schema, &new.schema) {
            (Some(old), Some(new)) => return self.schema_use(old, new, reach, Presence::REQUIRED),
            (None, None) => return,
            (Some(_), None) => (Shift::Wider, "the body has no schema any more"),
            (None, Some(_)) => (Shift::Narrower, "the body has a schema now"),
        };
        self.changed(
            was,
            is,
            what.to_owned(),
            reach.wire(shift),
            reach.rust(true),
        );
    }

    /// Compares how the fields of a form are written.
    fn encodings(&mut self, old: &MediaType, new: &MediaType) {
        let names = old.encoding.keys().chain(new.encoding.keys());
        let names: std::collections::BTreeSet<&String> = names.collect();
        for name in names {
            let place = |media: &MediaType| child(&child(&media.pointer, "encoding"), name);
            let (was, is) = (place(old), place(new));
            let text = |value: &Value| value.get("contentType").cloned();
            if text(self.old.at(&was)) != text(self.new.at(&is)) {
                let what = format!("the form field `{name}` holds another type of text");
                let json =
                    |media: &MediaType| media.encoding.get(name).is_some_and(|rules| rules.json);
                let rust = breaking_if(json(old) != json(new));
                self.changed(&was, &is, what, Impact::Breaking, rust);
            }
            let explode =
                |media: &MediaType| media.encoding.get(name).is_none_or(|rules| rules.explode);
            if explode(old) != explode(new) {
                let what =
                    format!("a list in the form field `{name}` is written otherwise (`explode`)");
                self.changed(&was, &is, what, Impact::Breaking, Impact::Safe);
            }
            self.notes(&was, &is, &[]);
        }
    }
}
