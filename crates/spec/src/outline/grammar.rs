//! The grammar of OpenAPI 3.0.3: which objects go where, and which keys go together.

pub(crate) use super::keys::{Key, Kind, Shape};

/// The methods that a path item may have, in the order of the specification.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Headers that are never parameters: OpenAPI has other places for their content, and tells readers
/// to ignore them.
pub(crate) const RESERVED_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

/// Bounds, and what excludes them.
pub(crate) const EXCLUSIVE_BOUNDS: [(&str, &str); 2] = [
    ("minimum", "exclusiveMinimum"),
    ("maximum", "exclusiveMaximum"),
];

impl Kind {
    /// Its title without the article.
    pub fn name(self) -> &'static str {
        let title = self.title();
        title.split_once(' ').map_or(title, |(_, name)| name)
    }

    /// The fixed key of this name.
    pub fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().iter().find(|key| key.name == name)
    }

    /// What is in the object, and in which role, where its keys are names and not words of the specification.
    pub fn entries(self) -> Option<(Kind, &'static str)> {
        match self {
            Kind::Paths => Some((Kind::PathItem, "paths")),
            Kind::Responses => Some((Kind::Response, "responses")),
            Kind::Callback => Some((Kind::PathItem, "callback")),
            _ => None,
        }
    }

    /// Whether a `$ref` may stand in for the object.
    pub fn referable(self) -> bool {
        self.section().is_some()
    }

    /// The part of `components` that holds objects of this kind.
    pub fn section(self) -> Option<&'static str> {
        let mut sections = Kind::Components.keys().iter();
        let holds = |key: &&Key| matches!(key.shape, Shape::Map(kind) if kind == self);
        sections.find(holds).map(|key| key.name)
    }
}

/// Keywords of a schema that say nothing about a value.
#[cfg(feature = "schemas")]
pub(crate) const SCHEMA_NOTES: [&str; 6] = [
    "title",
    "description",
    "example",
    "externalDocs",
    "deprecated",
    "xml",
];

/// Whether a keyword of a schema says nothing about a value.
#[cfg(feature = "schemas")]
pub(crate) fn is_note(key: &str) -> bool {
    SCHEMA_NOTES.contains(&key) || key.starts_with("x-")
}

/// The keys that each type of security scheme must have.
pub(crate) const SCHEME_KEYS: &[(&str, &[&str])] = &[
    ("apiKey", &["name", "in"]),
    ("http", &["scheme"]),
    ("oauth2", &["flows"]),
    ("openIdConnect", &["openIdConnectUrl"]),
];

/// The addresses that each OAuth flow must give.
pub(crate) const FLOW_ADDRESSES: &[(&str, &[&str])] = &[
    ("implicit", &["authorizationUrl"]),
    ("password", &["tokenUrl"]),
    ("clientCredentials", &["tokenUrl"]),
    ("authorizationCode", &["authorizationUrl", "tokenUrl"]),
];

/// Pairs of keys of which an object may have only one.
pub(crate) const EXCLUSIVE: &[(Kind, &str, &str)] = &[
    (Kind::MediaType, "example", "examples"),
    (Kind::Parameter, "example", "examples"),
    (Kind::Parameter, "schema", "content"),
    (Kind::Header, "example", "examples"),
    (Kind::Header, "schema", "content"),
    (Kind::Example, "value", "externalValue"),
    (Kind::Link, "operationRef", "operationId"),
    (Kind::Schema, "oneOf", "anyOf"),
];

/// Groups of keys of which an object needs one.
pub(crate) const EITHER: &[(Kind, &[&str])] = &[
    (Kind::Parameter, &["schema", "content"]),
    (Kind::Header, &["schema", "content"]),
    (Kind::Example, &["value", "externalValue"]),
    (Kind::Link, &["operationRef", "operationId"]),
];

const TO_COMPONENTS: &str = "Move the schemas to `components/schemas`.";

/// Keys that people know from other versions, and what OpenAPI 3.0 has instead.
pub(crate) fn foreign(kind: Kind, key: &str) -> Option<&'static str> {
    Some(match (kind, key) {
        (Kind::Schema, "const") => "Write an `enum` with that one value.",
        (Kind::Schema, "examples") => "Write `example` with one value.",
        (Kind::Schema, "$defs" | "definitions") => TO_COMPONENTS,
        (Kind::Schema, "patternProperties") => "Use `additionalProperties`.",
        (Kind::Schema, "prefixItems") => "Use `items`: OpenAPI 3.0 has no tuples.",
        (Kind::Schema, "if") => "Use `oneOf`: OpenAPI 3.0 has no conditions.",
        (Kind::Document, "webhooks") => "Remove it: webhooks came with OpenAPI 3.1.",
        (Kind::Document, "swagger") => "Write the document in OpenAPI 3.0.",
        (Kind::Document, "definitions") => TO_COMPONENTS,
        (Kind::Document, "basePath") => "Put the base path into the address of a server.",
        (Kind::Operation, "consumes") => "Name the media types in `requestBody/content`.",
        (Kind::Operation, "produces") => "Name the media types in the `content` of each response.",
        (Kind::Response, "schema") => "Put it into `content`, under its media type.",
        (Kind::Parameter, "type") => "Put it into the parameter's `schema`.",
        _ => return None,
    })
}
