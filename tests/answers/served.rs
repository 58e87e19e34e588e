//! Answers as the tables describe them, and the server that gives them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use runpipe::RetryPolicy;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The rows of a table: `tests/fixtures/<table>.json`.
pub fn rows<T: DeserializeOwned>(table: &str) -> Vec<T> {
    let root = env!("CARGO_MANIFEST_DIR");
    let file = format!("{root}/tests/fixtures/{table}.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// An answer as a row of a table describes it.
pub fn answer(row: &Value) -> ResponseTemplate {
    let status = u16::try_from(row["status"].as_u64().unwrap_or(200)).unwrap();
    let mut body = match row["text"].as_str() {
        Some(text) => text.to_owned(),
        None => row["json"].to_string(),
    };
    if row["byte_order_mark"] == true {
        body.insert(0, '\u{feff}');
    }
    let mut answer = ResponseTemplate::new(status).set_body_bytes(body);
    for (name, value) in row["headers"].as_object().into_iter().flatten() {
        answer = answer.insert_header(name.as_str(), value.as_str().unwrap());
    }
    answer
}

/// One answer to one kind of request.
pub async fn on(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    let asked = Mock::given(method(verb)).and(path(at));
    asked.respond_with(answer).mount(server).await;
}

/// A server that answers everything with one thing.
pub async fn always(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// Two retries, one right after the other.
pub fn retry() -> RetryPolicy {
    let step = Duration::from_millis(1);
    RetryPolicy::default().retries(2).steps(step, step)
}

pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

/// Compares the keys that the row names.
pub fn assert_holds(actual: &Value, expected: &Map<String, Value>, name: &str) {
    for (key, value) in expected {
        assert_eq!(actual.get(key), Some(value), "{name}: {key}\n{actual:#}");
    }
}
