//! Messages held against a document, case by case: `tests/fixtures/validate/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use runpipe_spec::document::Document;
use runpipe_spec::fixture::missing;
use runpipe_spec::operation::StatusPattern;
use runpipe_spec::route::NoRoute;
use runpipe_spec::schema::{Direction, Schemas, Strictness};
use runpipe_spec::validate::{RequestParts, Violation};
use serde_json::{Value, json};

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/validate")
        .join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cases(name: &str) -> Vec<Value> {
    serde_json::from_str(&fixture(name)).expect("a list of cases")
}

fn parcels() -> Document {
    match Document::parse("parcels.json", &fixture("parcels.json")) {
        Ok(document) => document,
        Err(findings) => panic!(
            "{}",
            findings
                .iter()
                .map(|f| format!("{f}\n"))
                .collect::<String>()
        ),
    }
}

fn strictness(case: &Value) -> Strictness {
    match case.get("lenient") {
        Some(Value::Bool(true)) => Strictness::Lenient,
        _ => Strictness::Strict,
    }
}

fn headers(case: &Value) -> Vec<(String, String)> {
    let headers = case
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    headers
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn body(case: &Value) -> Vec<u8> {
    match (case.get("json"), case.get("text")) {
        (Some(json), _) => json.to_string().into_bytes(),
        (None, Some(text)) => text.as_str().unwrap_or_default().into(),
        (None, None) => Vec::new(),
    }
}

/// Kind and text of each violation, the kind as in `content_type`.
fn told(violations: &[Violation]) -> Vec<String> {
    let kind = |violation: &Violation| {
        let mut name = String::new();
        for letter in format!("{:?}", violation.kind).chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        name
    };
    violations
        .iter()
        .map(|violation| format!("{} {violation}", kind(violation)))
        .collect()
}

fn expected(case: &Value) -> Vec<String> {
    let violations = case["violations"].as_array().into_iter().flatten();
    violations
        .map(|text| text.as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn requests_are_matched_or_refused_in_words() {
    let document = parcels();
    let mut failures = String::new();
    for case in cases("requests.json") {
        let (method, target) = case["request"].as_str().unwrap().split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (headers, body) = (headers(&case), body(&case));
        let headers = borrowed(&headers);
        let parts = RequestParts {
            method,
            path,
            query,
            headers: &headers,
            body: &body,
        };
        match (
            document.validate_request_with(&parts, strictness(&case)),
            case.get("matches"),
        ) {
            (Ok(matched), Some(wanted)) => {
                assert_eq!(matched.operation_id, wanted["operation"], "{case}");
                for (part, found) in [
                    ("path", json!(matched.path_parameters)),
                    ("query", json!(matched.query)),
                    ("headers", json!(matched.headers)),
                    ("body", json!(matched.body)),
                ] {
                    if let Some(wanted) = wanted.get(part)
                        && found != *wanted
                    {
                        failures += &format!("{}: {part} is {found}, not {wanted}\n", case["name"]);
                    }
                }
            }
            (Err(violations), None) if told(&violations) == expected(&case) => {}
            (Ok(matched), None) => {
                failures += &format!("{}: accepted: {matched:?}\n", case["name"])
            }
            (Err(violations), _) => {
                failures += &format!(
                    "{}: refused:\n  {}\n",
                    case["name"],
                    told(&violations).join("\n  ")
                );
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn responses_are_accepted_or_refused_in_words() {
    let document = parcels();
    let mut failures = String::new();
    for case in cases("responses.json") {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let (operation, headers) = (case["operation"].as_str().unwrap(), headers(&case));
        let violations = document.validate_response(
            operation,
            status,
            &borrowed(&headers),
            &body(&case),
            strictness(&case),
        );
        if told(&violations) != expected(&case) {
            failures += &format!("{}:\n  {}\n", case["name"], told(&violations).join("\n  "));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Writes `value` at `pointer`, making the last member if need be.
fn set(root: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let name = name.replace("~1", "/").replace("~0", "~");
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.insert(name, value)),
        Some(Value::Array(items)) => items[name.parse::<usize>().expect("an index")] = value,
        _ => panic!("nothing at {parent}"),
    }
}

#[test]
fn what_is_not_implemented_is_refused_when_a_document_is_loaded() {
    let clean: Value = serde_json::from_str(&fixture("parcels.json")).unwrap();
    let mut failures = String::new();
    for case in cases("refused.json") {
        let mut broken = clean.clone();
        set(
            &mut broken,
            case["set"].as_str().unwrap(),
            case["to"].clone(),
        );
        let wanted = case["finding"].as_str().unwrap();
        match Document::parse("broken.json", &broken.to_string()) {
            Ok(_) => failures += &format!("accepted: {case}\n"),
            Err(findings) => {
                let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
                if !told.iter().any(|told| told.contains(wanted)) {
                    failures += &format!("{case}\n  {}\n", told.join("\n  "));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn text_that_is_not_json_is_a_finding_with_its_place() {
    let findings = Document::parse("broken.json", "{\n  \"openapi\": }").unwrap_err();
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}")
    };
    assert_eq!(
        (finding.line, finding.column),
        (Some(2), Some(14)),
        "{finding}"
    );
}

/// A document may be any JSON at all; every value of the clean one is replaced by values of other kinds.
#[test]
fn no_document_makes_loading_or_judging_panic() {
    fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
        let mut inner = |name: &str, value: &Value| {
            let pointer = format!("{here}/{}", name.replace('~', "~0").replace('/', "~1"));
            found.push(pointer.clone());
            pointers(value, &pointer, found);
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| inner(name, value)),
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| inner(&index.to_string(), value));
            }
            _ => {}
        }
    }
    let clean: Value = serde_json::from_str(&fixture("parcels.json")).unwrap();
    let mut places = Vec::new();
    pointers(&clean, "", &mut places);
    let requests = [
        ("GET", "/parcels", ""),
        ("POST", "/trips", "params=%7B%7D&count=1"),
        ("POST", "/odd", "{}"),
    ];
    let judge = |place: &String| {
        for value in [json!("text"), json!([{}]), json!({})] {
            let mut broken = clean.clone();
            set(&mut broken, place, value);
            let Ok(document) = Document::parse("broken.json", &broken.to_string()) else {
                continue;
            };
            for (method, path, body) in requests {
                let headers = [("content-type", "application/x-www-form-urlencoded")];
                let body = body.as_bytes();
                let parts = RequestParts {
                    method,
                    path,
                    query: "page=1&tag=ab",
                    headers: &headers,
                    body,
                };
                let _judged = document.validate_request(&parts);
            }
        }
    };
    std::thread::scope(|scope| {
        for some in places.chunks(places.len().div_ceil(4)) {
            scope.spawn(|| some.iter().for_each(judge));
        }
    });
}

#[test]
fn a_route_says_which_part_of_it_is_missing() {
    let document = parcels();
    assert_eq!(
        document.route("GET", "/nowhere").unwrap_err(),
        NoRoute::Path
    );
    let allowed = vec!["GET".to_owned(), "POST".to_owned()];
    assert_eq!(
        document.route("PATCH", "/parcels").unwrap_err(),
        NoRoute::Method { allowed }
    );
    assert_eq!(
        document.route("get", "/parcels").unwrap().operation.id,
        "listParcels"
    );
}

#[test]
fn examples_come_with_their_names_and_headers() {
    let document = parcels();
    let create = document.operation("createParcel").unwrap();
    let requests: Vec<_> = document.request_examples(create);
    let named: Vec<_> = requests
        .iter()
        .map(|e| (e.name, e.media_type, e.value.clone()))
        .collect();
    assert_eq!(
        named,
        [
            ("minimal", "application/json", json!({ "weight": 0.5 })),
            (
                "shared",
                "application/json",
                json!({ "weight": 30, "note": null })
            ),
            ("example", "text/*", json!("heavy")),
        ]
    );
    let answers: Vec<_> = document.response_examples(create);
    let named: Vec<_> = answers
        .iter()
        .map(|e| (e.status, e.name, e.media_type))
        .collect();
    assert_eq!(
        named,
        [
            (StatusPattern::Code(201), "example", "application/json"),
            (StatusPattern::Default, "full", "application/problem+json"),
        ]
    );
    let list = document.operation("listParcels").unwrap();
    let page = list
        .parameters
        .iter()
        .find(|parameter| parameter.name == "page")
        .unwrap();
    assert_eq!(document.parameter_example(page), Some(&json!(1)));
}

#[test]
fn every_example_of_the_document_fits_it() {
    let document = parcels();
    for operation in document.operations() {
        for example in document.response_examples(operation) {
            let StatusPattern::Code(status) = example.status else {
                continue;
            };
            let mut headers: BTreeMap<&str, String> = example
                .headers
                .iter()
                .map(|(name, value)| (*name, value.to_string()))
                .collect();
            headers.insert("content-type", example.media_type.to_owned());
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let body = match example.value {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            let found = document.validate_response(
                &operation.id,
                status,
                &headers,
                body.as_bytes(),
                Strictness::Strict,
            );
            assert_eq!(
                told(&found),
                Vec::<String>::new(),
                "{} {}",
                operation.id,
                example.name
            );
        }
    }
}

#[test]
fn a_type_that_requires_one_of_its_own_has_fixtures() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lint/nullable-lost.json");
    let text = fs::read_to_string(&path).expect("a fixture of the lint");
    let document = Document::parse("nullable-lost.json", &text).expect("a document");
    let fixtures = missing(&document, Path::new("no such folder")).expect("nothing is read");
    let minimal = fixtures
        .iter()
        .find(|one| one.path.ends_with("-minimal.json"));
    let value = &minimal.expect("a minimal fixture").value;
    assert!(value.pointer("/parent/parent").is_some(), "{value}");
}

#[test]
fn a_document_is_shared_between_threads() {
    let document = parcels();
    let answer = br#"{"id":1,"weight":2}"#;
    let headers = [("content-type", "application/json")];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let found = document.validate_response(
                    "getParcel",
                    200,
                    &headers,
                    answer,
                    Strictness::Strict,
                );
                assert_eq!(found, []);
            });
        }
    });
}

#[test]
fn schemas_answer_for_any_pointer_and_never_panic() {
    let root = json!({ "schemas": {
        "Dangling": { "$ref": "#/schemas/Nothing" },
        "Broken": { "type": "string", "minLength": "three" },
        "List": { "type": "array", "items": { "type": "integer" } },
    } });
    let schemas = Schemas::new(&root);
    let told = |pointer: &str, value: Value| {
        let errors = schemas.check(pointer, &value, Strictness::Strict);
        errors.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told("/schemas/None", json!(1)),
        ["the document has no schema at /schemas/None"]
    );
    assert_eq!(told("/schemas/Dangling", json!(1)).len(), 1);
    assert!(
        told("/schemas/Broken", json!("a"))[0]
            .starts_with("the schema at /schemas/Broken cannot be used")
    );
    assert_eq!(schemas.compile("/schemas/List"), Ok(()));
    // A long list of faults is cut, and the rest is counted.
    let errors = told("/schemas/List", json!(vec!["x"; 1000]));
    assert_eq!(errors.len(), 51);
    assert_eq!(errors[50], "and 950 more errors");
}

#[test]
fn an_example_of_unknown_direction_may_have_or_lack_one_way_fields() {
    let document = parcels();
    let schema = "/components/schemas/Parcel";
    for value in [
        json!({ "weight": 1 }),
        json!({ "id": 1, "weight": 1, "secret": "s" }),
    ] {
        assert_eq!(
            document.schemas().check(schema, &value, Strictness::Strict),
            []
        );
    }
    let sent = document.schemas().check_directed(
        schema,
        &json!({ "id": 1, "weight": 1 }),
        Strictness::Lenient,
        Direction::Request,
    );
    assert_eq!(sent, [], "leniently, a read-only field is passed over");
}
