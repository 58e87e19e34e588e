//! Schemas by what they are used for: answers have to be read leniently, requests have to be easy to build.

use serde_json::Value;

use super::report::Report;
use super::subject::Subject;
use crate::outline::Node;

pub(super) fn check(subject: &Subject<'_, '_>, report: &mut Report<'_>) {
    for schema in &subject.answers {
        answer(schema, report);
    }
    for schema in &subject.bodies {
        request(schema, report);
    }
}

fn answer(schema: &Node<'_>, report: &mut Report<'_>) {
    if schema.object.get("additionalProperties") == Some(&Value::Bool(false)) {
        let problem = "an answer with a field that the service adds later could not be read";
        let cure = "Remove `additionalProperties: false`.";
        let place = schema.at("additionalProperties");
        report.add("answer-closed", place, problem, cure);
    }
    let mut keys = vec!["pattern", "minLength", "maxLength"];
    keys.retain(|key| schema.has(key));
    if schema.flag("uniqueItems") {
        keys.push("uniqueItems");
    }
    let count = |key| schema.object.get(key).and_then(Value::as_u64);
    if count("minItems").is_some_and(|least| least > 0 && count("maxItems") == Some(least)) {
        keys.push("minItems");
    }
    if schema.text("type") == Some("integer") && schema.has("minimum") && !schema.has("format") {
        keys.push("minimum");
    }
    for key in keys {
        let problem =
            format!("a single value that breaks `{key}` would make the whole answer unreadable");
        let cure = "Say it in the description instead.";
        report.add("answer-constraint", schema.at(key), problem, cure);
    }
}

fn request(schema: &Node<'_>, report: &mut Report<'_>) {
    let listed = schema.entries("properties").next().is_some();
    let further = schema.object.get("additionalProperties");
    if listed && further.is_some_and(Value::is_object) {
        let problem =
            "the generated builder would demand the further fields (`extra`) in every request";
        let cure = "Write `additionalProperties: true`, or leave it out.";
        let place = schema.at("additionalProperties");
        report.add("request-extra", place, problem, cure);
    }
}
