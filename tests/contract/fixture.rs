//! The fixtures: one answer in each file, with where it comes from.

use std::path::PathBuf;

use runpipe::Service;
use runpipe_spec::operation::StatusPattern;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answers::Answer;
use super::subject::Subject;

/// The words that say what the shape of a fixture rests on.
pub const ORIGINS: [&str; 7] = [
    "documented refusal",
    "vendor page",
    "vendor's published specification",
    "official SDK",
    "public client code",
    "recorded answers",
    "no body is documented",
];

/// A fixture, as its file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// Whose the values are, and what the shape rests on.
    pub origin: String,
    pub content_type: Option<String>,
    #[serde(default)]
    pub headers: Map<String, Value>,
    #[serde(default)]
    pub value: Value,
    /// The kind of error, where it is not the usual one of the status.
    pub kind: Option<String>,
    /// `<operationId>/<status>-<name>`.
    #[serde(skip)]
    pub file: String,
    #[serde(skip)]
    pub operation_id: String,
    #[serde(skip)]
    pub status: u16,
    #[serde(skip)]
    pub name: String,
}

impl Fixture {
    pub fn is_maximal(&self) -> bool {
        self.name.starts_with("maximal")
    }

    /// The same as an answer of its operation; the schema is that of the document.
    pub fn answer(&self, subject: &Subject) -> Answer {
        let operation = subject.document.operation(&self.operation_id);
        let response = operation.and_then(|operation| operation.response(self.status));
        let media_type = response.and_then(|response| {
            response
                .content
                .iter()
                .find(|media_type| Some(&media_type.range) == self.content_type.as_ref())
        });
        Answer {
            name: format!("tests/fixtures/{}/{}.json", subject.service, self.file),
            example: String::new(),
            operation_id: self.operation_id.clone(),
            status: self.status,
            headers: self.headers.clone(),
            content_type: self.content_type.clone(),
            value: self.value.clone(),
            schema: media_type.and_then(|media_type| media_type.schema.clone()),
        }
    }
}

/// The folder of a service's fixtures.
pub fn folder(service: Service) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(service.name())
}

/// All fixtures of the documented answers, by operation, status and name.
pub fn all(subject: &Subject) -> Vec<Fixture> {
    let covered = runpipe_spec::coverage::coverage(&subject.document, &folder(subject.service));
    let rows = covered.expect("the folder of fixtures").rows;
    let files = rows.into_iter().flat_map(|row| {
        let StatusPattern::Code(status) = row.status else {
            panic!("{} {}", row.operation_id, row.status)
        };
        row.fixtures
            .into_iter()
            .map(move |name| (row.operation_id.clone(), status, name))
    });
    files
        .map(|(operation_id, status, name)| {
            let file = format!("{operation_id}/{status}-{name}");
            let path = folder(subject.service).join(format!("{file}.json"));
            let text = std::fs::read_to_string(&path).expect("a fixture");
            let read: Result<Fixture, _> = serde_json::from_str(&text);
            let fixture = read.unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            Fixture {
                file,
                operation_id,
                status,
                name,
                ..fixture
            }
        })
        .collect()
}
