//! Schemas that the client generator refuses, or makes something else of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::report::Report;
use super::subject::Subject;
use super::words::{did_you_mean, list, quoted};
use crate::keyed::Keyed;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Outline};
use crate::pointer;
use crate::rust_name::pascal;

/// Keywords that join several schemas into one.
const COMBINING: [&str; 3] = ["allOf", "oneOf", "anyOf"];

pub(super) fn check(subject: &Subject<'_, '_>, report: &mut Report<'_>) {
    let outline = subject.outline;
    for schema in outline.written(Kind::Schema) {
        required(outline, schema, report);
        conflicts(outline, schema, report);
    }
    for schema in &subject.generated {
        combinations(outline, schema, report);
        nullable(outline, schema, report);
        inline(schema, report);
        let exclusive = schema.flag("exclusiveMinimum");
        let lowest = if exclusive { 0.0 } else { 1.0 };
        if schema.text("type") == Some("integer") && schema.number("minimum") == Some(lowest) {
            let problem = "the client generator turns a lower bound of 1 into a `NonZero` type";
            let cure = "Say it in the description instead.";
            report.add("minimum-one", schema.at("minimum"), problem, cure);
        }
    }
    titles(&subject.generated, report);
}

/// Whether the schema is a component.
fn is_named(schema: &Node<'_>) -> bool {
    schema.role == "schemas"
}

/// All properties that a value of this schema may have, through `$ref`s and combinations.
fn properties<'a>(outline: &Outline<'a>, schema: &Node<'a>) -> BTreeMap<&'a str, Vec<&'a Value>> {
    let mut found: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (_, schema) in pointer::branches(outline.root, &schema.pointer, schema.value) {
        for (name, property) in schema.entries("properties") {
            found.entry(name).or_default().push(property);
        }
    }
    found
}

fn required(outline: &Outline<'_>, schema: &Node<'_>, report: &mut Report<'_>) {
    let names = schema.list("required");
    if names.is_empty() {
        return;
    }
    // A branch may require what another branch describes.
    let mut whole = schema;
    while COMBINING.contains(&whole.role) {
        let Some(around) = outline.parent(whole) else {
            break;
        };
        whole = around;
    }
    let known = properties(outline, whole);
    let known: Vec<&str> = known.keys().copied().collect();
    for (index, name) in names.iter().enumerate() {
        let Some(text) = name.as_str() else { continue };
        let place = pointer::child(&schema.at("required"), &index.to_string());
        if !known.contains(&text) {
            let problem = format!("{} is required but is not a property", quoted(text));
            let cure = did_you_mean(text, &known, "Add the property, or remove the name.");
            report.add("required-unknown", place, problem, cure);
        } else if names.iter().take(index).any(|earlier| earlier == name) {
            let problem = format!("{} is required twice", quoted(text));
            report.add("required-unknown", place, problem, "Remove the second.");
        }
    }
}

/// Combinations of nothing.
pub(super) fn empty(outline: &Outline<'_>, report: &mut Report<'_>) {
    let all = outline.written(Kind::Schema);
    for (schema, key) in all.flat_map(|schema| COMBINING.map(|key| (schema, key))) {
        let branches = schema.object.get(key).and_then(Value::as_array);
        if branches.is_some_and(Vec::is_empty) {
            let problem = format!("an empty `{key}` says nothing");
            let cure = "List the schemas, or remove it.";
            report.add("combination-empty", schema.at(key), problem, cure);
        }
    }
}

fn combinations(outline: &Outline<'_>, schema: &Node<'_>, report: &mut Report<'_>) {
    let branches = outline.children(schema, "anyOf");
    let mut branches = branches.map(|branch| outline.resolve(branch));
    if branches.any(|branch| branch.text("type") != Some("object") && !branch.has("properties")) {
        let problem = "the client generator makes a broken type out of an `anyOf` whose branches are not all objects";
        let cure = "Write `oneOf`, or one schema that allows all forms.";
        report.add("any-of", schema.at("anyOf"), problem, cure);
    }
    if schema.has("not") {
        let problem = "the client generator stops at `not`";
        let cure = "Say in the description what is excluded.";
        report.add("not-schema", schema.at("not"), problem, cure);
    }
    if schema.has("discriminator") {
        let problem =
            "the client generator ignores a `discriminator` and takes the first branch that fits";
        let cure = "Remove it, and give each branch a required field that tells it apart.";
        report.add("discriminator", schema.at("discriminator"), problem, cure);
    }
}

