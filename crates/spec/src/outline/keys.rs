//! The fixed keys of every object of OpenAPI 3.0.3, in the order of the specification.

use super::grammar::{Key, Kind, Shape};

impl Kind {
    /// The fixed keys of the object. Paths, responses, callbacks and security requirements are maps instead.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Kind::Document => DOCUMENT,
            Kind::Info => INFO,
            Kind::Contact => CONTACT,
            Kind::License => LICENSE,
            Kind::Server => SERVER,
            Kind::ServerVariable => SERVER_VARIABLE,
            Kind::PathItem => PATH_ITEM,
            Kind::Operation => OPERATION,
            Kind::ExternalDocs => EXTERNAL_DOCS,
            Kind::Parameter => PARAMETER,
            Kind::RequestBody => REQUEST_BODY,
            Kind::MediaType => MEDIA_TYPE,
            Kind::Encoding => ENCODING,
            Kind::Response => RESPONSE,
            Kind::Example => EXAMPLE,
            Kind::Link => LINK,
            Kind::Header => HEADER,
            Kind::Tag => TAG,
            Kind::Schema => SCHEMA,
            Kind::Discriminator => DISCRIMINATOR,
            Kind::Xml => XML,
            Kind::SecurityScheme => SECURITY_SCHEME,
            Kind::OAuthFlows => OAUTH_FLOWS,
            Kind::OAuthFlow => OAUTH_FLOW,
            Kind::Components => COMPONENTS,
            Kind::Paths | Kind::Responses | Kind::Callback | Kind::SecurityRequirement => &[],
        }
    }
}

const fn may(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        required: false,
    }
}

const fn must(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        required: true,
    }
}

use Shape::{
    Any, AnyMap, Count, Flag, FlagOrSchema, List, Map, Number, Object, Text, TextMap, Texts,
    Values, Word,
};

