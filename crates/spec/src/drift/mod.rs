//! Compares real traffic strictly with a document: what the service does and the document does not
//! say, and what the document says and nobody has seen.
//!
//! A client ignores what it does not know. Here every undocumented field, word, status, content
//! type and type is a [`Finding`], reported once with its count, its first example, its effect on a
//! caller in Rust, and the change that documents it, as a JSON Patch (RFC 6902).
//!
//! ```
//! use runpipe_spec::document::Document;
//! use runpipe_spec::drift::{Drift, Message, Traffic};
//! use serde_json::json;
//!
//! let document = Document::parse("runs.json", r#"{
//!   "openapi": "3.0.3", "info": { "title": "Runs", "version": "1" },
//!   "paths": { "/run": { "get": { "operationId": "getRun", "responses": { "200": { "description": "The run.",
//!     "content": { "application/json": { "schema": { "type": "object",
//!       "properties": { "id": { "type": "integer" } } } } } } } } } }
//! }"#).expect("a document that can be used");
//! let answer = json!({ "id": 7, "priority": "HIGH" });
//! let mut drift = Drift::new(&document);
//! drift.read(&Traffic {
//!     method: "GET", path: "/run", query: "", status: 200, request: Message::default(),
//!     response: Message { content_type: Some("application/json"), body: Some(&answer) },
//! });
//! let drifted = drift.finish();
//! assert_eq!(drifted.findings[0].to_string(), "undocumented field getRun 200.priority");
//! ```

mod changes;
mod finding;
mod names;
mod observed;
mod rewrite;
mod unseen;
mod walk;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::document::Document;
use super::media_type::essence;
use super::operation::{Location, Operation, Response};
use super::validate::text;
use observed::Observed;

pub use changes::Change;
pub use finding::{Finding, Kind, Meaning, patch};
pub use rewrite::rewritten;

/// A request and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Traffic<'t> {
    /// The method; case does not matter.
    pub method: &'t str,
    /// The path, percent-encoded, relative to a server.
    pub path: &'t str,
    /// The part after the `?`, percent-encoded.
    pub query: &'t str,
    /// The body that was sent.
    pub request: Message<'t>,
    /// The status of the answer.
    pub status: u16,
    /// The body that came.
    pub response: Message<'t>,
}

/// A body.
#[derive(Debug, Clone, Copy, Default)]
pub struct Message<'t> {
    /// `Content-Type`.
    pub content_type: Option<&'t str>,
    /// JSON, or a text for anything else; `None` without a body.
    pub body: Option<&'t Value>,
}

/// The result of comparing traffic.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Drifted {
    /// How many exchanges were read.
    pub exchanges: usize,
    /// What the document does not say, in order.
    pub findings: Vec<Finding>,
    /// What the document says but was not seen: operations; of those that were seen, statuses and
    /// content types; of answers that were seen, fields and words.
    pub unseen: Vec<String>,
    /// How many of these were seen.
    pub seen: usize,
}

/// Compares traffic with a document, exchange by exchange.
#[derive(Debug)]
pub struct Drift<'d> {
    document: &'d Document,
    exchanges: usize,
    found: BTreeMap<(Kind, String), Found>,
    /// Pointers of operations, answers, media types and fields that were seen, and of lists of words with a word.
    seen: HashSet<String>,
    /// By the pointer of a schema with a type: which types came there.
    came: BTreeMap<String, Observed>,
}

/// What was found, before it is known what else comes.
#[derive(Debug)]
struct Found {
    pointer: String,
    count: usize,
    first: String,
    example: Value,
    meaning: Meaning,
    change: Planned,
}

impl Found {
    /// Something that came once, without a change.
    fn new(pointer: impl Into<String>, first: &str, example: Value, meaning: Meaning) -> Self {
        Found {
            pointer: pointer.into(),
            count: 1,
            first: first.to_owned(),
            example,
            meaning,
            change: Planned::None,
        }
    }
}

