//! Examples and defaults: each has to fit the schema that it illustrates.

use serde_json::Value;

use super::super::schema::{Direction, Schemas, Strictness};
use super::enums::words_of;
use super::report::Report;
use crate::media_type::{is_form, is_json};
use crate::outline::grammar::Kind;
use crate::outline::{Node, Outline};
use crate::pointer;

pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    if report.has(&super::references::BREAKING) {
        // The schemas cannot be put together; what they say will be checked when they can.
        return;
    }
    let schemas = match report.places("required-unknown").as_slice() {
        [] => Schemas::new(outline.root),
        // The names there are typos, reported already: no example can have them.
        places => Schemas::new(&without(outline.root, places)),
    };
    for node in &outline.nodes {
        let mut examples = Examples {
            outline,
            schemas: &schemas,
            report,
        };
        match node.kind {
            Kind::MediaType => examples.media_type(node),
            Kind::Parameter => examples.all(node, Direction::Request),
            Kind::Header => examples.all(node, Direction::Response),
            Kind::Schema if node.reference.is_none() => examples.schema(node),
            _ => {}
        }
    }
}

/// The document without these entries of lists.
fn without(root: &Value, places: &[String]) -> Value {
    let mut root = root.clone();
    let entry = |place: &String| {
        let (list, index) = place.rsplit_once('/')?;
        Some((list.to_owned(), index.parse::<usize>().ok()?))
    };
    let mut entries: Vec<(String, usize)> = places.iter().filter_map(entry).collect();
    // The last of a list first, so that the others stay where they are.
    entries.sort_by(|a, b| b.cmp(a));
    for (list, index) in entries {
        let list = root.pointer_mut(&list).and_then(Value::as_array_mut);
        if let Some(list) = list.filter(|list| index < list.len()) {
            list.remove(index);
        }
    }
    root
}

struct Examples<'o, 'a, 'r, 't> {
    outline: &'o Outline<'a>,
    schemas: &'o Schemas,
    report: &'r mut Report<'t>,
}

impl Examples<'_, '_, '_, '_> {
    fn media_type(&mut self, media: &Node<'_>) {
        let kind = media.name();
        // Elsewhere an example is the text that is sent, whatever the schema.
        if is_json(&kind) || is_form(&kind) || kind.starts_with("text/") {
            let direction = match self.outline.inside(media, Kind::RequestBody) {
                true => Direction::Request,
                false => Direction::Response,
            };
            self.all(media, direction);
        }
    }

    /// The `example` and `examples` beside a `schema`.
    fn all(&mut self, node: &Node<'_>, direction: Direction) {
        let Some(schema) = node.object.get("schema") else {
            return;
        };
        let (schema, _) = self.outline.follow(&node.at("schema"), schema);
        if let Some(example) = node.object.get("example") {
            self.fits("example", &schema, &node.at("example"), example, direction);
        }
        for (name, example) in node.entries("examples") {
            let place = pointer::child(&node.at("examples"), name);
            let (place, example) = self.outline.follow(&place, example);
            if let Some(value) = example.get("value") {
                let place = pointer::child(&place, "value");
                self.fits("example", &schema, &place, value, direction);
            }
        }
    }

    /// The `example` and `default` inside a schema. A `null` example of a nullable schema is one too.
    fn schema(&mut self, schema: &Node<'_>) {
        for what in ["example", "default"] {
            // The default of an enum is the business of `enum-default`.
            let elsewhere = what == "default" && words_of(self.outline, schema).is_some();
            if let Some(value) = schema.object.get(what).filter(|_| !elsewhere) {
                let place = schema.at(what);
                self.fits(what, &schema.pointer, &place, value, Direction::Either);
            }
        }
    }

    fn fits(&mut self, what: &str, schema: &str, place: &str, value: &Value, direction: Direction) {
        if self.report.has(&[]) && self.schemas.compile(schema).is_err() {
            // Another rule has said why.
            return;
        }
        let rule = match what {
            "default" => "default-mismatch",
            _ => "example-mismatch",
        };
        let strict = Strictness::Strict;
        for error in self
            .schemas
            .check_directed(schema, value, strict, direction)
        {
            let problem = format!("the {what} does not fit its schema: {}", error.message);
            let cure = format!("Correct the {what}, or the schema at {schema}.");
            let place = format!("{place}{}", error.pointer);
            self.report.add(rule, place, problem, cure);
        }
    }
}