const DOCUMENT: &[Key] = &[
    must("openapi", Text),
    must("info", Object(Kind::Info)),
    may("servers", List(Kind::Server)),
    must("paths", Object(Kind::Paths)),
    may("components", Object(Kind::Components)),
    may("security", List(Kind::SecurityRequirement)),
    may("tags", List(Kind::Tag)),
    may("externalDocs", Object(Kind::ExternalDocs)),
];
const INFO: &[Key] = &[
    must("title", Text),
    may("description", Text),
    may("termsOfService", Text),
    may("contact", Object(Kind::Contact)),
    may("license", Object(Kind::License)),
    must("version", Text),
];
const CONTACT: &[Key] = &[may("name", Text), may("url", Text), may("email", Text)];
const LICENSE: &[Key] = &[must("name", Text), may("url", Text)];
const SERVER: &[Key] = &[
    must("url", Text),
    may("description", Text),
    may("variables", Map(Kind::ServerVariable)),
];
const SERVER_VARIABLE: &[Key] = &[
    may("enum", Texts),
    must("default", Text),
    may("description", Text),
];
const PATH_ITEM: &[Key] = &[
    may("$ref", Text),
    may("summary", Text),
    may("description", Text),
    may("get", Object(Kind::Operation)),
    may("put", Object(Kind::Operation)),
    may("post", Object(Kind::Operation)),
    may("delete", Object(Kind::Operation)),
    may("options", Object(Kind::Operation)),
    may("head", Object(Kind::Operation)),
    may("patch", Object(Kind::Operation)),
    may("trace", Object(Kind::Operation)),
    may("servers", List(Kind::Server)),
    may("parameters", List(Kind::Parameter)),
];
const OPERATION: &[Key] = &[
    may("tags", Texts),
    may("summary", Text),
    may("description", Text),
    may("externalDocs", Object(Kind::ExternalDocs)),
    may("operationId", Text),
    may("parameters", List(Kind::Parameter)),
    may("requestBody", Object(Kind::RequestBody)),
    must("responses", Object(Kind::Responses)),
    may("callbacks", Map(Kind::Callback)),
    may("deprecated", Flag),
    may("security", List(Kind::SecurityRequirement)),
    may("servers", List(Kind::Server)),
];
const EXTERNAL_DOCS: &[Key] = &[may("description", Text), must("url", Text)];
const STYLES: &[&str] = &[
    "matrix",
    "label",
    "form",
    "simple",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
];
const PARAMETER: &[Key] = &[
    must("name", Text),
    must("in", Word(&["query", "header", "path", "cookie"])),
    may("description", Text),
    may("required", Flag),
    may("deprecated", Flag),
    may("allowEmptyValue", Flag),
    may("style", Word(STYLES)),
    may("explode", Flag),
    may("allowReserved", Flag),
    may("schema", Object(Kind::Schema)),
    may("example", Any),
    may("examples", Map(Kind::Example)),
    may("content", Map(Kind::MediaType)),
];
const HEADER: &[Key] = &[
    may("description", Text),
    may("required", Flag),
    may("deprecated", Flag),
    may("allowEmptyValue", Flag),
    may("style", Word(&["simple"])),
    may("explode", Flag),
    may("allowReserved", Flag),
    may("schema", Object(Kind::Schema)),
    may("example", Any),
    may("examples", Map(Kind::Example)),
    may("content", Map(Kind::MediaType)),
];
const REQUEST_BODY: &[Key] = &[
    may("description", Text),
    must("content", Map(Kind::MediaType)),
    may("required", Flag),
];
const MEDIA_TYPE: &[Key] = &[
    may("schema", Object(Kind::Schema)),
    may("example", Any),
    may("examples", Map(Kind::Example)),
    may("encoding", Map(Kind::Encoding)),
];
const ENCODING: &[Key] = &[
    may("contentType", Text),
    may("headers", Map(Kind::Header)),
    may(
        "style",
        Word(&["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
    ),
    may("explode", Flag),
    may("allowReserved", Flag),
];
const RESPONSE: &[Key] = &[
    must("description", Text),
    may("headers", Map(Kind::Header)),
    may("content", Map(Kind::MediaType)),
    may("links", Map(Kind::Link)),
];
const EXAMPLE: &[Key] = &[
    may("summary", Text),
    may("description", Text),
    may("value", Any),
    may("externalValue", Text),
];
const LINK: &[Key] = &[
    may("operationRef", Text),
    may("operationId", Text),
    may("parameters", AnyMap),
    may("requestBody", Any),
    may("description", Text),
    may("server", Object(Kind::Server)),
];
const TAG: &[Key] = &[
    must("name", Text),
    may("description", Text),
    may("externalDocs", Object(Kind::ExternalDocs)),
];
const SCHEMA: &[Key] = &[
    may("title", Text),
    may("multipleOf", Number),
    may("maximum", Number),
    may("exclusiveMaximum", Flag),
    may("minimum", Number),
    may("exclusiveMinimum", Flag),
    may("maxLength", Count),
    may("minLength", Count),
    may("pattern", Text),
    may("maxItems", Count),
    may("minItems", Count),
    may("uniqueItems", Flag),
    may("maxProperties", Count),
    may("minProperties", Count),
    may("required", Texts),
    may("enum", Values),
    may(
        "type",
        Word(&["array", "boolean", "integer", "number", "object", "string"]),
    ),
    may("allOf", List(Kind::Schema)),
    may("oneOf", List(Kind::Schema)),
    may("anyOf", List(Kind::Schema)),
    may("not", Object(Kind::Schema)),
    may("items", Object(Kind::Schema)),
    may("properties", Map(Kind::Schema)),
    may("additionalProperties", FlagOrSchema),
    may("description", Text),
    may("format", Text),
    may("default", Any),
    may("nullable", Flag),
    may("discriminator", Object(Kind::Discriminator)),
    may("readOnly", Flag),
    may("writeOnly", Flag),
    may("xml", Object(Kind::Xml)),
    may("externalDocs", Object(Kind::ExternalDocs)),
    may("example", Any),
    may("deprecated", Flag),
    // A key of our own: what the JSON text is made of that a string holds.
    may("x-json-text", Object(Kind::Schema)),
];
const DISCRIMINATOR: &[Key] = &[must("propertyName", Text), may("mapping", TextMap)];
const XML: &[Key] = &[
    may("name", Text),
    may("namespace", Text),
    may("prefix", Text),
    may("attribute", Flag),
    may("wrapped", Flag),
];
const SECURITY_SCHEME: &[Key] = &[
    must("type", Word(&["apiKey", "http", "oauth2", "openIdConnect"])),
    may("description", Text),
    may("name", Text),
    may("in", Word(&["query", "header", "cookie"])),
    may("scheme", Text),
    may("bearerFormat", Text),
    may("flows", Object(Kind::OAuthFlows)),
    may("openIdConnectUrl", Text),
];
const OAUTH_FLOWS: &[Key] = &[
    may("implicit", Object(Kind::OAuthFlow)),
    may("password", Object(Kind::OAuthFlow)),
    may("clientCredentials", Object(Kind::OAuthFlow)),
    may("authorizationCode", Object(Kind::OAuthFlow)),
];
const OAUTH_FLOW: &[Key] = &[
    may("authorizationUrl", Text),
    may("tokenUrl", Text),
    may("refreshUrl", Text),
    must("scopes", TextMap),
];
const COMPONENTS: &[Key] = &[
    may("schemas", Map(Kind::Schema)),
    may("responses", Map(Kind::Response)),
    may("parameters", Map(Kind::Parameter)),
    may("examples", Map(Kind::Example)),
    may("requestBodies", Map(Kind::RequestBody)),
    may("headers", Map(Kind::Header)),
    may("securitySchemes", Map(Kind::SecurityScheme)),
    may("links", Map(Kind::Link)),
    may("callbacks", Map(Kind::Callback)),
];
