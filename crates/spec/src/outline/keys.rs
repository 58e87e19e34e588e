//! The objects of OpenAPI 3.0.3: what the specification calls each, and its fixed keys, in the specification's order,
//! with what their values look like.
//!
//! Paths, responses, callbacks and security requirements have names of the document's own in place of keys.

use Shape::*;

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

/// A row for each kind: its name, its title for messages, its keys with the shapes of their values.
macro_rules! objects {
    ($($kind:ident $title:literal { $($key:literal $($required:ident)?: $shape:expr,)* })*) => {
        /// A kind of object in an OpenAPI document, by the specification's own name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Kind { $($kind,)* }

        impl Kind {
            /// What the specification calls the object, for messages.
            pub fn title(self) -> &'static str {
                match self { $(Kind::$kind => $title,)* }
            }

            /// The fixed keys of the object.
            pub fn keys(self) -> &'static [Key] {
                match self { $(Kind::$kind => &[$(objects!(@key $key, $shape $(, $required)?),)*],)* }
            }
        }
    };
    (@key $name:literal, $shape:expr) => { Key { name: $name, shape: $shape, required: false } };
    (@key $name:literal, $shape:expr, required) => { Key { name: $name, shape: $shape, required: true } };
}

const STYLES: Shape = Word(&[
    "matrix",
    "label",
    "form",
    "simple",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
]);
const FORM_STYLES: Shape = Word(&["form", "spaceDelimited", "pipeDelimited", "deepObject"]);
const TYPES: Shape = Word(&["array", "boolean", "integer", "number", "object", "string"]);
const SCHEMES: Shape = Word(&["apiKey", "http", "oauth2", "openIdConnect"]);

