//! Parameters: given twice, or sent in a way that the generated client does not know.

use serde_json::Value;

use super::report::Report;
use super::words::quoted;
use crate::keyed::Keyed;
use crate::outline::grammar::{Kind, RESERVED_HEADERS};
use crate::outline::{Node, Outline, Parameter};
use crate::pointer;

pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    let items = outline.of(Kind::PathItem);
    for owner in items.chain(outline.of(Kind::Operation)) {
        duplicates(outline, owner, report);
    }
    for parameter in outline.written(Kind::Parameter) {
        sent(outline, parameter, report);
    }
}

fn duplicates(outline: &Outline<'_>, owner: &Node<'_>, report: &mut Report<'_>) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for Parameter { used, value, .. } in outline.parameters(owner, true) {
        let (Some(name), Some(place)) = (value.text("name"), value.text("in")) else {
            continue;
        };
        // Header names are the same in any case.
        let known = seen.iter().any(|(other, at)| {
            *at == place
                && (*other == name || (place == "header" && other.eq_ignore_ascii_case(name)))
        });
        if known {
            let problem = format!("the {place} parameter {} is given twice", quoted(name));
            let cure = "Remove one of the two.";
            report.add("parameter-duplicate", used, problem, cure);
        }
        seen.push((name, place));
    }
}

fn sent(outline: &Outline<'_>, parameter: &Node<'_>, report: &mut Report<'_>) {
    let place = parameter.text("in").unwrap_or_default();
    let name = parameter.text("name").unwrap_or_default();
    if place == "cookie" {
        let name = quoted(name);
        let problem =
            format!("the parameter {name} is sent in a cookie, which the client generator refuses");
        let cure = "Let the authentication layer send the cookie.";
        return report.add("parameter-cookie", &parameter.pointer, problem, cure);
    }
    if place == "header" && RESERVED_HEADERS.contains(&name.to_lowercase().as_str()) {
        let problem = format!("OpenAPI ignores a header parameter {}", quoted(name));
        let cure = "Describe it by the media types of the bodies, or by a security scheme.";
        let place = &parameter.pointer;
        report.add("parameter-header-reserved", place, problem, cure);
    }
    let usual = match place {
        "path" | "header" => "simple",
        "query" => "form",
        _ => return,
    };
    if let Some(style) = parameter.text("style").filter(|style| *style != usual) {
        let style = quoted(style);
        let problem =
            format!("the client generator does not know the style {style} in a {place} parameter");
        let cure = format!("Leave `{usual}`, the default.");
        report.add("parameter-style", parameter.at("style"), problem, cure);
    }
    if parameter.has("content") {
        let problem = "the client generator does not support `content` in a parameter";
        let cure = "Write a `schema` instead.";
        report.add("parameter-schema", parameter.at("content"), problem, cure);
    }
    let Some(schema) = outline.node(&parameter.at("schema")) else {
        return;
    };
    let kinds = kinds(outline, schema);
    let joined = parameter.object.get("explode") == Some(&Value::Bool(false));
    if place == "query" && kinds.list && joined {
        let problem = "the generated client sends each value of a list as a parameter of its own";
        let cure = "Remove `explode: false`, or describe the parameter as the joined text.";
        report.add("parameter-style", parameter.at("explode"), problem, cure);
    }
    let what = match kinds {
        Kinds { object: true, .. } => "an object",
        Kinds { list: true, .. } if place != "query" => "a list",
        _ => return,
    };
    let problem = format!("the generated client cannot write {what} into a {place} parameter");
    let cure = "Describe it as the text that is sent.";
    report.add("parameter-schema", &schema.pointer, problem, cure);
}

/// What the values of a parameter may be, beside single values.
#[derive(Default)]
struct Kinds {
    list: bool,
    /// Also an object or a list within the list.
    object: bool,
}

/// Looks through references and combinations.
fn kinds(outline: &Outline<'_>, schema: &Node<'_>) -> Kinds {
    let mut kinds = Kinds::default();
    for (pointer, schema) in pointer::branches(outline.root, &schema.pointer, schema.value) {
        match (schema.text("type"), schema.get("items")) {
            (Some("array"), Some(items)) => {
                kinds.list = true;
                let inner = pointer::branches(outline.root, &pointer, items);
                kinds.object |= inner.into_iter().any(|(_, items)| is_compound(items));
            }
            (Some("array"), None) => kinds.list = true,
            _ => kinds.object |= is_compound(schema),
        }
    }
    kinds
}

/// Whether a value of a schema is an object or a list.
fn is_compound(schema: &Value) -> bool {
    match schema.text("type") {
        Some(kind) => matches!(kind, "object" | "array"),
        None => schema.get("properties").is_some(),
    }
}
