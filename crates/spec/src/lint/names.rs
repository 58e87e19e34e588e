//! Names: operations, components, parameters, fields and enum words, and the Rust names that they become.

use std::collections::BTreeMap;

use serde_json::Value;

use super::report::Report;
use super::uses::Uses;
use super::words::quoted;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Operation, Outline};
use crate::pointer;
use crate::rust_name::{pascal, snake};

/// What the generated client has of its own; an operation of that name would not compile.
const CLIENT_METHODS: [&str; 9] = [
    "new",
    "new_with_client",
    "api_version",
    "baseurl",
    "client",
    "inner",
    "pre",
    "post",
    "exec",
];

/// What the builders' module imports or takes from Rust's prelude; an operation's builder type would hide it.
const BUILDER_TYPES: [&str; 11] = [
    "ByteStream",
    "ClientInfo",
    "ClientHooks",
    "Error",
    "OperationInfo",
    "RequestBuilderExt",
    "ResponseValue",
    "Result",
    "String",
    "Option",
    "Vec",
];

/// What the builder of each operation has of its own.
const BUILDER_METHODS: [&str; 3] = ["new", "send", "stream"];

pub(super) fn check(
    outline: &Outline<'_>,
    operations: &[Operation<'_>],
    uses: &Uses,
    report: &mut Report<'_>,
) {
    operation_ids(outline, operations, report);
    components(outline, report);
    schemas(outline, uses, report);
    for operation in operations {
        parameters(outline, operation, report);
    }
    for schema in uses.generated(outline) {
        fields(schema, report);
        words(schema, report);
    }
}

fn fields(schema: &Node<'_>, report: &mut Report<'_>) {
    let place = schema.at("properties");
    let chosen = |name: &str| {
        let property = schema.object.get("properties")?.get(name)?;
        property.get("x-rust-name")
    };
    for (name, value) in schema.entries("properties") {
        let Some(rust) = value.get("x-rust-name") else {
            continue;
        };
        if rust.as_str().is_none_or(|rust| snake(rust) != rust) {
            let problem = format!("{rust} is not a valid name for a Rust field");
            let cure = "Give `x-rust-name` as one word in small letters, digits and `_`.";
            let place = pointer::child(&pointer::child(&place, name), "x-rust-name");
            report.add("property-rust-name", place, problem, cure);
        }
    }
    let names = schema.entries("properties").map(|(name, _)| name.as_str());
    collisions(
        names,
        |name| match chosen(name).and_then(Value::as_str) {
            Some(rust) => rust.to_owned(),
            None => snake(name),
        },
        "property-rust-name",
        "fields",
        report,
        "Rename one of the two, or give one another name in Rust with `x-rust-name`.",
        |name| pointer::child(&place, name),
    );
    if !schema
        .object
        .get("additionalProperties")
        .is_some_and(Value::is_object)
    {
        return;
    }
    for (name, _) in schema
        .entries("properties")
        .filter(|(name, _)| snake(name) == "extra")
    {
        let problem = format!(
            "the field {} has the name that the generator gives to the further fields",
            quoted(name)
        );
        let cure = "Write `additionalProperties: true`, or rename the field.";
        let place = pointer::child(&place, name);
        report.add("property-rust-name", place, problem, cure);
    }
}

fn words(schema: &Node<'_>, report: &mut Report<'_>) {
    let words = schema.list("enum").iter().enumerate();
    let words: Vec<(usize, &str)> = words
        .filter_map(|(index, word)| Some((index, word.as_str()?)))
        .collect();
    let place = schema.at("enum");
    for (index, word) in &words {
        let name = pascal(word);
        let first = word.chars().find(|c| c.is_alphanumeric());
        if first.is_none_or(char::is_numeric) || name == "Self" {
            let problem = format!(
                "no Rust variant can be named after the word {}",
                quoted(word)
            );
            let cure = "Leave it out and say it in the description: words that are not listed are kept as they are.";
            let place = pointer::child(&place, &index.to_string());
            report.add("enum-rust-name", place, problem, cure);
        }
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (index, word) in words {
        let name = pascal(word);
        match seen.get(&name) {
            // A word that is listed twice is another rule's business.
            Some(first) if *first == word => {}
            Some(first) => {
                let problem = format!(
                    "the words {} and {} both become `{name}` in Rust",
                    quoted(first),
                    quoted(word)
                );
                let cure = "Leave one of them out: words that are not listed are kept as they are.";
                let place = pointer::child(&place, &index.to_string());
                report.add("enum-rust-name", place, problem, cure);
            }
            None => {
                seen.insert(name, word);
            }
        }
    }
}

/// Reports each name that becomes the same Rust name as one before it.
fn collisions<'n>(
    names: impl Iterator<Item = &'n str>,
    rust: impl Fn(&str) -> String,
    rule: &'static str,
    what: &str,
    report: &mut Report<'_>,
    cure: &str,
    place: impl Fn(&str) -> String,
) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in names {
        let rust_name = rust(name);
        if let Some(first) = seen.get(&rust_name) {
            let problem = format!(
                "the {what} {} and {} both become `{rust_name}` in Rust",
                quoted(first),
                quoted(name)
            );
            report.add(rule, place(name), problem, cure);
        } else {
            seen.insert(rust_name, name);
        }
    }
}

