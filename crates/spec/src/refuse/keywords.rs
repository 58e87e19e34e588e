//! Which keys each object of a document may have, as far as messages can be judged by them.
//!
//! A key that is missing here is either unknown to OpenAPI 3.0 or not implemented: in both cases a message would
//! be judged without it, so the document is refused. Keys that begin with `x-` are always allowed.

/// The kinds of object whose keys are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    MediaType,
    Encoding,
    Response,
    SecurityScheme,
    Example,
    Schema,
}

impl Kind {
    /// What the object is called in a finding.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Root => "document",
            Self::Components => "components object",
            Self::PathItem => "path item",
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Header => "header",
            Self::RequestBody => "request body",
            Self::MediaType => "media type",
            Self::Encoding => "encoding",
            Self::Response => "response",
            Self::SecurityScheme => "security scheme",
            Self::Example => "example",
            Self::Schema => "schema",
        }
    }

    /// Whether a key is implemented, or says nothing about a message.
    pub(super) fn knows(self, key: &str) -> bool {
        self.keys()
            .split_ascii_whitespace()
            .any(|known| known == key)
    }

    /// The section of `components` that such objects stand in; empty for those that have none.
    pub(super) fn section(self) -> &'static str {
        match self {
            Self::Parameter => "parameters",
            Self::Header => "headers",
            Self::RequestBody => "requestBodies",
            Self::Response => "responses",
            Self::SecurityScheme => "securitySchemes",
            Self::Example => "examples",
            Self::Schema => "schemas",
            _ => "",
        }
    }

    /// All of them, with white space between.
    pub(super) fn keys(self) -> &'static str {
        match self {
            Self::Root => "openapi info servers paths components security tags externalDocs",
            Self::Components => {
                "schemas responses parameters examples requestBodies headers securitySchemes links"
            }
            Self::PathItem => {
                "summary description servers parameters
                 get put post delete options head patch trace"
            }
            Self::Operation => {
                "tags summary description externalDocs operationId parameters requestBody responses
                 deprecated security servers"
            }
            Self::Parameter => {
                "name in description required deprecated allowEmptyValue style explode
                 allowReserved schema example examples content"
            }
            Self::Header => {
                "description required deprecated style explode schema example examples content"
            }
            Self::RequestBody => "description content required",
            Self::MediaType => "schema example examples encoding",
            Self::Encoding => "contentType style explode allowReserved",
            Self::Response => "description headers content links",
            Self::SecurityScheme => {
                "type description name in scheme bearerFormat flows openIdConnectUrl"
            }
            Self::Example => "summary description value",
            // `xml` says nothing about JSON, and XML bodies are refused.
            Self::Schema => {
                "title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength
                 minLength pattern maxItems minItems uniqueItems maxProperties minProperties
                 required enum type allOf oneOf anyOf not items properties additionalProperties
                 description format default nullable discriminator readOnly writeOnly xml
                 externalDocs example deprecated"
            }
        }
    }

    /// Keys that OpenAPI 3.0 has and that are not implemented, each with what to do instead.
    pub(super) fn unimplemented(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Operation | Self::Components => &[(
                "callbacks",
                "Describe the callback as an operation of a document of its own.",
            )],
            Self::Encoding => &[(
                "headers",
                "Remove it: only multipart bodies have headers of their own.",
            )],
            Self::Example => &[(
                "externalValue",
                "Put the example into the document, as `value`.",
            )],
            _ => &[],
        }
    }
}

/// Keys that may stand beside a `$ref` because they say nothing about a message.
pub(super) const BESIDE_REFERENCE: &[&str] = &[
    "description",
    "summary",
    "title",
    "deprecated",
    "externalDocs",
];

/// The kind of value that a schema keyword needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Flag,
    Count,
    Number,
    Text,
    Texts,
    List,
    Object,
}

impl Needs {
    /// What a value of this kind is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Flag => "`true` or `false`",
            Self::Count => "a whole number from 0",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::Texts => "an array of strings",
            Self::List => "an array with at least one item",
            Self::Object => "an object",
        }
    }
}

/// What each schema keyword needs, where it constrains a value.
pub(super) const SCHEMA_VALUES: &[(&str, Needs)] = &[
    ("multipleOf", Needs::Number),
    ("maximum", Needs::Number),
    ("minimum", Needs::Number),
    ("exclusiveMaximum", Needs::Flag),
    ("exclusiveMinimum", Needs::Flag),
    ("maxLength", Needs::Count),
    ("minLength", Needs::Count),
    ("maxItems", Needs::Count),
    ("minItems", Needs::Count),
    ("maxProperties", Needs::Count),
    ("minProperties", Needs::Count),
    ("uniqueItems", Needs::Flag),
    ("pattern", Needs::Text),
    ("required", Needs::Texts),
    ("enum", Needs::List),
    ("allOf", Needs::List),
    ("anyOf", Needs::List),
    ("oneOf", Needs::List),
    ("type", Needs::Text),
    ("format", Needs::Text),
    ("items", Needs::Object),
    ("not", Needs::Object),
    ("properties", Needs::Object),
    ("nullable", Needs::Flag),
    ("readOnly", Needs::Flag),
    ("writeOnly", Needs::Flag),
    ("discriminator", Needs::Object),
];
