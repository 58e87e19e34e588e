//! The operations of a description, in one form for OpenAPI 2.0 and 3.x.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schemas::Schema;

use crate::keyed::Keyed;
use crate::outline::grammar::METHODS;
use crate::pointer::follow;

/// The operations of a description by path and method. The path is the same for those that differ only in the names of
/// their parameters, or in case.
pub(super) type Operations<'d> = BTreeMap<(String, String), Operation<'d>>;

/// One operation.
pub(super) struct Operation<'d> {
    /// Its `operationId`, or its method and path.
    pub name: String,
    /// Method and path, as they are written.
    pub route: String,
    /// Parameters by place and name; those of the path by their number in it.
    pub parameters: BTreeMap<(String, String), Parameter<'d>>,
    /// The schema of the body that is sent.
    pub body: Option<Schema<'d>>,
    /// The schema of the answer that is a success.
    pub answer: Option<Schema<'d>>,
}

/// One parameter.
pub(super) struct Parameter<'d> {
    pub name: &'d str,
    pub required: bool,
    pub schema: Schema<'d>,
}

pub(super) fn read(root: &Value) -> Operations<'_> {
    let mut operations = BTreeMap::new();
    for (path, item) in root.entries("paths") {
        for method in METHODS {
            if let Some(read) = Operation::read(root, path, item, method) {
                operations.insert((same_path(path), method.to_owned()), read);
            }
        }
    }
    operations
}

impl<'d> Operation<'d> {
    fn read(root: &'d Value, path: &str, item: &'d Value, method: &str) -> Option<Self> {
        let operation = item.get(method)?;
        let route = format!("{} {path}", method.to_uppercase());
        let id = operation.text("operationId");
        let mut read = Operation {
            name: id.map_or_else(|| route.clone(), str::to_owned),
            route,
            parameters: BTreeMap::new(),
            body: None,
            answer: None,
        };
        let schema = |value| Schema::new(root, value);
        // Those of the operation come last: they take the place of those of its path.
        for owner in [item, operation] {
            for parameter in owner.list("parameters") {
                read.add_parameter(root, path, follow(root, parameter).unwrap_or(parameter));
            }
        }
        if let Some(body) = operation.get("requestBody") {
            read.body = content(follow(root, body).unwrap_or(body)).map(schema);
        }
        let mut answers = operation.entries("responses");
        if let Some((_, answer)) = answers.find(|(status, _)| status.starts_with('2')) {
            let answer = follow(root, answer).unwrap_or(answer);
            let answer = answer.get("schema").or_else(|| content(answer));
            read.answer = answer.map(schema);
        }
        Some(read)
    }

    fn add_parameter(&mut self, root: &'d Value, path: &str, parameter: &'d Value) {
        let schema = parameter.get("schema");
        let text = |key: &str| parameter.text(key).unwrap_or_default();
        let (name, place) = (text("name"), text("in"));
        if place == "body" {
            self.body = schema.map(|schema| Schema::new(root, schema));
            return;
        }
        let key = match place {
            "path" => number_in(path, name).to_string(),
            "header" => name.to_lowercase(),
            _ => name.to_owned(),
        };
        let read = Parameter {
            name,
            required: parameter.flag("required"),
            // In 2.0 a parameter is its own schema.
            schema: Schema::new(root, schema.unwrap_or(parameter)),
        };
        self.parameters.insert((place.to_owned(), key), read);
    }
}

/// The schema of the first content that has one; JSON before others.
fn content(holder: &Value) -> Option<&Value> {
    let content = holder.get("content")?.as_object()?;
    let json = content.iter().find(|(kind, _)| kind.contains("json"));
    let (_, media) = json.or_else(|| content.iter().next())?;
    media.get("schema")
}

/// The path without the names of its parameters.
fn same_path(path: &str) -> String {
    let segments = path.trim_end_matches('/').split('/').map(|segment| {
        match segment.starts_with('{') && segment.ends_with('}') {
            true => "{}".to_owned(),
            false => segment.to_lowercase(),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Which parameter of the path this is, counted from 0.
fn number_in(path: &str, name: &str) -> usize {
    let wanted = format!("{{{name}}}");
    let before = path.find(&wanted).and_then(|at| path.get(..at));
    before.map_or(usize::MAX, |before| before.matches('{').count())
}