fn operation_ids(outline: &Outline<'_>, operations: &[Operation<'_>], report: &mut Report<'_>) {
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let mut methods: BTreeMap<String, &str> = BTreeMap::new();
    for operation in operations {
        let Some(node) = outline.nodes.get(operation.node) else {
            continue;
        };
        let Some(value) = node.object.get("operationId") else {
            let problem = "the operation has no `operationId`";
            let cure = "Add one: the generated method is named after it.";
            report.add("operation-id-missing", &node.pointer, problem, cure);
            continue;
        };
        let Some(id) = value.as_str() else { continue };
        let place = node.at("operationId");
        if let Some(first) = ids.get(id) {
            let problem = format!("the operationId {} is taken by {first}", quoted(id));
            let cure = "Give each operation its own.";
            report.add("operation-id-duplicate", place, problem, cure);
            continue;
        }
        ids.insert(id, node.pointer.clone());
        let method = snake(id);
        if !id.chars().any(char::is_alphanumeric) {
            let problem = format!(
                "no Rust method can be named after the operationId {}",
                quoted(id)
            );
            let cure = "Use letters and digits.";
            report.add("operation-id-rust-name", place, problem, cure);
            continue;
        }
        if CLIENT_METHODS.contains(&method.as_str()) {
            let problem = format!("the generated client has a method `{method}` of its own");
            let cure = "Choose another operationId.";
            report.add("operation-id-rust-name", &place, problem, cure);
        }
        if BUILDER_TYPES.contains(&pascal(id).as_str()) {
            let problem = format!(
                "the generated client has a type `{}` of its own",
                pascal(id)
            );
            let cure = "Choose another operationId.";
            report.add("operation-id-rust-name", &place, problem, cure);
        }
        // Two methods may differ (`a_1`, `a1`) where their builder types do not (`A1`).
        let other = methods
            .get(&method)
            .or_else(|| methods.get(&pascal(id)))
            .copied();
        if let Some(first) = other {
            let problem = format!(
                "the operationIds {} and {} become one name in Rust (`{method}`, `{}`)",
                quoted(first),
                quoted(id),
                pascal(id)
            );
            let cure = "Rename one of the two.";
            report.add("operation-id-rust-name", &place, problem, cure);
        }
        methods.insert(method, id);
        methods.insert(pascal(id), id);
    }
}

fn components(outline: &Outline<'_>, report: &mut Report<'_>) {
    let Some(components) = outline.of(Kind::Components).next() else {
        return;
    };
    for (section, entries) in components
        .object
        .iter()
        .filter(|(section, _)| !section.starts_with("x-"))
    {
        let Some(entries) = entries.as_object() else {
            continue;
        };
        let place = components.at(section);
        for name in entries.keys().filter(|name| !is_component_name(name)) {
            let problem = format!("{} is not a valid name for a component", quoted(name));
            let cure = "Use letters, digits, `.`, `-` and `_` only.";
            let place = pointer::child(&place, name);
            report.add("component-name", place, problem, cure);
        }
    }
}

/// Schemas whose types would have one name, and lists of words that are looked up by a name of another spelling.
fn schemas(outline: &Outline<'_>, uses: &Uses, report: &mut Report<'_>) {
    let named: Vec<(String, &Node<'_>)> = uses
        .generated(outline)
        .filter(|schema| schema.role == "schemas")
        .map(|schema| (pointer::last(&schema.pointer), schema))
        .collect();
    let names = named.iter().map(|(name, _)| name.as_str());
    collisions(
        names,
        pascal,
        "schema-rust-name",
        "schemas",
        report,
        "Rename one of the two.",
        |name| pointer::child("/components/schemas", name),
    );
    for (name, schema) in named {
        let rust = pascal(&name);
        if rust != name && schema.object.contains_key("enum") {
            let problem = format!(
                "the list of words {} is called `{rust}` in Rust",
                quoted(&name)
            );
            let cure = format!("Name it `{rust}` here too: its type is found by that name.");
            report.add("schema-rust-name", &schema.pointer, problem, cure);
        }
    }
}

fn is_component_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn parameters(outline: &Outline<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let Some(node) = outline.nodes.get(operation.node) else {
        return;
    };
    let body = node.object.contains_key("requestBody");
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| !parameter.name().is_empty())
    {
        let name = parameter.name();
        let rust_name = snake(name);
        let own = BUILDER_METHODS.contains(&rust_name.as_str());
        if own || (body && matches!(rust_name.as_str(), "body" | "body_map")) {
            let problem = format!(
                "the generated builder has a method `{rust_name}` of its own, beside the parameter {}",
                quoted(name)
            );
            let cure = "Set such a parameter outside of the generated client.";
            report.add("parameter-rust-name", &parameter.used, problem, cure);
        }
        match seen.get(&rust_name) {
            // The same name at the same place is another rule's business.
            Some(first) if first.eq_ignore_ascii_case(name) && same_place(operation, name) => {}
            Some(first) => {
                let problem = format!(
                    "the parameters {} and {} both become `{rust_name}` in Rust",
                    quoted(first),
                    quoted(name)
                );
                let cure = "The generated method can have only one of them: leave one to a layer around it.";
                report.add("parameter-rust-name", &parameter.used, problem, cure);
            }
            None => {
                seen.insert(rust_name, name);
            }
        }
    }
}

/// Whether the service takes all parameters of this name for one: they are sent at the same place, in headers also
/// when the case differs.
fn same_place(operation: &Operation<'_>, name: &str) -> bool {
    let alike = operation
        .parameters
        .iter()
        .filter(|p| p.name().eq_ignore_ascii_case(name));
    let mut alike = alike.map(|p| (p.place(), if p.place() == "header" { "" } else { p.name() }));
    let first = alike.next();
    alike.all(|other| Some(other) == first)
}
