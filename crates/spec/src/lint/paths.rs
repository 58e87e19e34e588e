//! Paths: templates, paths that match the same requests, and the parameters in them.

use std::collections::BTreeMap;

use super::report::Report;
use super::words::{list, quoted};
use crate::nearest::nearest;
use crate::outline::grammar::Kind;
use crate::outline::{Operation, Outline};
use crate::pointer;
use crate::template;

pub(super) fn check(outline: &Outline<'_>, operations: &[Operation<'_>], report: &mut Report<'_>) {
    templates(outline, report);
    for operation in operations {
        parameters(outline, operation, report);
    }
}

fn templates(outline: &Outline<'_>, report: &mut Report<'_>) {
    let mut shapes: BTreeMap<String, String> = BTreeMap::new();
    for item in outline.of(Kind::PathItem) {
        if item.object.contains_key("$ref") {
            let problem = "the path item is a `$ref`, which the client generator does not follow";
            let cure = "Write the operations here.";
            report.add("path-item-ref", item.at("$ref"), problem, cure);
        }
        if item.role != "paths" {
            continue;
        }
        let path = pointer::last(&item.pointer);
        if let Err((problem, cure)) = names(&path) {
            report.add("path-template", &item.pointer, problem, cure);
            continue;
        }
        let shape = template::shape(&path);
        if let Some(first) = shapes.get(&shape) {
            let problem = format!(
                "{} matches the same requests as {}",
                quoted(&path),
                quoted(first)
            );
            let cure = "Merge the two: only the names of their parameters differ.";
            report.add("path-equivalent", &item.pointer, problem, cure);
        } else {
            shapes.insert(shape, path);
        }
    }
}

/// The names in the braces of a path, or what is wrong with it and how to cure that.
fn names(path: &str) -> Result<Vec<&str>, (String, &'static str)> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err((
            format!("the path {} does not begin with `/`", quoted(path)),
            "Begin it with `/`.",
        ));
    };
    if path.contains(['?', '#']) {
        let cure = "Describe what follows as query parameters.";
        return Err((
            format!("the path {} has a query or fragment in it", quoted(path)),
            cure,
        ));
    }
    if path.contains("//") {
        return Err((
            format!("the path {} has an empty segment", quoted(path)),
            "Write a single `/`.",
        ));
    }
    let mut names: Vec<&str> = Vec::new();
    let mut rest = rest;
    while let Some(brace) = rest.find(['{', '}']) {
        let (_, inner) = rest.split_at(brace);
        let braced = inner
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'));
        let Some((name, after)) = braced else {
            let problem = format!("the braces in the path {} do not match", quoted(path));
            return Err((problem, "Put each parameter between `{` and `}`."));
        };
        if name.is_empty() || name.contains(['/', '{']) {
            let problem = format!(
                "the path {} has a parameter without a usable name",
                quoted(path)
            );
            return Err((problem, "Write one name between `{` and `}`."));
        }
        if names.contains(&name) {
            let problem = format!(
                "the path {} has the parameter {} twice",
                quoted(path),
                quoted(name)
            );
            return Err((problem, "Give each parameter its own name."));
        }
        names.push(name);
        rest = after;
    }
    Ok(names)
}

fn parameters(outline: &Outline<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let Some(node) = outline.nodes.get(operation.node) else {
        return;
    };
    let Ok(wanted) = names(operation.path) else {
        return;
    };
    let declared: Vec<&str> = operation
        .parameters
        .iter()
        .filter(|p| p.place() == "path")
        .map(|p| p.name())
        .collect();
    for name in wanted.iter().filter(|name| !declared.contains(*name)) {
        let problem = format!("the path parameter {} is not declared", quoted(name));
        let spare: Vec<&str> = declared
            .iter()
            .copied()
            .filter(|name| !wanted.contains(name))
            .collect();
        let cure = match nearest(name, &spare) {
            Some(near) => format!("Declare it, or rename the declared {} to it.", quoted(near)),
            None => "Declare it with `in: path` and `required: true`.".to_owned(),
        };
        report.add("path-parameter-undeclared", &node.pointer, problem, cure);
    }
    for parameter in operation
        .parameters
        .iter()
        .filter(|p| p.place() == "path" && !p.name().is_empty())
    {
        if !wanted.contains(&parameter.name()) {
            let problem = format!(
                "the path {} has no parameter {}",
                quoted(operation.path),
                quoted(parameter.name())
            );
            let cure = match wanted.is_empty() {
                true => "Remove the parameter, or put it into the path.".to_owned(),
                false => format!(
                    "Remove the parameter, or name it as the path does: {}.",
                    list(&wanted)
                ),
            };
            report.add("path-parameter-unused", &parameter.used, problem, cure);
        }
        if parameter
            .value
            .get("required")
            .and_then(serde_json::Value::as_bool)
            != Some(true)
        {
            let problem = format!(
                "the path parameter {} is not required",
                quoted(parameter.name())
            );
            let cure = "Write `required: true`: a path without it is another path.";
            report.add("path-parameter-optional", &parameter.pointer, problem, cure);
        }
    }
}