/// Branches of an `allOf` that no value can fit at once.
fn conflicts(outline: &Outline<'_>, schema: &Node<'_>, report: &mut Report<'_>) {
    if schema.list("allOf").is_empty() {
        return;
    }
    let place = schema.at("allOf");
    let branches = outline.children(schema, "allOf");
    let whole = branches.map(|branch| outline.resolve(branch));
    let kinds = whole.chain([schema]).filter_map(|one| one.text("type"));
    let kinds: BTreeSet<&str> = kinds.collect();
    if kinds.len() > 1 {
        let kinds = joined(&kinds);
        let problem = format!("no value has all the types that the `allOf` asks for: {kinds}");
        let cure = "Combine schemas of one type only.";
        report.add("all-of-conflict", &place, problem, cure);
    }
    for (name, given) in properties(outline, schema) {
        let types = given.iter().filter_map(|property| {
            let (_, property) = outline.follow("", property);
            property.text("type")
        });
        let types: BTreeSet<&str> = types.collect();
        if types.len() > 1 {
            let (name, types) = (quoted(name), joined(&types));
            let problem = format!("the `allOf` gives the field {name} several types: {types}");
            let cure = "Describe the field once.";
            report.add("all-of-conflict", &place, problem, cure);
        }
    }
}

fn joined(words: &BTreeSet<&str>) -> String {
    list(&words.iter().copied().collect::<Vec<_>>())
}

/// `nullable` where the generated type cannot hold a null.
fn nullable(outline: &Outline<'_>, schema: &Node<'_>, report: &mut Report<'_>) {
    if !schema.flag("nullable") {
        return;
    }
    let place = schema.at("nullable");
    let compound =
        schema.text("type") == Some("object") || COMBINING.iter().any(|key| schema.has(key));
    if is_named(schema) && (compound || schema.has("enum")) {
        let problem = "the generated type of a named schema cannot be null";
        let cure = "Put `nullable` where the schema is used: `{\"nullable\": true, \"allOf\": [{\"$ref\": …}]}`.";
        return report.add("nullable-lost", place, problem, cure);
    }
    let name = schema.name();
    let parent = outline.parent(schema);
    let required =
        parent.is_some_and(|parent| parent.list("required").iter().any(|one| *one == name));
    if !wraps_reference(schema) || (schema.role == "properties" && !required) {
        return;
    }
    let problem = "the generated type of a wrapped reference can be null only in a field that is not required";
    let cure = "Remove the field from `required`, or remove `nullable`.";
    report.add("nullable-lost", place, problem, cure);
}

/// Whether the schema is `allOf` around one `$ref`.
fn wraps_reference(schema: &Node<'_>) -> bool {
    matches!(schema.list("allOf"), [only] if only.get("$ref").is_some())
}

/// Schemas that get a type of their own but have no name.
fn inline(schema: &Node<'_>, report: &mut Report<'_>) {
    if is_named(schema) {
        return;
    }
    let what = if schema.has("enum") {
        "this list of words"
    } else if schema.entries("properties").next().is_some() && schema.role != "allOf" {
        "this object"
    } else if schema.has("oneOf")
        || schema.has("anyOf")
        || (schema.has("allOf") && !wraps_reference(schema))
    {
        "this combination of schemas"
    } else {
        return;
    };
    let problem = format!("{what} has no name, so the client generator makes one up");
    let cure = "Move it to `components/schemas` and refer to it.";
    report.add("inline-schema", &schema.pointer, problem, cure);
}

/// Unnamed schemas are named by their titles: two equal ones, or one that is a component's name, do not work.
fn titles(generated: &[&Node<'_>], report: &mut Report<'_>) {
    let components = generated.iter().filter(|node| is_named(node));
    let mut taken = BTreeMap::new();
    taken.extend(components.map(|node| (pascal(&node.name()), node.pointer.as_str())));
    for schema in generated.iter().filter(|node| !is_named(node)) {
        let Some(title) = schema.text("title") else {
            continue;
        };
        if let Some(first) = taken.get(&pascal(title)) {
            let title = quoted(title);
            let problem =
                format!("the title {title} gives this schema the same Rust name as {first}");
            let cure = "Remove the title.";
            report.add("equal-title", schema.at("title"), problem, cure);
        } else {
            taken.insert(pascal(title), &schema.pointer);
        }
    }
}