/// The change that a finding needs, which may depend on all that comes.
#[derive(Debug)]
enum Planned {
    /// Nobody can tell.
    None,
    /// These.
    Changes(Vec<Change>),
    /// A schema of what was observed, at this pointer; what is added beside it.
    Schema {
        at: String,
        name: String,
        observed: Observed,
        around: Value,
    },
}

impl Planned {
    /// Nothing, where it would put one type in the place of several that came.
    fn unless_several(self, came: &BTreeMap<String, Observed>) -> Self {
        let several = |change: &Change| match change {
            Change::Replace { path, .. } => {
                let seen = path.strip_suffix("/type").and_then(|of| came.get(of));
                seen.is_some_and(|seen| seen.kind().is_none())
            }
            Change::Add { .. } | Change::Remove { .. } => false,
        };
        match self {
            Planned::Changes(changes) if changes.iter().any(several) => Planned::None,
            planned => planned,
        }
    }
}

/// Where a message belongs.
#[derive(Debug, Clone, Copy)]
struct At<'a> {
    /// Operation and status.
    first: &'a str,
    answer: bool,
}

impl<'d> Drift<'d> {
    /// Begins with no traffic.
    #[must_use]
    pub fn new(document: &'d Document) -> Self {
        Drift {
            document,
            exchanges: 0,
            found: BTreeMap::new(),
            seen: HashSet::new(),
            came: BTreeMap::new(),
        }
    }

    /// Reads an exchange.
    pub fn read(&mut self, traffic: &Traffic<'_>) {
        self.exchanges += 1;
        let document = self.document;
        let Ok(route) = document.route(traffic.method, traffic.path) else {
            let place = format!("{} {}", traffic.method.to_uppercase(), traffic.path);
            let first = traffic.status.to_string();
            let found = Found::new("/paths", &first, Value::Null, Meaning::Unsendable);
            return self.note(Kind::Operation, place, found);
        };
        let operation = route.operation;
        self.seen.insert(operation.pointer.clone());
        self.query(operation, traffic.query);
        let first = &format!("{} {}", operation.id, traffic.status);
        let at = |answer| At { first, answer };
        if let (Some(documented), Some(body)) = (&operation.request_body, traffic.request.body) {
            let kind = essence(traffic.request.content_type.unwrap_or_default());
            let media = documented.content.iter().find(|media| media.range == kind);
            if let Some(schema) = media.and_then(|media| media.schema.as_deref())
                && !body.is_string()
            {
                self.value(schema, body, at(false));
            }
        }
        let at = at(true);
        match operation.response(traffic.status) {
            Some(documented) => self.answer(documented, traffic.response, at),
            None => self.status(operation, traffic, at),
        }
    }

    fn query(&mut self, operation: &Operation, query: &str) {
        for pair in text::pairs(query).unwrap_or_default() {
            let name = &pair.name;
            let mut parameters = operation.parameters.iter();
            let known = parameters.any(|one| one.location == Location::Query && one.name == *name);
            if known || operation.query_credentials().any(|known| known == name) {
                continue;
            }
            let at = format!("{}/parameters", operation.pointer);
            let schema = json!({ "name": name, "in": "query", "schema": { "type": "string" } });
            let mut changes = Vec::new();
            if self.document.root().pointer(&at).is_none() {
                changes.push(Change::add(at.clone(), Value::Array(Vec::new())));
            }
            changes.push(Change::add(format!("{at}/-"), schema));
            let (place, id) = (&operation.pointer, &operation.id);
            let mut found = Found::new(place, id, json!(pair.value), Meaning::Unsendable);
            found.change = Planned::Changes(changes);
            self.note(Kind::Parameter, format!("{} {name}", operation.id), found);
        }
    }

