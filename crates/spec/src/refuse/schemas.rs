//! What is said in schemas, beside keys and the kinds of their values.

use serde_json::{Value, json};

use super::super::pointer::escape;
use super::super::schema::FORMATS;
use super::{Node, Refusals, child, of_reference};

/// The types of OpenAPI 3.0. There is no `null`: `nullable` says that.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

impl Refusals<'_, '_> {
    /// Looks at one schema; those inside it have their own turn.
    pub(super) fn schema(&mut self, schema: &Node<'_>) {
        self.words(schema);
        self.bounds(schema);
        self.discriminator(schema);
    }

    fn words(&mut self, schema: &Node<'_>) {
        if let Some(kind) = schema.text("type").filter(|kind| !TYPES.contains(kind)) {
            let problem = format!("OpenAPI 3.0 has no type `{kind}`");
            let types = TYPES.join(", ");
            let cure = format!("Use one of {types}; for null there is `nullable`.");
            self.refuse("unknown-word", schema.at("type"), problem, cure);
        }
        let format = schema.text("format");
        if let Some(format) = format.filter(|format| !FORMATS.contains(format)) {
            let problem = format!("the format `{format}` is not implemented");
            let cure = format!(
                "Use one of {}, or describe it in words.",
                FORMATS.join(", ")
            );
            self.refuse("format-unknown", schema.at("format"), problem, cure);
        }
        let built = |pattern| jsonschema::options().build(&json!({ "pattern": pattern }));
        if let Some(Err(_)) = schema.text("pattern").map(built) {
            let problem = "the pattern is no regular expression that is understood here";
            let cure = "Correct it; it follows JavaScript's rules.";
            self.refuse("pattern-invalid", schema.at("pattern"), problem, cure);
        }
    }

    fn bounds(&mut self, schema: &Node<'_>) {
        for (bound, exclusive) in [
            ("minimum", "exclusiveMinimum"),
            ("maximum", "exclusiveMaximum"),
        ] {
            if schema.flag(exclusive) && !schema.object.contains_key(bound) {
                let problem = format!("`{exclusive}` has no effect without `{bound}`");
                let cure = format!("Add `{bound}`.");
                self.refuse(
                    "exclusive-without-bound",
                    schema.at(exclusive),
                    problem,
                    cure,
                );
            }
        }
        let step = schema.object.get("multipleOf").and_then(Value::as_f64);
        if step.is_some_and(|step| step <= 0.0) {
            let problem = "`multipleOf` is not more than 0";
            let cure = "Write a positive number.";
            self.refuse("wrong-type", schema.at("multipleOf"), problem, cure);
        }
    }

    fn discriminator(&mut self, schema: &Node<'_>) {
        let Some(discriminator) = self.outline.node(&schema.at("discriminator")) else {
            return;
        };
        let here = &discriminator.pointer;
        if discriminator.text("propertyName").is_none() {
            let problem = "the discriminator has no `propertyName`";
            self.refuse("wrong-type", here, problem, "Add it.");
        }
        let branches = schema.object.get("oneOf").or(schema.object.get("anyOf"));
        let named = |branch: &Value| branch.get("$ref").is_some();
        let branches = branches.and_then(Value::as_array);
        if !branches.is_some_and(|branches| branches.iter().all(named)) {
            let problem =
                "a discriminator is only implemented beside `oneOf` or `anyOf` of references";
            let cure = "List the alternatives in `oneOf`, each as a `$ref`.";
            self.not_implemented(here, problem, cure);
        }
        let mapping = discriminator.at("mapping");
        for (word, target) in discriminator.entries("mapping") {
            let name = target.as_str().unwrap_or_default();
            let target = of_reference(name)
                .unwrap_or_else(|| format!("/components/schemas/{}", escape(name)));
            if self.outline.root.pointer(&target).is_none() {
                let problem = format!("the mapping leads to `{name}`, where nothing is");
                let cure = "Name a schema of this document.";
                self.refuse("ref-dangling", child(&mapping, word), problem, cure);
            }
        }
    }
}
