//! The file of a recorded exchange.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::service::Service;

/// A request and its answer, as a file of a recording has them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// When the request was sent, by this machine's clock.
    pub recorded: DateTime<Utc>,
    /// The service, where it is one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The `operationId` of the document; `None` when the document has no such operation.
    pub operation: Option<String>,
    /// What was asked.
    pub request: RecordedRequest,
    /// What was answered.
    pub response: RecordedResponse,
    /// What is not as it was on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRequest {
    /// The method in capitals.
    pub method: String,
    /// Percent-encoded, below the service's address.
    pub path: String,
    /// Percent-encoded, without the `?`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Headers with small letters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A text is the body as it is, `null` is none, anything else is JSON.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// What was answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedResponse {
    /// The status.
    pub status: u16,
    /// Headers with small letters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A text is the body as it is, `null` is none, anything else is JSON.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// A body as a recording has it, for these headers with small letters: nothing, JSON, or a text.
#[must_use]
pub fn recorded_body(headers: &BTreeMap<String, String>, bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    let kind = headers.get("content-type").map_or("", String::as_str);
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let json = kind.ends_with("json").then(|| crate::json::tree(bytes));
    json.flatten()
        .unwrap_or_else(|| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}

/// Something that is not as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// A JSON pointer into the exchange; `*` stands for each item of a list.
    pub place: String,
    /// What was done there.
    pub what: Replacement,
    /// How often.
    pub count: usize,
}

/// What was done to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Replacement {
    /// It held a known secret, and `[hidden]` stands in its place.
    Hidden,
    /// Its letters and digits are others.
    LookAlike,
    /// The header was left out.
    LeftOut,
}