    fn status(&mut self, operation: &Operation, traffic: &Traffic<'_>, at: At<'_>) {
        let name = format!("{}{}", operation.id, traffic.status);
        let kind = essence(traffic.response.content_type.unwrap_or_default());
        let pointer = format!("{}/responses/{}", operation.pointer, traffic.status);
        let around = json!({ "description": "Seen in a recording." });
        let change = match traffic.response.body {
            Some(body) => Planned::Schema {
                at: format!("{pointer}/content/{}/schema", super::pointer::escape(&kind)),
                name,
                observed: Observed::of(body),
                around,
            },
            None => Planned::Changes(vec![Change::add(pointer, around)]),
        };
        let pointer = format!("{}/responses", operation.pointer);
        let body = traffic.response.body.unwrap_or(&Value::Null);
        let mut found = Found::new(pointer, at.first, short(body), Meaning::ByStatus);
        found.change = change;
        self.note(Kind::Status, at.first.to_owned(), found);
    }

    fn answer(&mut self, documented: &Response, message: Message<'_>, at: At<'_>) {
        self.seen.insert(documented.pointer.clone());
        self.seen
            .insert(format!("{} {}", at.first, documented.pointer));
        let Some(body) = message.body else {
            return;
        };
        let kind = essence(message.content_type.unwrap_or_default());
        let media = documented.content.iter().find(|media| media.range == kind);
        let Some(media) = media else {
            let pointer = format!("{}/content", documented.pointer);
            let at_schema = format!("{pointer}/{}/schema", super::pointer::escape(&kind));
            let mut words = at.first.rsplit(' ');
            let refusal = words.next().is_some_and(|status| !status.starts_with('2'));
            let meaning = match refusal || kind.ends_with("json") {
                true => Meaning::ByStatus,
                false => Meaning::Undecodable,
            };
            let mut found = Found::new(pointer, at.first, short(body), meaning);
            // A success has one content type in Rust.
            if refusal || documented.content.is_empty() {
                found.change = Planned::Schema {
                    at: at_schema,
                    name: at.first.replace(' ', ""),
                    observed: Observed::of(body),
                    around: Value::Null,
                };
            }
            return self.note(Kind::ContentType, format!("{} {kind}", at.first), found);
        };
        self.seen.insert(media.pointer.clone());
        // Anything but JSON is a text, which no schema says more about.
        if let Some(schema) = media.schema.as_deref().filter(|_| kind.ends_with("json")) {
            self.value(schema, body, at);
        }
    }

    /// Takes note of a finding, or of one more of it.
    fn note(&mut self, kind: Kind, place: String, found: Found) {
        match self.found.entry((kind, place)) {
            Entry::Vacant(free) => {
                free.insert(found);
            }
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.count += 1;
                match (&mut known.change, found.change) {
                    (Planned::Schema { observed, .. }, Planned::Schema { observed: more, .. }) => {
                        observed.join(more);
                    }
                    (change @ Planned::None, planned) => *change = planned,
                    _ => {}
                }
            }
        }
    }

    /// The result for all the traffic.
    #[must_use]
    pub fn finish(self) -> Drifted {
        let (seen, unseen) = unseen::count(&self);
        let mut components = changes::Components::new(self.document);
        let came = self.came;
        let findings = self
            .found
            .into_iter()
            .map(|((kind, place), found)| Finding {
                kind,
                place,
                pointer: found.pointer,
                count: found.count,
                first: found.first,
                example: found.example,
                meaning: found.meaning,
                changes: components.changes(found.change.unless_several(&came)),
            });
        Drifted {
            exchanges: self.exchanges,
            findings: findings.collect(),
            unseen,
            seen,
        }
    }
}

/// A value in short.
fn short(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::String(format!("a list of {}", items.len())),
        Value::Object(members) => {
            let names: Vec<&str> = members.keys().take(6).map(String::as_str).collect();
            Value::String(format!("an object with {}", names.join(", ")))
        }
        Value::String(text) => Value::String(super::schema_error::shortened(text, 60)),
        other => other.clone(),
    }
}
