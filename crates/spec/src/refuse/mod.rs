//! What a document may not have if messages are to be judged by it: found when it is loaded.
//!
//! The lint says everything that is wrong with a document. Here it is only asked whether each part that
//! describes a message is implemented: a validator that passes over a keyword says "right" about
//! messages that it did not understand. A fault that the lint knows too has the lint's rule name; everything
//! else is `not-implemented`.

mod parts;
mod schemas;

use serde_json::Value;

use super::finding::Finding;
use super::outline::grammar::{Kind, Shape, is_note};
use super::outline::{Node, Outline};
use super::pointer::{child, follow, of_reference};
use super::schema_error::nearest;

/// Keys that OpenAPI 3.0 has and that are not implemented, each with what to do instead.
const UNIMPLEMENTED: &[(Kind, &str, &str)] = &[
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
];
const CALLBACKS: &str = "Describe the callback as an operation of a document of its own.";

/// Keys that may stand beside a `$ref` because they say nothing about a message.
const BESIDE_REFERENCE: &[&str] = &[
    "description",
    "summary",
    "title",
    "deprecated",
    "externalDocs",
];

/// Finds all reasons not to use a document, in the order in which they are met.
pub(super) fn refuse(file: &str, root: &Value) -> Vec<Finding> {
    let outline = Outline::new(root);
    let mut refusals = Refusals {
        file,
        outline: &outline,
        findings: Vec::new(),
    };
    refusals.document();
    refusals.findings
}

/// The reasons that have been found so far.
struct Refusals<'o, 'r> {
    file: &'o str,
    outline: &'o Outline<'r>,
    findings: Vec<Finding>,
}

impl Refusals<'_, '_> {
    fn refuse(
        &mut self,
        rule: &'static str,
        pointer: impl Into<String>,
        problem: impl Into<String>,
        cure: impl Into<String>,
    ) {
        self.findings.push(Finding {
            file: self.file.to_owned(),
            pointer: pointer.into(),
            line: None,
            column: None,
            rule,
            problem: problem.into(),
            cure: cure.into(),
        });
    }

    fn not_implemented(
        &mut self,
        pointer: impl Into<String>,
        what: impl Into<String>,
        cure: impl Into<String>,
    ) {
        self.refuse("not-implemented", pointer, what, cure);
    }

    /// Checks the keys of an object. `false` when there is nothing further to look at, because a reference is
    /// there: its target is looked at where it stands.
    fn keys(&mut self, node: &Node<'_>) -> bool {
        let own = || node.object.keys().filter(|key| !key.starts_with("x-"));
        if let Some(reference) = node.object.get("$ref") {
            self.reference(node, reference);
            let known = |key: &str| key == "$ref" || BESIDE_REFERENCE.contains(&key);
            for key in own().filter(|key| !known(key)) {
                let problem = format!("`{key}` beside a `$ref` has no effect in OpenAPI 3.0");
                let cure = "Move it to the target, or write `allOf` around the `$ref`.";
                self.refuse("ref-siblings", &node.pointer, problem, cure);
            }
            return false;
        }
        let what = node.kind.name();
        for name in own() {
            let unimplemented = UNIMPLEMENTED
                .iter()
                .find(|(kind, key, _)| *kind == node.kind && key == name);
            if let Some((.., cure)) = unimplemented {
                let problem = format!("`{name}` of the {what} is not implemented");
                self.not_implemented(node.at(name), problem, *cure);
            } else if node.kind.key(name).is_none() {
                let known: Vec<&str> = node.kind.keys().iter().map(|key| key.name).collect();
                let problem = format!("the {what} has no key `{name}` in OpenAPI 3.0");
                let cure = match nearest(name, &known) {
                    Some(near) => format!("Perhaps `{near}` was meant."),
                    None => "Remove it, or begin its name with `x-`.".to_owned(),
                };
                self.refuse("unknown-key", node.at(name), problem, cure);
            }
        }
        self.values(node);
        true
    }

    /// Checks lists, maps, and every keyword of a schema that says something about a value.
    fn values(&mut self, node: &Node<'_>) {
        for key in node.kind.keys() {
            let judged = match node.kind {
                Kind::Schema => !is_note(key.name),
                _ => matches!(key.shape, Shape::List(_) | Shape::Map(_)),
            };
            let value = node.object.get(key.name).filter(|_| judged);
            if let Some(wanted) = value.and_then(|value| unmet(key.shape, value)) {
                let problem = format!("`{}` is not {wanted}", key.name);
                self.refuse(
                    "wrong-type",
                    node.at(key.name),
                    problem,
                    "Correct its value.",
                );
            }
        }
    }

    fn reference(&mut self, node: &Node<'_>, reference: &Value) {
        let here = node.at("$ref");
        let Some(text) = reference.as_str() else {
            let problem = "the `$ref` is not a string";
            return self.refuse("wrong-type", here, problem, "Write a string here.");
        };
        let Some(target) = of_reference(text) else {
            let problem = format!("`{text}` leads into another document");
            let cure = "Put the target into this document: others are not read.";
            return self.refuse("ref-external", here, problem, cure);
        };
        let root = self.outline.root;
        match root.pointer(&target) {
            None => {
                let problem = format!("the `$ref` leads to `{target}`, where nothing is");
                let cure = "Correct the name, or add the target.";
                self.refuse("ref-dangling", here, problem, cure);
            }
            Some(value) if follow(root, value).is_none() => {
                let problem = "the `$ref` leads in a circle, or further to nothing";
                let cure = "Let one of the references lead to an object.";
                self.refuse("ref-cycle", here, problem, cure);
            }
            // What is of another kind has been checked as such, if at all.
            Some(_) if !self.is_a(node.kind, &target) => {
                let kind = node.kind.name();
                let problem = format!("the `$ref` leads to `{target}`, which is no {kind}");
                let cure = "Let it lead to a component of the right kind.";
                self.refuse("ref-kind", here, problem, cure);
            }
            Some(_) => {}
        }
    }

    fn is_a(&self, kind: Kind, pointer: &str) -> bool {
        let node = self.outline.node(pointer);
        node.is_some_and(|node| node.kind == kind)
    }
}

/// What the value of a key should be, where it is something else. Objects are looked at by themselves.
fn unmet(shape: Shape, value: &Value) -> Option<&'static str> {
    let filled = || value.as_array().is_some_and(|list| !list.is_empty());
    let texts = || {
        let texts = value.as_array();
        texts.is_some_and(|texts| texts.iter().all(Value::is_string))
    };
    let (met, wanted) = match shape {
        Shape::Any | Shape::Object(_) | Shape::FlagOrSchema => return None,
        Shape::Flag => (value.is_boolean(), "`true` or `false`"),
        Shape::Count => (value.is_u64(), "a whole number from 0"),
        Shape::Number => (value.is_number(), "a number"),
        Shape::Text | Shape::Word(_) => (value.is_string(), "a string"),
        Shape::Texts => (texts(), "an array of strings"),
        Shape::Values | Shape::List(Kind::Schema) => (filled(), "an array with at least one item"),
        Shape::List(_) => (value.is_array(), "an array"),
        Shape::Map(_) | Shape::TextMap | Shape::AnyMap => (value.is_object(), "an object"),
    };
    (!met).then_some(wanted)
}
