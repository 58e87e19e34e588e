//! Names: operations, components, parameters, fields and enum words, and the Rust names that they become.

use std::collections::BTreeMap;

use serde_json::Value;

use super::report::Report;
use super::subject::Subject;
use super::words::quoted;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Operation, Outline};
use crate::pointer;
use crate::rust_name::{is_name, pascal, snake};

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

/// What the builder of each operation has of its own. A method `body` is confused with that of the
/// request's body.
const BUILDER_METHODS: [&str; 4] = ["body", "new", "send", "stream"];

pub(super) fn check(subject: &Subject<'_, '_>, report: &mut Report<'_>) {
    components(subject.outline, report);
    schemas(&subject.generated, report);
    for operation in &subject.operations {
        parameters(operation, report);
    }
    for schema in &subject.generated {
        fields(schema, report);
        words(schema, report);
    }
}

/// The names of one scope in Rust, each with the name in the document that it was made of.
#[derive(Default)]
struct Taken<'n>(BTreeMap<String, &'n str>);

impl<'n> Taken<'n> {
    /// Takes a name; gives the one that has taken it before.
    fn take(&mut self, rust: String, name: &'n str) -> Option<&'n str> {
        let first = self.0.get(&rust).copied();
        self.0.entry(rust).or_insert(name);
        first
    }
}

/// That two names of a kind are one in Rust.
fn alike(what: &str, first: &str, second: &str, rust: &str) -> String {
    let (first, second) = (quoted(first), quoted(second));
    format!("the {what} {first} and {second} both become `{rust}` in Rust")
}

fn fields(schema: &Node<'_>, report: &mut Report<'_>) {
    const RULE: &str = "property-rust-name";
    let place = schema.at("properties");
    let further = schema.object.get("additionalProperties");
    let extra = further.is_some_and(Value::is_object);
    let mut taken = Taken::default();
    for (name, property) in schema.entries("properties") {
        let place = pointer::child(&place, name);
        let chosen = property.get("x-rust-name");
        if let Some(rust) = chosen.filter(|rust| {
            rust.as_str()
                .is_none_or(|rust| snake(rust) != rust || !is_name(rust))
        }) {
            let problem = format!("{rust} is not a valid name for a Rust field");
            let cure = "Give `x-rust-name` as one word in small letters, digits and `_`.";
            report.add(RULE, pointer::child(&place, "x-rust-name"), problem, cure);
        }
        let rust = chosen
            .and_then(Value::as_str)
            .map_or_else(|| snake(name), str::to_owned);
        if chosen.is_none() && !is_name(&rust) {
            let problem = format!("no Rust field can be named after {}", quoted(name));
            let cure = "Give it a name in Rust with `x-rust-name`.";
            report.add(RULE, &place, problem, cure);
        }
        if let Some(first) = taken.take(rust.clone(), name) {
            let problem = alike("fields", first, name, &rust);
            let cure =
                "Rename one of the two, or give one another name in Rust with `x-rust-name`.";
            report.add(RULE, &place, problem, cure);
        }
        if extra && snake(name) == "extra" {
            let name = quoted(name);
            let problem = format!(
                "the field {name} has the name that the generator gives to the further fields"
            );
            let cure = "Write `additionalProperties: true`, or rename the field.";
            report.add(RULE, place, problem, cure);
        }
    }
}

fn words(schema: &Node<'_>, report: &mut Report<'_>) {
    let place = schema.at("enum");
    let mut taken = Taken::default();
    for (index, word) in schema.list("enum").iter().enumerate() {
        let Some(word) = word.as_str() else { continue };
        let (place, name) = (format!("{place}/{index}"), pascal(word));
        let first = word.chars().find(|c| c.is_alphanumeric());
        if first.is_none_or(char::is_numeric) || name == "Self" || !is_name(&name) {
            let word = quoted(word);
            let problem = format!("no Rust variant can be named after the word {word}");
            let cure = "Leave it out and say it in the description: words that are not listed are kept as they are.";
            report.add("enum-rust-name", &place, problem, cure);
        }
        // A word that is listed twice is another rule's business.
        let first = taken
            .take(name.clone(), word)
            .filter(|first| *first != word);
        if let Some(first) = first {
            let problem = alike("words", first, word, &name);
            let cure = "Leave one of them out: words that are not listed are kept as they are.";
            report.add("enum-rust-name", place, problem, cure);
        }
    }
}

pub(super) fn operation_ids(operations: &[Operation<'_, '_>], report: &mut Report<'_>) {
    const RULE: &str = "operation-id-rust-name";
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    let mut taken = Taken::default();
    for operation in operations {
        let node = operation.node;
        let place = node.at("operationId");
        if !node.has("operationId") {
            let problem = "the operation has no `operationId`";
            let cure = "Add one: the generated method is named after it.";
            report.add("operation-id-missing", &node.pointer, problem, cure);
        }
        let Some(id) = node.text("operationId") else {
            continue;
        };
        if let Some(first) = ids.get(id) {
            let problem = format!("the operationId {} is taken by {first}", quoted(id));
            let cure = "Give each operation its own.";
            report.add("operation-id-duplicate", place, problem, cure);
            continue;
        }
        ids.insert(id, &node.pointer);
        let (method, kind) = (snake(id), pascal(id));
        if !id.chars().any(char::is_alphanumeric) || !is_name(&method) {
            let id = quoted(id);
            let problem = format!("no Rust method can be named after the operationId {id}");
            report.add(RULE, place, problem, "Use letters and digits.");
            continue;
        }
        let cure = "Choose another operationId.";
        if CLIENT_METHODS.contains(&method.as_str()) {
            let problem = format!("the generated client has a method `{method}` of its own");
            report.add(RULE, &place, problem, cure);
        }
        if BUILDER_TYPES.contains(&kind.as_str()) {
            let problem = format!("the generated client has a type `{kind}` of its own");
            report.add(RULE, &place, problem, cure);
        }
        // Two methods may differ (`a_1`, `a1`) where their builder types do not (`A1`).
        let first = taken.take(method.clone(), id);
        let builder = (kind != method).then(|| taken.take(kind.clone(), id));
        if let Some(first) = first.or(builder.flatten()) {
            let (first, id) = (quoted(first), quoted(id));
            let problem = format!(
                "the operationIds {first} and {id} become one name in Rust (`{method}`, `{kind}`)"
            );
            report.add(RULE, &place, problem, "Rename one of the two.");
        }
    }
}

fn components(outline: &Outline<'_>, report: &mut Report<'_>) {
    let Some(components) = outline.of(Kind::Components).next() else {
        return;
    };
    let sections = components.object.iter();
    for (section, entries) in sections.filter(|(section, _)| !section.starts_with("x-")) {
        let place = components.at(section);
        let names = entries.as_object().into_iter().flat_map(|all| all.keys());
        for name in names.filter(|name| !is_component_name(name)) {
            let problem = format!("{} is not a valid name for a component", quoted(name));
            let cure = "Use letters, digits, `.`, `-` and `_` only.";
            let place = pointer::child(&place, name);
            report.add("component-name", place, problem, cure);
        }
    }
}

/// Schemas whose types would have one name, and lists of words that are looked up by a name of another spelling.
fn schemas(generated: &[&Node<'_>], report: &mut Report<'_>) {
    let schemas = generated.iter().filter(|schema| schema.role == "schemas");
    let schemas: Vec<_> = schemas.map(|schema| (schema.name(), schema)).collect();
    let mut taken = Taken::default();
    for (name, schema) in &schemas {
        let rust = pascal(name);
        if let Some(first) = taken.take(rust.clone(), name) {
            let problem = alike("schemas", first, name, &rust);
            let cure = "Rename one of the two.";
            report.add("schema-rust-name", &schema.pointer, problem, cure);
        }
        if rust != *name && schema.has("enum") {
            let name = quoted(name);
            let problem = format!("the list of words {name} is called `{rust}` in Rust");
            let cure = format!("Name it `{rust}` here too: its type is found by that name.");
            report.add("schema-rust-name", &schema.pointer, problem, cure);
        }
    }
}

fn is_component_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && name.chars().all(allowed)
}

fn parameters(operation: &Operation<'_, '_>, report: &mut Report<'_>) {
    let body = operation.node.has("requestBody");
    let mut taken = Taken::default();
    let parameters = operation.parameters.iter();
    for parameter in parameters.filter(|parameter| !parameter.name().is_empty()) {
        let name = parameter.name();
        let rust = snake(name);
        let own = BUILDER_METHODS.contains(&rust.as_str());
        if own || (body && rust == "body_map") {
            let name = quoted(name);
            let problem = format!(
                "the generated builder has a method `{rust}` of its own, beside the parameter {name}"
            );
            let cure = "Set such a parameter outside of the generated client.";
            report.add("parameter-rust-name", &parameter.used, problem, cure);
        }
        if !is_name(&rust) {
            let problem = format!(
                "no Rust method can be named after the parameter {}",
                quoted(name)
            );
            let cure = "Set such a parameter outside of the generated client.";
            report.add("parameter-rust-name", &parameter.used, problem, cure);
        }
        // The same name at the same place is another rule's business.
        let same = |first: &&str| first.eq_ignore_ascii_case(name) && same_place(operation, name);
        let first = taken.take(rust.clone(), name);
        if let Some(first) = first.filter(|first| !same(first)) {
            let problem = alike("parameters", first, name, &rust);
            let cure =
                "The generated method can have only one of them: leave one to a layer around it.";
            report.add("parameter-rust-name", &parameter.used, problem, cure);
        }
    }
}

/// Whether the service takes all parameters of this name for one: they are sent at the same place, in headers also
/// when the case differs.
fn same_place(operation: &Operation<'_, '_>, name: &str) -> bool {
    let all = operation.parameters.iter();
    let alike = all.filter(|p| p.name().eq_ignore_ascii_case(name));
    let mut alike = alike.map(|p| (p.place(), if p.place() == "header" { "" } else { p.name() }));
    let first = alike.next();
    alike.all(|other| Some(other) == first)
}
