//! What a part of a document is called by people.

use super::super::document::Document;
use super::super::pointer;

/// `Run.stages[].name` for what stands below a component, `getRun 200.name` for what stands in an operation.
pub(super) fn called(document: &Document, pointer: &str) -> String {
    let found = document.operations().iter().find_map(|operation| {
        let rest = pointer.strip_prefix(&operation.pointer)?;
        rest.starts_with('/').then_some((&operation.id, rest))
    });
    let (mut name, rest) = match (found, pointer.strip_prefix("/components/")) {
        (Some((id, rest)), _) => (id.clone(), rest),
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
