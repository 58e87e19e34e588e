//! What a document may not have if messages are to be judged by it: found when it is loaded.
//!
//! A validator that passes over a keyword says "right" about messages that it did not understand. So of what the lint
//! finds, those faults count that change the meaning of a message; and beside the lint, each part that describes a
//! message has to be implemented (`not-implemented`).

use std::iter::successors;

use serde_json::Value;

use super::declared::Declared;
use super::finding::Finding;
use super::lint::{self, Positions, Report};
use super::media_type::essence;
use super::outline::grammar::Kind;
use super::outline::{Node, Outline};
use super::pointer::{child, follow, last, of_mapping, of_reference, parent};
use super::router::Template;
use crate::keyed::Keyed;

/// The rules of the lint that count here.
const RULES: [&str; 18] = [
    "unknown-key",
    "wrong-type",
    "unknown-word",
    "ref-siblings",
    "ref-external",
    "ref-dangling",
    "ref-cycle",
    "operation-id-duplicate",
    "path-template",
    "path-item-ref",
    "path-parameter-undeclared",
    "combination-empty",
    "bounds-crossed",
    "exclusive-without-bound",
    "format-unknown",
    "pattern-invalid",
    "status-code",
    "security-scheme-unknown",
];

/// Keys that may stand beside a `$ref` because they say nothing about a message.
const BESIDE_REFERENCE: [&str; 5] = [
    "description",
    "summary",
    "title",
    "deprecated",
    "externalDocs",
];

/// Keys that OpenAPI 3.0 has and that are not implemented, each with what to do instead.
const UNIMPLEMENTED: [(Kind, &str, &str); 6] = [
    (Kind::Operation, "callbacks", CALLBACKS),
    (Kind::Components, "callbacks", CALLBACKS),
    (
        Kind::Encoding,
        "headers",
        "Remove it: only multipart bodies have headers of their own.",
    ),
    (
        Kind::Example,
        "externalValue",
        "Put the example into the document, as `value`.",
    ),
    (Kind::Parameter, "allowReserved", RESERVED),
    (Kind::Header, "allowReserved", RESERVED),
];
const CALLBACKS: &str = "Describe the callback as an operation of a document of its own.";
const RESERVED: &str = "Remove it: reserved characters are accepted encoded and as they are.";

/// Tells all reasons not to use a document, in the order of its text.
pub(super) fn check(file: &str, text: &str, outline: &Outline<'_>) -> Result<(), Vec<Finding>> {
    let mut report = Report::new(file);
    if lint::version(outline.root, &mut report) {
        lint::rules_of_messages(outline, &outline.operations(), &mut report);
        report.retain(|finding| counts(outline, finding));
        if !outline.root.get("paths").is_some_and(Value::is_object) {
            let cure = "Add an object of this name.";
            report.add("missing-key", "", "the document has no `paths`", cure);
        }
        let mut unimplemented = Unimplemented {
            outline,
            report: &mut report,
        };
        for node in &outline.nodes {
            unimplemented.part(node);
        }
    }
    match report.has(&[]) {
        true => Err(report.finish(&Positions::scan(text))),
        false => Ok(()),
    }
}

/// Whether a fault changes what a document says about messages.
fn counts(outline: &Outline<'_>, finding: &Finding) -> bool {
    let key = last(&finding.pointer);
    match finding.rule {
        "ref-siblings" => !BESIDE_REFERENCE.contains(&key.as_str()) && !key.starts_with("x-"),
        rule => RULES.contains(&rule) && is_judged(kind_at(outline, &finding.pointer)),
    }
}

/// The kind of the object at a pointer, or of the object around it.
fn kind_at(outline: &Outline<'_>, pointer: &str) -> Kind {
    let misfit = |pointer: &str| outline.misfits.iter().find(|one| one.pointer == pointer);
    successors(Some(pointer), |pointer| parent(pointer))
        .find_map(|pointer| match outline.node(pointer) {
            Some(node) => Some(node.kind),
            None => misfit(pointer).map(|misfit| misfit.kind),
        })
        .unwrap_or(Kind::Document)
}

