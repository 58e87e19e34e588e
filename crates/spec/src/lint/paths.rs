//! Paths: templates, paths that match the same requests, and the parameters in them.

use std::collections::BTreeMap;

use super::report::Report;
use super::words::{list, quoted};
use crate::keyed::Keyed;
use crate::nearest::nearest;
use crate::outline::grammar::Kind;
use crate::outline::{Operation, Outline};
use crate::template;

pub(super) fn check(
    outline: &Outline<'_>,
    operations: &[Operation<'_, '_>],
    report: &mut Report<'_>,
) {
    templates(outline, report);
    for operation in operations {
        parameters(operation, report);
    }
}

fn templates(outline: &Outline<'_>, report: &mut Report<'_>) {
    let mut shapes: BTreeMap<String, String> = BTreeMap::new();
    for item in outline.of(Kind::PathItem) {
        if item.has("$ref") {
            let problem = "the path item is a `$ref`, which the client generator does not follow";
            let cure = "Write the operations here.";
            report.add("path-item-ref", item.at("$ref"), problem, cure);
        }
        if item.role != "paths" {
            continue;
        }
        let path = item.name();
        if let Err((problem, cure)) = names(&path) {
            report.add("path-template", &item.pointer, problem, cure);
            continue;
        }
        let shape = template::shape(&path);
        if let Some(first) = shapes.get(&shape) {
            let (path, first) = (quoted(&path), quoted(first));
            let problem = format!("{path} matches the same requests as {first}");
            let cure = "Merge the two: only the names of their parameters differ.";
            report.add("path-equivalent", &item.pointer, problem, cure);
        } else {
            shapes.insert(shape, path);
        }
    }
}

/// The names in the braces of a path, or what is wrong with it and how to cure that.
fn names(path: &str) -> Result<Vec<&str>, (String, &'static str)> {
    let fault = |what: &str, cure| Err((format!("the path {} {what}", quoted(path)), cure));
    let Some(mut rest) = path.strip_prefix('/') else {
        return fault("does not begin with `/`", "Begin it with `/`.");
    };
    if path.contains(['?', '#']) {
        let cure = "Describe what follows as query parameters.";
        return fault("has a query or fragment in it", cure);
    }
    if path.contains("//") {
        return fault("has an empty segment", "Write a single `/`.");
    }
    let mut names: Vec<&str> = Vec::new();
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
            let cure = "Write one name between `{` and `}`.";
            return fault("has a parameter without a usable name", cure);
        }
        if names.contains(&name) {
            let what = format!("has the parameter {} twice", quoted(name));
            return fault(&what, "Give each parameter its own name.");
        }
        names.push(name);
        rest = after;
    }
    Ok(names)
}

fn parameters(operation: &Operation<'_, '_>, report: &mut Report<'_>) {
    let node = operation.node;
    let Ok(wanted) = names(&operation.path) else {
        return;
    };
    let in_path = operation.parameters.iter().filter(|p| p.place() == "path");
    let declared: Vec<&str> = in_path.clone().map(|p| p.name()).collect();
    for name in wanted.iter().filter(|name| !declared.contains(*name)) {
        let problem = format!("the path parameter {} is not declared", quoted(name));
        let spare = declared.iter().filter(|name| !wanted.contains(name));
        let spare: Vec<&str> = spare.copied().collect();
        let cure = match nearest(name, &spare) {
            Some(near) => format!("Declare it, or rename the declared {} to it.", quoted(near)),
            None => "Declare it with `in: path` and `required: true`.".to_owned(),
        };
        report.add("path-parameter-undeclared", &node.pointer, problem, cure);
    }
    for parameter in in_path.filter(|p| !p.name().is_empty()) {
        let name = quoted(parameter.name());
        if !wanted.contains(&parameter.name()) {
            let path = quoted(&operation.path);
            let problem = format!("the path {path} has no parameter {name}");
            let cure = match wanted.is_empty() {
                true => "Remove the parameter, or put it into the path.".to_owned(),
                false => {
                    let names = list(&wanted);
                    format!("Remove the parameter, or name it as the path does: {names}.")
                }
            };
            report.add("path-parameter-unused", &parameter.used, problem, cure);
        }
        if !parameter.value.flag("required") {
            let problem = format!("the path parameter {name} is not required");
            let cure = "Write `required: true`: a path without it is another path.";
            report.add("path-parameter-optional", &parameter.pointer, problem, cure);
        }
    }
}
