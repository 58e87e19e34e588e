//! What a document may not have if messages are to be judged by it: found when it is loaded.
//!
//! The lint says everything that is wrong with a document. Here it is only asked whether each part that
//! describes a message is implemented: a validator that passes over a keyword says "right" about
//! messages that it did not understand. A fault that the lint knows too has the lint's rule name; everything
//! else is `not-implemented`.

mod keywords;
mod parts;
mod schemas;

use serde_json::Value;

use self::keywords::{BESIDE_REFERENCE, Kind};
use super::finding::Finding;
use super::reference::{child, escape, follow, reference_pointer};
use super::schema_error::nearest;

/// Finds all reasons not to use a document, in the order in which they are met.
pub(super) fn refuse(file: &str, root: &Value) -> Vec<Finding> {
    let mut walk = Walk {
        file,
        root,
        findings: Vec::new(),
    };
    walk.document();
    walk.findings
}

struct Walk<'r> {
    file: &'r str,
    root: &'r Value,
    findings: Vec<Finding>,
}

impl<'r> Walk<'r> {
    fn refuse(
        &mut self,
        rule: &'static str,
        pointer: &str,
        problem: impl Into<String>,
        cure: impl Into<String>,
    ) {
        self.findings.push(Finding {
            file: self.file.to_owned(),
            pointer: pointer.to_owned(),
            line: None,
            column: None,
            rule,
            problem: problem.into(),
            cure: cure.into(),
        });
    }

    fn not_implemented(&mut self, pointer: &str, what: impl Into<String>, cure: impl Into<String>) {
        self.refuse("not-implemented", pointer, what, cure);
    }

    /// Checks the keys of an object. `false` when there is nothing further to look at: the value is no
    /// object, or a reference, whose target is looked at where it stands.
    fn keys(&mut self, kind: Kind, pointer: &str, value: &'r Value) -> bool {
        let Some(object) = value.as_object() else {
            let problem = format!("the {} is not an object", kind.name());
            self.refuse("wrong-type", pointer, problem, "Write an object here.");
            return false;
        };
        if let Some(reference) = object.get("$ref") {
            self.reference(kind, pointer, reference);
            for key in object
                .keys()
                .filter(|key| *key != "$ref" && !key.starts_with("x-"))
            {
                if !BESIDE_REFERENCE.contains(&key.as_str()) {
                    let problem = format!("`{key}` beside a `$ref` has no effect in OpenAPI 3.0");
                    let cure = "Move it to the target, or write `allOf` around the `$ref`.";
                    self.refuse("ref-siblings", pointer, problem, cure);
                }
            }
            return false;
        }
        for key in object.keys().filter(|key| !key.starts_with("x-")) {
            let here = child(pointer, key);
            let unimplemented = kind.unimplemented().iter().find(|(name, _)| name == key);
            if let Some((_, cure)) = unimplemented {
                let problem = format!("`{key}` of the {} is not implemented", kind.name());
                self.not_implemented(&here, problem, *cure);
            } else if !kind.knows(key) {
                let near = nearest(
                    key,
                    &kind.keys().split_ascii_whitespace().collect::<Vec<_>>(),
                );
                let problem = format!("the {} has no key `{key}` in OpenAPI 3.0", kind.name());
                let cure = match near {
                    Some(near) => format!("Perhaps `{near}` was meant."),
                    None => "Remove it, or begin its name with `x-`.".to_owned(),
                };
                self.refuse("unknown-key", &here, problem, cure);
            }
        }
        true
    }

    fn reference(&mut self, kind: Kind, pointer: &str, reference: &'r Value) {
        let here = child(pointer, "$ref");
        let Some(text) = reference.as_str() else {
            self.refuse(
                "wrong-type",
                &here,
                "the `$ref` is not a string",
                "Write a string here.",
            );
            return;
        };
        let Some(target) = reference_pointer(text) else {
            let problem = format!("`{text}` leads into another document");
            let cure = "Put the target into this document: others are not read.";
            self.refuse("ref-external", &here, problem, cure);
            return;
        };
        match self.root.pointer(&target) {
            None => {
                let problem = format!("the `$ref` leads to `{target}`, where nothing is");
                self.refuse(
                    "ref-dangling",
                    &here,
                    problem,
                    "Correct the name, or add the target.",
                );
            }
            Some(value) if follow(self.root, value).is_none() => {
                let problem = "the `$ref` leads in a circle, or further to nothing";
                let cure = "Let one of the references lead to an object.";
                self.refuse("ref-cycle", &here, problem, cure);
            }
            Some(_) if !self.is_target_of(kind, &target) => {
                let problem = format!(
                    "the `$ref` leads to `{target}`, which is no {}",
                    kind.name()
                );
                let cure = "Let it lead to a component of the right kind.";
                self.refuse("ref-kind", &here, problem, cure);
            }
            Some(_) => {}
        }
    }

    /// Only what stands under `components` or `paths` is walked, and so checked.
    fn is_target_of(&self, kind: Kind, target: &str) -> bool {
        let parts: Vec<&str> = target.split('/').skip(1).collect();
        match parts.as_slice() {
            ["components", section, _] => *section == kind.section(),
            ["components" | "paths", ..] => true,
            _ => false,
        }
    }

    /// All members of the object `name` of `owner`, with their pointers.
    fn members(
        &mut self,
        owner_pointer: &str,
        owner: &'r Value,
        name: &str,
    ) -> Vec<(&'r str, String, &'r Value)> {
        let pointer = child(owner_pointer, name);
        match owner.get(name) {
            None => Vec::new(),
            Some(Value::Object(members)) => members
                .iter()
                .filter(|(key, _)| !key.starts_with("x-") || name != "paths" && name != "responses")
                .map(|(key, value)| (key.as_str(), child(&pointer, key), value))
                .collect(),
            Some(_) => {
                let problem = format!("`{name}` is not an object");
                self.refuse("wrong-type", &pointer, problem, "Write an object here.");
                Vec::new()
            }
        }
    }

    /// All items of the array `name` of `owner`, with their pointers.
    fn items(
        &mut self,
        owner_pointer: &str,
        owner: &'r Value,
        name: &str,
    ) -> Vec<(String, &'r Value)> {
        let pointer = child(owner_pointer, name);
        match owner.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => {
                let numbered = items.iter().enumerate();
                numbered
                    .map(|(index, value)| (format!("{pointer}/{index}"), value))
                    .collect()
            }
            Some(_) => {
                let problem = format!("`{name}` is not an array");
                self.refuse("wrong-type", &pointer, problem, "Write an array here.");
                Vec::new()
            }
        }
    }
}