/// Whether objects of this kind describe messages, so that each of their keys has to be known.
fn is_judged(kind: Kind) -> bool {
    match kind {
        Kind::Document | Kind::Components | Kind::PathItem | Kind::Operation => true,
        Kind::Parameter | Kind::Header | Kind::RequestBody | Kind::Response => true,
        Kind::MediaType | Kind::Encoding | Kind::Example | Kind::Schema => true,
        Kind::SecurityScheme | Kind::SecurityRequirement => true,
        Kind::Paths | Kind::Responses | Kind::Discriminator => true,
        Kind::Info | Kind::Contact | Kind::License | Kind::ExternalDocs | Kind::Tag => false,
        Kind::Server | Kind::ServerVariable | Kind::Link | Kind::Callback | Kind::Xml => false,
        Kind::OAuthFlows | Kind::OAuthFlow => false,
    }
}

/// Looks for what is not implemented.
struct Unimplemented<'o, 'd, 'r, 't> {
    outline: &'o Outline<'d>,
    report: &'r mut Report<'t>,
}

impl Unimplemented<'_, '_, '_, '_> {
    fn refuse(
        &mut self,
        pointer: impl Into<String>,
        problem: impl Into<String>,
        cure: impl Into<String>,
    ) {
        self.report.add("not-implemented", pointer, problem, cure);
    }

    fn part(&mut self, node: &Node<'_>) {
        if let Some(reference) = node.reference {
            return self.reference(node, reference);
        }
        for (kind, key, cure) in UNIMPLEMENTED {
            if node.kind == kind && node.object.get(key).is_some_and(|value| value != false) {
                let problem = format!("`{key}` of the {} is not implemented", kind.name());
                self.refuse(node.at(key), problem, cure);
            }
        }
        match node.kind {
            Kind::PathItem if node.role == "paths" => self.path(node),
            Kind::Parameter | Kind::Header => self.parameter(node),
            Kind::MediaType => self.media_type(node),
            Kind::Encoding => self.encoding(node),
            Kind::SecurityScheme => self.security_scheme(node),
            Kind::Schema => self.discriminator(node),
            _ => {}
        }
    }

    /// The lint asks for a component; here the target only has to be of the right kind.
    fn reference(&mut self, node: &Node<'_>, reference: &str) {
        let Some(target) = of_reference(reference) else {
            return;
        };
        let (place, kind) = (node.at("$ref"), node.kind);
        let found = self.outline.node(&target);
        let fits = found.is_some_and(|found| found.kind == kind);
        if !fits && !self.report.places("ref-dangling").contains(&place) {
            let kind = kind.title();
            let problem = format!("the `$ref` leads to `{target}`, which is not {kind}");
            let cure = "Point it to a component of the right kind.";
            self.report.add("ref-kind", place, problem, cure);
        }
    }

    fn path(&mut self, item: &Node<'_>) {
        let told = self.report.places("path-template").contains(&item.pointer);
        if !told && Template::parse(&last(&item.pointer)).is_none() {
            let problem = "the end of a path parameter cannot be determined";
            self.refuse(&item.pointer, problem, "Write a text between the two.");
        }
    }

    fn parameter(&mut self, node: &Node<'_>) {
        let place = match node.kind {
            Kind::Header => "header",
            _ => node.text("in").unwrap_or_default(),
        };
        let usual = match place {
            "query" => "form",
            "path" | "header" => "simple",
            _ => {
                let problem = format!("parameters of the kind `in: {place}` are not implemented");
                return self.refuse(&node.pointer, problem, "Use path, query or header.");
            }
        };
        if node.kind == Kind::Parameter && node.text("name").is_none() {
            let problem = "the parameter has no name";
            let place = &node.pointer;
            self.report
                .add("missing-key", place, problem, "Add `name`.");
        }
        if let Some(style) = node.text("style").filter(|style| *style != usual) {
            let problem = format!("the style `{style}` is not implemented for a {place} parameter");
            self.refuse(node.at("style"), problem, format!("Use `{usual}`."));
        }
        match (node.object.get("schema"), node.object.get("content")) {
            (Some(schema), None) => self.no_object(&node.pointer, schema),
            (None, Some(_)) => {
                let mut kinds = node.entries("content").map(|(kind, _)| essence(kind));
                if kinds.next().as_deref() != Some("application/json") || kinds.next().is_some() {
                    let problem = "this `content` of a parameter is not implemented";
                    let cure = "Use `schema`, or one `application/json`.";
                    self.refuse(&node.pointer, problem, cure);
                }
            }
            _ => {
                let problem = "the parameter does not have exactly one of `schema` and `content`";
                let cure = "Describe its value with one of them.";
                let place = &node.pointer;
                self.report.add("exclusive-keys", place, problem, cure);
            }
        }
    }

