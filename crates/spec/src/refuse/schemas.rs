//! The walk over schemas: every keyword known, every value of the kind that its keyword needs.

use serde_json::{Value, json};

use super::super::schema::FORMATS;
use super::keywords::{Kind, Needs, SCHEMA_VALUES};
use super::{Walk, child};

/// The types of OpenAPI 3.0. There is no `null`: `nullable` says that.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

impl<'r> Walk<'r> {
    /// Walks a schema and the schemas inside it; the targets of references are walked where they stand.
    pub(super) fn schema(&mut self, pointer: &str, schema: &'r Value) {
        if !self.keys(Kind::Schema, pointer, schema) {
            return;
        }
        for (keyword, needs) in SCHEMA_VALUES {
            if let Some(value) = schema.get(*keyword)
                && !fits(value, *needs)
            {
                let problem = format!("`{keyword}` is not {}", needs.name());
                let here = child(pointer, keyword);
                self.refuse("wrong-type", &here, problem, "Correct its value.");
            }
        }
        self.words(pointer, schema);
        self.bounds(pointer, schema);
        self.discriminator(pointer, schema);
        for (_, here, property) in self.schemas_in(pointer, schema, "properties") {
            self.schema(&here, property);
        }
        for keyword in ["items", "not"] {
            if let Some(inner) = schema.get(keyword).filter(|inner| inner.is_object()) {
                self.schema(&child(pointer, keyword), inner);
            }
        }
        if let Some(further) = schema
            .get("additionalProperties")
            .filter(|further| !further.is_boolean())
        {
            self.schema(&child(pointer, "additionalProperties"), further);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let branches = schema
                .get(keyword)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            for (index, branch) in branches.enumerate() {
                self.schema(&format!("{pointer}/{keyword}/{index}"), branch);
            }
        }
    }

    fn schemas_in(
        &mut self,
        pointer: &str,
        schema: &'r Value,
        keyword: &str,
    ) -> Vec<(&'r str, String, &'r Value)> {
        match schema.get(keyword) {
            Some(Value::Object(_)) => self.members(pointer, schema, keyword),
            // Reported already, with its needs.
            _ => Vec::new(),
        }
    }

    fn words(&mut self, pointer: &str, schema: &'r Value) {
        let text = |key| schema.get(key).and_then(Value::as_str);
        if let Some(kind) = text("type").filter(|kind| !TYPES.contains(kind)) {
            let problem = format!("OpenAPI 3.0 has no type `{kind}`");
            let cure = format!(
                "Use one of {}; for null there is `nullable`.",
                TYPES.join(", ")
            );
            self.refuse("unknown-word", &child(pointer, "type"), problem, cure);
        }
        if let Some(format) = text("format").filter(|format| !FORMATS.contains(format)) {
            let problem = format!("the format `{format}` is not implemented");
            let cure = format!(
                "Use one of {}, or describe it in words.",
                FORMATS.join(", ")
            );
            self.refuse("format-unknown", &child(pointer, "format"), problem, cure);
        }
        if let Some(pattern) = text("pattern")
            && jsonschema::options()
                .build(&json!({ "pattern": pattern }))
                .is_err()
        {
            let problem = "the pattern is no regular expression that is understood here";
            let cure = "Correct it; it follows JavaScript's rules.";
            self.refuse("pattern-invalid", &child(pointer, "pattern"), problem, cure);
        }
    }

    fn bounds(&mut self, pointer: &str, schema: &'r Value) {
        for (bound, exclusive) in [
            ("minimum", "exclusiveMinimum"),
            ("maximum", "exclusiveMaximum"),
        ] {
            if schema.get(exclusive) == Some(&Value::Bool(true)) && schema.get(bound).is_none() {
                let problem = format!("`{exclusive}` has no effect without `{bound}`");
                self.refuse(
                    "exclusive-without-bound",
                    &child(pointer, exclusive),
                    problem,
                    format!("Add `{bound}`."),
                );
            }
        }
        if schema
            .get("multipleOf")
            .and_then(Value::as_f64)
            .is_some_and(|step| step <= 0.0)
        {
            let here = child(pointer, "multipleOf");
            self.refuse(
                "wrong-type",
                &here,
                "`multipleOf` is not more than 0",
                "Write a positive number.",
            );
        }
    }

    fn discriminator(&mut self, pointer: &str, schema: &'r Value) {
        let Some(discriminator) = schema.get("discriminator") else {
            return;
        };
        let here = child(pointer, "discriminator");
        if discriminator
            .get("propertyName")
            .and_then(Value::as_str)
            .is_none()
        {
            self.refuse(
                "wrong-type",
                &here,
                "the discriminator has no `propertyName`",
                "Add it.",
            );
        }
        let branches = schema
            .get("oneOf")
            .or_else(|| schema.get("anyOf"))
            .and_then(Value::as_array);
        let named = |branch: &Value| branch.get("$ref").is_some();
        if !branches.is_some_and(|branches| branches.iter().all(named)) {
            let problem =
                "a discriminator is only implemented beside `oneOf` or `anyOf` of references";
            self.not_implemented(
                &here,
                problem,
                "List the alternatives in `oneOf`, each as a `$ref`.",
            );
        }
        for (word, target) in discriminator
            .get("mapping")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let place = format!("{}/{}", child(&here, "mapping"), super::escape(word));
            let name = target.as_str().unwrap_or_default();
            let target = super::reference_pointer(name)
                .unwrap_or_else(|| format!("/components/schemas/{}", super::escape(name)));
            if self.root.pointer(&target).is_none() {
                let problem = format!("the mapping leads to `{name}`, where nothing is");
                self.refuse(
                    "ref-dangling",
                    &place,
                    problem,
                    "Name a schema of this document.",
                );
            }
        }
    }
}

fn fits(value: &Value, needs: Needs) -> bool {
    match needs {
        Needs::Flag => value.is_boolean(),
        Needs::Count => value.is_u64(),
        Needs::Number => value.is_number(),
        Needs::Text => value.is_string(),
        Needs::Texts => value
            .as_array()
            .is_some_and(|texts| texts.iter().all(Value::is_string)),
        Needs::List => value.as_array().is_some_and(|list| !list.is_empty()),
        Needs::Object => value.is_object(),
    }
}
