//! The services under test, each with its document and its expectations.

use std::collections::BTreeMap;

use runpipe::Service;
use runpipe_spec::document::Document;
use runpipe_spec::operation::{Operation, Response, StatusPattern};
use serde::Deserialize;

/// A service of this build.
pub struct Subject {
    pub service: Service,
    pub text: String,
    pub document: Document,
    pub expectations: Expectations,
}

/// What is true of a service and not in its document.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// How the `Authorization` header of the test's credential begins.
    pub authorization: String,
    /// For each security scheme: where the client's credential for it stands.
    pub schemes: BTreeMap<String, String>,
    /// Headers that the client sends beside those of every HTTP request, by name in lower case.
    pub headers: BTreeMap<String, Sent>,
    /// JSON pointers to the vendor's sentence in the body of a refusal; `*` stands for every item.
    pub sentences: Vec<String>,
    /// The header that carries the vendor's id of a request, as the document spells it.
    pub request_id_header: Option<String>,
    /// JSON pointers to that id in the body of a refusal.
    pub request_id: Vec<String>,
    /// What is kept of the sentence in single examples, where the rest repeats parts of the request
    /// that belong into no log.
    pub cut: BTreeMap<String, String>,
    /// For each status that the client reads as a refusal: the kind of error, and the kinds of
    /// single examples of it (by name, or by a beginning that ends in `*`).
    pub refusals: BTreeMap<u16, ExpectedKind>,
}

/// What a header of the vendor's own says.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sent {
    /// Something new each time.
    Anything,
    /// Always the same.
    Value(String),
    /// What the operation has under this key in the document.
    FromOperation(String),
}

/// The kind of error that a status becomes.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedKind {
    pub kind: String,
    #[serde(default)]
    pub examples: BTreeMap<String, String>,
}

impl ExpectedKind {
    pub fn kind_of(&self, example: &str) -> &str {
        let fits = |name: &str| match name.strip_suffix('*') {
            Some(beginning) => example.starts_with(beginning),
            None => example == name,
        };
        let special = self.examples.iter().find(|(name, _)| fits(name));
        special.map_or(&self.kind, |(_, kind)| kind)
    }
}

impl Subject {
    /// Whether the client reads an answer of this status as a success.
    pub fn is_success(&self, status: u16) -> bool {
        (200..300).contains(&status) && !self.expectations.refusals.contains_key(&status)
    }

    /// Whether an operation can start work, as its document says.
    pub fn starts(&self, operation_id: &str) -> bool {
        let document: serde_json::Value =
            serde_json::from_str(&self.service.document().expect("all are built").text())
                .expect("JSON");
        let paths = document["paths"].as_object().expect("paths").values();
        let operations =
            paths.flat_map(|item| item.as_object().into_iter().flat_map(|all| all.values()));
        operations
            .filter(|operation| operation["operationId"] == operation_id)
            .any(|operation| operation["x-effect"].to_string().contains("start"))
    }

    /// Whether an answer with a success status refuses inside: Aliyun's `success: false`.
    pub fn refuses_inside(&self, value: &serde_json::Value) -> bool {
        self.service == Service::Aliyun && value.get("success") == Some(&false.into())
    }

    /// The documented answers of an operation, by status.
    pub fn answers<'d>(&'d self, operation: &'d Operation) -> Vec<(u16, &'d Response)> {
        let code = |response: &'d Response| match response.status {
            StatusPattern::Code(code) => (code, response),
            other => panic!("{} documents {other}: give every status", operation.id),
        };
        operation.responses.iter().map(code).collect()
    }

    /// The same service with another document.
    pub fn with_document(&self, document: Document) -> Subject {
        let expectations = self.expectations.clone();
        Subject {
            service: self.service,
            text: self.text.clone(),
            document,
            expectations,
        }
    }
}

/// Every service of this build. A service without a file of expectations fails by name.
pub fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for service in Service::ALL {
        let Some(document) = service.document() else {
            continue;
        };
        let expectations = format!(
            "{}/tests/contract/expectations/{service}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let read = std::fs::read_to_string(&expectations);
        let read = read.unwrap_or_else(|fault| panic!("{expectations}: {fault}"));
        let expectations: Expectations =
            serde_json::from_str(&read).unwrap_or_else(|fault| panic!("{expectations}: {fault}"));
        let file = format!("specs/{service}.json");
        let text = document.text();
        let document = Document::parse(&file, &text).unwrap_or_else(|findings| {
            let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"))
        });
        subjects.push(Subject {
            service,
            text,
            document,
            expectations,
        });
    }
    subjects
}

/// The component that a schema pointer leads to.
pub fn component(pointer: &str) -> Option<&str> {
    pointer
        .strip_prefix("/components/schemas/")
        .filter(|name| !name.contains('/'))
}
