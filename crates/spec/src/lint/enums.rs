//! Enums: which values they may list, and their defaults.

use serde_json::Value;

use super::report::Report;
use super::subject::Subject;
use super::words::{did_you_mean, list};
use crate::outline::grammar::Kind;
use crate::outline::{Node, Outline};
use crate::pointer;

pub(super) fn check(subject: &Subject<'_, '_>, report: &mut Report<'_>) {
    let outline = subject.outline;
    for schema in &subject.generated {
        let kind = schema.text("type").filter(|kind| *kind != "string");
        if let Some(kind) = kind.filter(|_| schema.has("enum")) {
            let problem = format!("the client generator makes no enum of the type `{kind}`");
            let cure = "Remove the `enum`, and list the values in the description.";
            report.add("enum-type", schema.at("enum"), problem, cure);
        }
    }
    for schema in outline.written(Kind::Schema) {
        values(schema, report);
        default(outline, schema, report);
    }
}

fn values(schema: &Node<'_>, report: &mut Report<'_>) {
    let Some(values) = schema.object.get("enum").and_then(Value::as_array) else {
        return;
    };
    let place = schema.at("enum");
    if values.is_empty() {
        let problem = "an empty `enum` allows no value";
        let cure = "List the values, or remove it.";
        return report.add("enum-values", place, problem, cure);
    }
    let text = schema.text("type").is_none_or(|kind| kind == "string");
    for (index, value) in values.iter().enumerate() {
        let place = pointer::child(&place, &index.to_string());
        let allowed = !text || value.is_string() || (value.is_null() && schema.flag("nullable"));
        if !allowed {
            let problem = "this value of the `enum` is not text";
            let cure = "Write it in quotes, or leave it out.";
            report.add("enum-values", place, problem, cure);
        } else if values.iter().take(index).any(|earlier| earlier == value) {
            let problem = "this value of the `enum` is listed twice";
            let cure = "Remove it.";
            report.add("enum-values", place, problem, cure);
        }
    }
}

/// The words that a schema allows, through a `$ref` or an `allOf` of one.
pub(super) fn words_of<'a>(outline: &Outline<'a>, schema: &Node<'a>) -> Option<&'a Vec<Value>> {
    let mut node = outline.resolve(schema);
    if !node.has("enum") {
        node = outline.resolve(outline.children(node, "allOf").next()?);
    }
    let words = node.object.get("enum").and_then(Value::as_array);
    words.filter(|words| !words.is_empty())
}

fn default(outline: &Outline<'_>, schema: &Node<'_>, report: &mut Report<'_>) {
    let Some(default) = schema.object.get("default") else {
        return;
    };
    let Some(words) = words_of(outline, schema) else {
        return;
    };
    if words.contains(default) || (default.is_null() && schema.flag("nullable")) {
        return;
    }
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    let otherwise = format!("Write one of {}.", list(&words));
    let cure = match default.as_str() {
        Some(word) => did_you_mean(word, &words, &otherwise),
        None => otherwise,
    };
    let problem = "the default is not among the words of the `enum`";
    report.add("enum-default", schema.at("default"), problem, cure);
}
