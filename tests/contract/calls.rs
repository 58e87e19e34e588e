//! What the operations are called with.

use runpipe_spec::document::Document;
use runpipe_spec::operation::Operation;
use serde_json::{Map, Value, json};

/// One call.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is, for a person.
    pub name: String,
    pub operation_id: String,
    pub parameters: Map<String, Value>,
    pub body: Option<Value>,
}

/// The calls that a document's examples make: each body with the required parameters, the richest body
/// with every parameter, and the same with the largest numbers.
pub fn cases(document: &Document, operation: &Operation) -> Vec<Case> {
    let case = |name: String, parameters: &Map<String, Value>, body: Option<&Value>| Case {
        name: format!(
            "{} {} ({}, {name})",
            document.file(),
            operation.pointer,
            operation.id
        ),
        operation_id: operation.id.clone(),
        parameters: parameters.clone(),
        body: body.cloned(),
    };
    let (required, all) = (
        parameters(document, operation, false),
        parameters(document, operation, true),
    );
    let largest = largest(document, operation, &all);
    let examples = document.request_examples(operation);
    if operation.request_body.is_none() {
        return vec![
            case("required parameters".to_owned(), &required, None),
            case("largest numbers".to_owned(), &largest, None),
            case("every parameter".to_owned(), &all, None),
        ];
    }
    assert!(
        !examples.is_empty(),
        "{} has a body and no example of it",
        operation.id
    );
    let mut cases: Vec<Case> = examples
        .iter()
        .map(|example| case(example.name.to_owned(), &required, Some(example.value)))
        .collect();
    let richest = examples
        .iter()
        .find(|example| example.name == "maximal")
        .or(examples.last());
    for (name, parameters) in [("largest numbers", &largest), ("every parameter", &all)] {
        cases.extend(richest.map(|example| case(name.to_owned(), parameters, Some(example.value))));
    }
    cases
}

/// The same parameters, with the largest number for each that is a whole number.
fn largest(
    document: &Document,
    operation: &Operation,
    all: &Map<String, Value>,
) -> Map<String, Value> {
    let mut parameters = all.clone();
    for parameter in &operation.parameters {
        let schema = document.at(&parameter.schema).unwrap_or(&Value::Null);
        if schema.get("type") == Some(&json!("integer")) {
            let short = schema.get("format") == Some(&json!("int32"));
            let most = if short { i64::from(i32::MAX) } else { i64::MAX };
            let most = schema
                .get("maximum")
                .and_then(Value::as_i64)
                .unwrap_or(most);
            parameters.insert(parameter.name.clone(), json!(most));
        }
    }
    parameters
}

/// An example of each parameter, of the required ones or of all.
pub fn parameters(document: &Document, operation: &Operation, all: bool) -> Map<String, Value> {
    let wanted = operation
        .parameters
        .iter()
        .filter(|parameter| all || parameter.required);
    wanted
        .map(|parameter| {
            let example = document.parameter_example(parameter);
            let value = example.unwrap_or_else(|| {
                panic!(
                    "{}: parameter {} has no example",
                    operation.id, parameter.name
                )
            });
            (parameter.name.clone(), value.clone())
        })
        .collect()
}
