//! The objects of OpenAPI 3.0.3: which keys each has, what their values look like, and which must be there.

/// A kind of object in an OpenAPI document, by the specification's own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Paths,
    PathItem,
    Operation,
    ExternalDocs,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Example,
    Link,
    Header,
    Tag,
    Schema,
    Discriminator,
    Xml,
    SecurityScheme,
    OAuthFlows,
    OAuthFlow,
    SecurityRequirement,
    Components,
}

/// What the value of a key looks like.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// Any JSON value.
    Any,
    Text,
    Flag,
    Number,
    /// A whole number, 0 or more.
    Count,
    /// One of these words.
    Word(&'static [&'static str]),
    Texts,
    Values,
    TextMap,
    AnyMap,
    Object(Kind),
    List(Kind),
    Map(Kind),
    FlagOrSchema,
}

/// One key of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
}

/// The methods that a path item may have, in the order of the specification.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

impl Kind {
    /// What the specification calls the object, for messages.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Document => "the document",
            Kind::Info => "an info object",
            Kind::Contact => "a contact",
            Kind::License => "a license",
            Kind::Server => "a server",
            Kind::ServerVariable => "a server variable",
            Kind::Paths => "the paths",
            Kind::PathItem => "a path item",
            Kind::Operation => "an operation",
            Kind::ExternalDocs => "an externalDocs object",
            Kind::Parameter => "a parameter",
            Kind::RequestBody => "a request body",
            Kind::MediaType => "a media type",
            Kind::Encoding => "an encoding",
            Kind::Responses => "the responses",
            Kind::Response => "a response",
            Kind::Callback => "a callback",
            Kind::Example => "an example",
            Kind::Link => "a link",
            Kind::Header => "a header",
            Kind::Tag => "a tag",
            Kind::Schema => "a schema",
            Kind::Discriminator => "a discriminator",
            Kind::Xml => "an xml object",
            Kind::SecurityScheme => "a security scheme",
            Kind::OAuthFlows => "the OAuth flows",
            Kind::OAuthFlow => "an OAuth flow",
            Kind::SecurityRequirement => "a security requirement",
            Kind::Components => "the components",
        }
    }

    /// The same without an article.
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
        Some(match self {
            Kind::Schema => "schemas",
            Kind::Response => "responses",
            Kind::Parameter => "parameters",
            Kind::Example => "examples",
            Kind::RequestBody => "requestBodies",
            Kind::Header => "headers",
            Kind::SecurityScheme => "securitySchemes",
            Kind::Link => "links",
            Kind::Callback => "callbacks",
            _ => return None,
        })
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

/// Keys that must be there because of the value of another: (kind, key, its word, the needed keys).
pub(crate) const NEEDED: &[(Kind, &str, &str, &[&str])] = &[
    (Kind::SecurityScheme, "type", "apiKey", &["name", "in"]),
    (Kind::SecurityScheme, "type", "http", &["scheme"]),
    (Kind::SecurityScheme, "type", "oauth2", &["flows"]),
    (
        Kind::SecurityScheme,
        "type",
        "openIdConnect",
        &["openIdConnectUrl"],
    ),
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

/// Keys that people know from other versions, and what OpenAPI 3.0 has instead: (kind, key, cure).
pub(crate) const FOREIGN: &[(Kind, &str, &str)] = &[
    (
        Kind::Schema,
        "const",
        "Write an `enum` with that one value.",
    ),
    (Kind::Schema, "examples", "Write `example` with one value."),
    (
        Kind::Schema,
        "$defs",
        "Move the schemas to `components/schemas`.",
    ),
    (
        Kind::Schema,
        "definitions",
        "Move the schemas to `components/schemas`.",
    ),
    (
        Kind::Schema,
        "patternProperties",
        "Use `additionalProperties`.",
    ),
    (
        Kind::Schema,
        "prefixItems",
        "Use `items`: OpenAPI 3.0 has no tuples.",
    ),
    (
        Kind::Schema,
        "if",
        "Use `oneOf`: OpenAPI 3.0 has no conditions.",
    ),
    (
        Kind::Document,
        "webhooks",
        "Remove it: webhooks came with OpenAPI 3.1.",
    ),
    (
        Kind::Document,
        "swagger",
        "Write the document in OpenAPI 3.0.",
    ),
    (
        Kind::Document,
        "definitions",
        "Move the schemas to `components/schemas`.",
    ),
    (
        Kind::Document,
        "basePath",
        "Put the base path into the address of a server.",
    ),
    (
        Kind::Operation,
        "consumes",
        "Name the media types in `requestBody/content`.",
    ),
    (
        Kind::Operation,
        "produces",
        "Name the media types in the `content` of each response.",
    ),
    (
        Kind::Response,
        "schema",
        "Put it into `content`, under its media type.",
    ),
    (
        Kind::Parameter,
        "type",
        "Put it into the parameter's `schema`.",
    ),
];
