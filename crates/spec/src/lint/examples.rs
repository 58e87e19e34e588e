//! Examples and defaults: each has to fit the schema that it illustrates.

use serde_json::Value;

use super::super::schema::{Direction, Schemas, Strictness};
use super::bodies::{is_form, is_json};
use super::enums::words_of;
use super::report::Report;
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
        // What they name is a slip of the pen, told already: no example can have it.
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
        let kind = pointer::last(&media.pointer);
        // Elsewhere an example is the text that is sent, whatever the schema.
        if is_json(&kind) || is_form(&kind) || kind.starts_with("text/") {
            let request = self.outline.inside(media, Kind::RequestBody);
            self.all(
                media,
                if request {
                    Direction::Request
                } else {
                    Direction::Response
                },
            );
        }
    }

    /// The `example` and `examples` beside a `schema`.
    fn all(&mut self, node: &Node<'_>, direction: Direction) {
        let Some(schema) = node.object.get("schema") else {
            return;
        };
        let (schema, _) = self.outline.follow(&node.at("schema"), schema);
        if let Some(example) = node.object.get("example") {
            self.fits(
                "example-mismatch",
                &schema,
                &node.at("example"),
                example,
                direction,
            );
        }
        for (name, example) in node.entries("examples") {
            let place = pointer::child(&node.at("examples"), name);
            let (place, example) = self.outline.follow(&place, example);
            if let Some(value) = example.get("value") {
                self.fits(
                    "example-mismatch",
                    &schema,
                    &pointer::child(&place, "value"),
                    value,
                    direction,
                );
            }
        }
    }

    /// The `example` and `default` inside a schema. A `null` example of a nullable schema is one too.
    fn schema(&mut self, schema: &Node<'_>) {
        let place = &schema.pointer;
        if let Some(example) = schema.object.get("example") {
            self.fits(
                "example-mismatch",
                place,
                &schema.at("example"),
                example,
                Direction::Either,
            );
        }
        // The default of an enum is the business of `enum-default`.
        let default = schema.object.get("default");
        if let Some(default) = default.filter(|_| words_of(self.outline, schema).is_none()) {
            self.fits(
                "default-mismatch",
                place,
                &schema.at("default"),
                default,
                Direction::Either,
            );
        }
    }

    fn fits(
        &mut self,
        rule: &'static str,
        schema: &str,
        place: &str,
        value: &Value,
        direction: Direction,
    ) {
        if self.report.has(&[]) && self.schemas.compile(schema).is_err() {
            // Another rule has said why.
            return;
        }
        let what = if rule == "default-mismatch" {
            "default"
        } else {
            "example"
        };
        for error in self
            .schemas
            .check_directed(schema, value, Strictness::Strict, direction)
        {
            let problem = format!("the {what} does not fit its schema: {}", error.message);
            let cure = format!("Correct the {what}, or the schema at {schema}.");
            self.report
                .add(rule, format!("{place}{}", error.pointer), problem, cure);
        }
    }
}