    /// An object has no agreed form as the value of a parameter.
    fn no_object(&mut self, pointer: &str, schema: &Value) {
        let root = self.outline.root;
        let target = follow(root, schema).unwrap_or(schema);
        let object = target.text("type") == Some("object");
        if object || !Declared::of(root, "", schema).properties.is_empty() {
            let problem = "an object as a parameter is not implemented";
            let cure =
                "Write a parameter for each field, or use `content` with `application/json`.";
            self.refuse(pointer, problem, cure);
        }
    }

    fn media_type(&mut self, node: &Node<'_>) {
        let kind = essence(&last(&node.pointer));
        let xml = kind.ends_with("/xml") || kind.ends_with("+xml");
        if (xml || kind.starts_with("multipart/")) && node.object.contains_key("schema") {
            let problem = format!("bodies of the type {kind} are not implemented");
            let cure =
                "Use JSON, a form or text, or leave out the schema: then every body is valid.";
            self.refuse(&node.pointer, problem, cure);
        }
    }

    fn encoding(&mut self, node: &Node<'_>) {
        let known = ["application/json", "text/plain"];
        let kind = node.text("contentType");
        if let Some(kind) = kind.filter(|kind| !known.contains(&essence(kind).as_str())) {
            let problem = format!("form fields of the type `{kind}` are not implemented");
            self.refuse(node.at("contentType"), problem, "Use application/json.");
        }
        if let Some(style) = node.text("style").filter(|style| *style != "form") {
            let problem = format!("the style `{style}` is not implemented for a form field");
            self.refuse(node.at("style"), problem, "Use `form`.");
        }
    }

    fn security_scheme(&mut self, node: &Node<'_>) {
        let complete = match node.text("type") {
            Some("http") => node.text("scheme").is_some(),
            Some("apiKey") => {
                matches!(node.text("in"), Some("header" | "query")) && node.text("name").is_some()
            }
            Some("oauth2" | "openIdConnect") => true,
            _ => false,
        };
        if !complete {
            let problem =
                "this security scheme is not implemented, or lacks a key that its type needs";
            let cure = "Use http with `scheme`, apiKey with `name` in a header or the query, oauth2 or \
                        openIdConnect.";
            self.refuse(&node.pointer, problem, cure);
        }
    }

    fn discriminator(&mut self, schema: &Node<'_>) {
        let Some(discriminator) = self.outline.node(&schema.at("discriminator")) else {
            return;
        };
        let branches = schema.object.get("oneOf").or(schema.object.get("anyOf"));
        let branches = branches.and_then(Value::as_array);
        let named = |branch: &Value| branch.get("$ref").is_some();
        let all_named = branches.is_some_and(|branches| branches.iter().all(named));
        if !all_named || discriminator.text("propertyName").is_none() {
            let problem = "a discriminator is only implemented with a `propertyName`, beside `oneOf` or `anyOf` of \
                           references";
            let cure = "List the alternatives in `oneOf`, each as a `$ref`.";
            self.refuse(&discriminator.pointer, problem, cure);
        }
        let mapping = discriminator.at("mapping");
        for (word, target) in discriminator.entries("mapping") {
            let name = target.as_str().unwrap_or_default();
            if self.outline.root.pointer(&of_mapping(name)).is_none() {
                let problem = format!("the mapping points to `{name}`, which does not exist");
                let cure = "Name a schema of this document.";
                let place = child(&mapping, word);
                self.report.add("ref-dangling", place, problem, cure);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A load leaves most rules of the lint out: none of them finds anything that counts.
    #[test]
    fn no_rule_that_counts_is_left_out() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lint");
        let mut counted = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(folder).expect("there are fixtures") {
            let path = entry.expect("a folder can be listed").path();
            let text = std::fs::read_to_string(&path).expect("a fixture can be read");
            let Ok(root) = lint::parse("", &text) else {
                continue;
            };
            let outline = Outline::new(&root);
            let found = |rules: &dyn Fn(&mut Report<'_>)| {
                let mut report = Report::new("");
                rules(&mut report);
                report.retain(|finding| counts(&outline, finding));
                report.finish(&Positions::scan(&text))
            };
            let all = found(&|report| lint::rules(&outline, report));
            let operations = outline.operations();
            let asked = found(&|report| lint::rules_of_messages(&outline, &operations, report));
            assert_eq!(asked, all, "{}", path.display());
            counted.extend(all.into_iter().map(|finding| finding.rule));
        }
        // The one fixture with a sibling has one that may stand there.
        counted.insert("ref-siblings");
        assert_eq!(counted, std::collections::BTreeSet::from(RULES));
    }
}
