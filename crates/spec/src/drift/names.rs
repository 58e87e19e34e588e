//! What a part of a document is called by people.

use super::super::document::Document;
use super::super::pointer;

/// The names of a document's operations, by pointer.
#[derive(Debug)]
pub(super) struct Names<'d> {
    operations: Vec<(&'d str, &'d str)>,
}

impl<'d> Names<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let operations = document.operations().iter();
        Names {
            operations: operations
                .map(|one| (one.pointer.as_str(), one.id.as_str()))
                .collect(),
        }
    }

    /// `Run.stages[].name` for what stands below a component, `getRun 200.name` for what stands in an operation.
    pub(super) fn of(&self, pointer: &str) -> String {
        let mut operations = self.operations.iter();
        let found = operations.find_map(|(begin, id)| {
            let rest = pointer.strip_prefix(begin)?;
            rest.starts_with('/').then_some((*id, rest))
        });
        let (mut name, rest) = match (found, pointer.strip_prefix("/components/")) {
            (Some((id, rest)), _) => (id.to_owned(), rest),
            (None, Some(rest)) => (String::new(), rest),
            (None, None) => return pointer.to_owned(),
        };
        let mut parts = rest.split('/').filter(|part| !part.is_empty());
        let mut inside = false;
        while let Some(part) = parts.next() {
            match part {
                "properties" if inside => {
                    name.push('.');
                    name.push_str(&pointer::last(parts.next().unwrap_or_default()));
                }
                "items" if inside => name.push_str("[]"),
                "additionalProperties" if inside => name.push_str(".*"),
                "schemas" | "responses" | "parameters" | "requestBodies" if !inside => {
                    if !name.is_empty() {
                        name.push(' ');
                    }
                    name.push_str(&pointer::last(parts.next().unwrap_or_default()));
                    inside = part == "schemas";
                }
                "schema" => inside = true,
                // The content's type, and the branches of a schema, say nothing more.
                "content" | "allOf" | "oneOf" | "anyOf" => {
                    parts.next();
                }
                "requestBody" => name.push_str(" request"),
                _ => {}
            }
        }
        name
    }
}
