//! Keywords of a schema that contradict each other or its type.

use super::super::format::FORMATS;
use super::report::Report;
use super::words::{did_you_mean, quoted};
use crate::outline::grammar::{EXCLUSIVE_BOUNDS, Kind};
use crate::outline::{Node, Outline};

/// Lower and upper bound of the same thing.
const BOUNDS: [(&str, &str); 4] = [
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
];

/// Keywords that say something about values of one type only.
const TYPED: [(&str, &[&str]); 4] = [
    ("string", &["minLength", "maxLength", "pattern"]),
    (
        "number",
        &[
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ],
    ),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    (
        "object",
        &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
        ],
    ),
];

/// Formats of numbers; all others are formats of strings.
const NUMBER_FORMATS: [(&str, &[&str]); 2] = [
    ("integer", &["int32", "int64"]),
    ("number", &["float", "double"]),
];

pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    for schema in outline.written(Kind::Schema) {
        contradictions(schema, report);
        foreign_to_type(schema, report);
        format(schema, report);
        #[cfg(feature = "schemas")]
        pattern(schema, report);
        if schema.text("type") == Some("array") && !schema.has("items") {
            let problem = "the array does not say what it holds";
            let cure = "Add `items`; `{}` allows anything.";
            report.add("items-missing", &schema.pointer, problem, cure);
        }
    }
}

fn contradictions(schema: &Node<'_>, report: &mut Report<'_>) {
    for (low, high) in BOUNDS {
        let (Some(least), Some(most)) = (schema.number(low), schema.number(high)) else {
            continue;
        };
        let exclusive = low == "minimum"
            && (schema.flag("exclusiveMinimum") || schema.flag("exclusiveMaximum"));
        if least > most {
            let problem = format!("`{low}` ({least}) is greater than `{high}` ({most})");
            let cure = "No value fits: correct one of the two.";
            report.add("bounds-crossed", schema.at(low), problem, cure);
        } else if exclusive && least >= most {
            let problem = format!("`{low}` and `{high}` are both {least}, which is excluded");
            let cure = "No value fits: widen the bounds.";
            report.add("bounds-crossed", schema.at(low), problem, cure);
        }
    }
    for (bound, exclusive) in EXCLUSIVE_BOUNDS {
        if schema.flag(exclusive) && !schema.has(bound) {
            let problem = format!("`{exclusive}` excludes a `{bound}` that is not given");
            let cure = format!("Add `{bound}`.");
            let place = schema.at(exclusive);
            report.add("exclusive-without-bound", place, problem, cure);
        }
    }
    if schema.number("multipleOf").is_some_and(|step| step <= 0.0) {
        let problem = "`multipleOf` must be greater than 0";
        let cure = "Write a positive step, or remove it.";
        report.add("bounds-crossed", schema.at("multipleOf"), problem, cure);
    }
}

fn foreign_to_type(schema: &Node<'_>, report: &mut Report<'_>) {
    const RULE: &str = "keyword-type";
    let kind = schema.text("type");
    let kind = kind.map(|kind| if kind == "integer" { "number" } else { kind });
    let combined = ["allOf", "oneOf", "anyOf", "not"]
        .iter()
        .any(|key| schema.has(key));
    let untyped = kind.is_none() && !combined && schema.role != "allOf";
    let typed = TYPED
        .iter()
        .flat_map(|(wanted, keywords)| keywords.iter().map(move |one| (wanted, one)));
    for (wanted, keyword) in typed.filter(|(_, keyword)| schema.has(keyword)) {
        if let Some(kind) = kind.filter(|kind| kind != wanted) {
            let problem = format!("`{keyword}` says nothing about a value of type `{kind}`");
            let cure = format!("Remove it, or write `type: {wanted}`.");
            report.add(RULE, schema.at(keyword), problem, cure);
        } else if untyped {
            let problem = format!("`{keyword}` needs `type: {wanted}`");
            let cure = "Add the type: without it any other kind of value fits.";
            report.add(RULE, schema.at(keyword), problem, cure);
        }
    }
    for keyword in ["enum", "format"] {
        if untyped && schema.has(keyword) {
            let problem = format!("`{keyword}` needs a `type`");
            let cure = "Add the type of the values.";
            report.add(RULE, schema.at(keyword), problem, cure);
        }
    }
}

fn format(schema: &Node<'_>, report: &mut Report<'_>) {
    let Some(format) = schema.text("format") else {
        return;
    };
    if !FORMATS.contains(&format) {
        let problem = format!("nothing checks or generates the format {}", quoted(format));
        let otherwise = "Remove it, and say in the description what the value looks like.";
        let cure = did_you_mean(format, &FORMATS, otherwise);
        return report.add("format-unknown", schema.at("format"), problem, cure);
    }
    let Some(kind) = schema.text("type") else {
        return;
    };
    let wanted = NUMBER_FORMATS
        .iter()
        .find(|(_, formats)| formats.contains(&format));
    let wanted = wanted.map_or("string", |(kind, _)| kind);
    // The number formats are allowed on texts too: ids that are sent as text.
    let fits = kind == wanted || (kind == "string" && matches!(format, "int32" | "int64"));
    if !fits {
        let format = quoted(format);
        let problem = format!("the format {format} does not go with `type: {kind}`");
        let cure = format!("Remove it, or write `type: {wanted}`.");
        report.add("format-unknown", schema.at("format"), problem, cure);
    }
}

#[cfg(feature = "schemas")]
fn pattern(schema: &Node<'_>, report: &mut Report<'_>) {
    let Some(pattern) = schema.text("pattern") else {
        return;
    };
    let alone = serde_json::json!({ "schema": { "type": "string", "pattern": pattern } });
    if super::super::schema::Schemas::new(&alone)
        .compile("/schema")
        .is_err()
    {
        let pattern = quoted(pattern);
        let problem = format!("the pattern {pattern} is not a regular expression");
        let cure = "Correct it, or remove it.";
        report.add("pattern-invalid", schema.at("pattern"), problem, cure);
    }
}