objects! {
    Document "the document" {
        "openapi" required: Text, "info" required: Object(Kind::Info), "servers": List(Kind::Server),
        "paths" required: Object(Kind::Paths), "components": Object(Kind::Components),
        "security": List(Kind::SecurityRequirement), "tags": List(Kind::Tag),
        "externalDocs": Object(Kind::ExternalDocs),
    }
    Info "an info object" {
        "title" required: Text, "description": Text, "termsOfService": Text,
        "contact": Object(Kind::Contact), "license": Object(Kind::License), "version" required: Text,
    }
    Contact "a contact" { "name": Text, "url": Text, "email": Text, }
    License "a license" { "name" required: Text, "url": Text, }
    Server "a server" {
        "url" required: Text, "description": Text, "variables": Map(Kind::ServerVariable),
    }
    ServerVariable "a server variable" {
        "enum": Texts, "default" required: Text, "description": Text,
    }
    Paths "the paths" {}
    PathItem "a path item" {
        "$ref": Text, "summary": Text, "description": Text,
        "get": Object(Kind::Operation), "put": Object(Kind::Operation),
        "post": Object(Kind::Operation), "delete": Object(Kind::Operation),
        "options": Object(Kind::Operation), "head": Object(Kind::Operation),
        "patch": Object(Kind::Operation), "trace": Object(Kind::Operation),
        "servers": List(Kind::Server), "parameters": List(Kind::Parameter),
    }
    Operation "an operation" {
        "tags": Texts, "summary": Text, "description": Text,
        "externalDocs": Object(Kind::ExternalDocs), "operationId": Text,
        "parameters": List(Kind::Parameter), "requestBody": Object(Kind::RequestBody),
        "responses" required: Object(Kind::Responses), "callbacks": Map(Kind::Callback),
        "deprecated": Flag, "security": List(Kind::SecurityRequirement),
        "servers": List(Kind::Server),
    }
    ExternalDocs "an externalDocs object" { "description": Text, "url" required: Text, }
    Parameter "a parameter" {
        "name" required: Text, "in" required: Word(&["query", "header", "path", "cookie"]),
        "description": Text, "required": Flag, "deprecated": Flag, "allowEmptyValue": Flag,
        "style": STYLES, "explode": Flag, "allowReserved": Flag, "schema": Object(Kind::Schema),
        "example": Any, "examples": Map(Kind::Example), "content": Map(Kind::MediaType),
    }
    RequestBody "a request body" {
        "description": Text, "content" required: Map(Kind::MediaType), "required": Flag,
    }
    MediaType "a media type" {
        "schema": Object(Kind::Schema), "example": Any, "examples": Map(Kind::Example),
        "encoding": Map(Kind::Encoding),
    }
    Encoding "an encoding" {
        "contentType": Text, "headers": Map(Kind::Header), "style": FORM_STYLES,
        "explode": Flag, "allowReserved": Flag,
    }
    Responses "the responses" {}
    Response "a response" {
        "description" required: Text, "headers": Map(Kind::Header),
        "content": Map(Kind::MediaType), "links": Map(Kind::Link),
    }
    Callback "a callback" {}
    Example "an example" {
        "summary": Text, "description": Text, "value": Any, "externalValue": Text,
    }
    Link "a link" {
        "operationRef": Text, "operationId": Text, "parameters": AnyMap, "requestBody": Any,
        "description": Text, "server": Object(Kind::Server),
    }
    Header "a header" {
        "description": Text, "required": Flag, "deprecated": Flag, "allowEmptyValue": Flag,
        "style": Word(&["simple"]), "explode": Flag, "allowReserved": Flag,
        "schema": Object(Kind::Schema), "example": Any, "examples": Map(Kind::Example),
        "content": Map(Kind::MediaType),
    }
    Tag "a tag" {
        "name" required: Text, "description": Text, "externalDocs": Object(Kind::ExternalDocs),
    }
    Schema "a schema" {
        "title": Text, "multipleOf": Number, "maximum": Number, "exclusiveMaximum": Flag,
        "minimum": Number, "exclusiveMinimum": Flag, "maxLength": Count, "minLength": Count,
        "pattern": Text, "maxItems": Count, "minItems": Count, "uniqueItems": Flag,
        "maxProperties": Count, "minProperties": Count, "required": Texts, "enum": Values,
        "type": TYPES, "allOf": List(Kind::Schema), "oneOf": List(Kind::Schema),
        "anyOf": List(Kind::Schema), "not": Object(Kind::Schema), "items": Object(Kind::Schema),
        "properties": Map(Kind::Schema), "additionalProperties": FlagOrSchema,
        "description": Text, "format": Text, "default": Any, "nullable": Flag,
        "discriminator": Object(Kind::Discriminator), "readOnly": Flag, "writeOnly": Flag,
        "xml": Object(Kind::Xml), "externalDocs": Object(Kind::ExternalDocs), "example": Any,
        "deprecated": Flag,
        // A key of our own: what the JSON text is made of that a string holds.
        "x-json-text": Object(Kind::Schema),
    }
    Discriminator "a discriminator" { "propertyName" required: Text, "mapping": TextMap, }
    Xml "an xml object" {
        "name": Text, "namespace": Text, "prefix": Text, "attribute": Flag, "wrapped": Flag,
    }
    SecurityScheme "a security scheme" {
        "type" required: SCHEMES, "description": Text, "name": Text,
        "in": Word(&["query", "header", "cookie"]), "scheme": Text, "bearerFormat": Text,
        "flows": Object(Kind::OAuthFlows), "openIdConnectUrl": Text,
    }
    OAuthFlows "the OAuth flows" {
        "implicit": Object(Kind::OAuthFlow), "password": Object(Kind::OAuthFlow),
        "clientCredentials": Object(Kind::OAuthFlow), "authorizationCode": Object(Kind::OAuthFlow),
    }
    OAuthFlow "an OAuth flow" {
        "authorizationUrl": Text, "tokenUrl": Text, "refreshUrl": Text, "scopes" required: TextMap,
    }
    SecurityRequirement "a security requirement" {}
    Components "the components" {
        "schemas": Map(Kind::Schema), "responses": Map(Kind::Response),
        "parameters": Map(Kind::Parameter), "examples": Map(Kind::Example),
        "requestBodies": Map(Kind::RequestBody), "headers": Map(Kind::Header),
        "securitySchemes": Map(Kind::SecurityScheme), "links": Map(Kind::Link),
        "callbacks": Map(Kind::Callback),
    }
}
