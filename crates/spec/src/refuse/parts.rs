//! The walk over everything but schemas: paths, operations, parameters, bodies, answers, security.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::declared::Declared;
use super::super::operation::StatusPattern;
use super::super::reading::{METHODS, essence};
use super::super::reference::follow;
use super::super::router::Template;
use super::keywords::Kind;
use super::{Walk, child};

impl<'r> Walk<'r> {
    /// Walks the whole document.
    pub(super) fn document(&mut self) {
        let root = self.root;
        if !self.keys(Kind::Root, "", root) {
            return;
        }
        let version = root
            .get("openapi")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !version.starts_with("3.0.") {
            let problem = format!("the document is not OpenAPI 3.0 (`openapi` is {version:?})");
            self.refuse(
                "openapi-version",
                "/openapi",
                problem,
                "Write it in OpenAPI 3.0, such as 3.0.3.",
            );
            return;
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            self.refuse(
                "wrong-type",
                "",
                "the document has no `paths`",
                "Add an object of this name.",
            );
        }
        let mut ids = BTreeMap::new();
        for (path, pointer, item) in self.members("", root, "paths") {
            self.path_item(path, &pointer, item, &mut ids);
        }
        self.security("", root);
        self.components();
    }

    fn components(&mut self) {
        let Some(components) = self.root.get("components") else {
            return;
        };
        let top = "/components";
        if !self.keys(Kind::Components, top, components) {
            return;
        }
        for (_, pointer, value) in self.members(top, components, "schemas") {
            self.schema(&pointer, value);
        }
        for (_, pointer, value) in self.members(top, components, "parameters") {
            self.parameter(Kind::Parameter, &pointer, value);
        }
        for (_, pointer, value) in self.members(top, components, "headers") {
            self.parameter(Kind::Header, &pointer, value);
        }
        for (_, pointer, value) in self.members(top, components, "requestBodies") {
            self.request_body(&pointer, value);
        }
        for (_, pointer, value) in self.members(top, components, "responses") {
            self.response(&pointer, value);
        }
        for (_, pointer, value) in self.members(top, components, "examples") {
            self.keys(Kind::Example, &pointer, value);
        }
        for (_, pointer, value) in self.members(top, components, "securitySchemes") {
            self.security_scheme(&pointer, value);
        }
    }

    fn path_item(
        &mut self,
        path: &'r str,
        pointer: &str,
        item: &'r Value,
        ids: &mut BTreeMap<&'r str, String>,
    ) {
        let template = Template::parse(path);
        if template.is_none() {
            let problem =
                "the path is no template: braces without a partner, or parameters side by side";
            self.refuse(
                "path-template",
                pointer,
                problem,
                "Begin it with `/`, and write `{name}` for a parameter.",
            );
        }
        if item.get("$ref").is_some() {
            let cure = "Write the operations here.";
            self.refuse(
                "path-item-ref",
                pointer,
                "a path item as a `$ref` is not implemented",
                cure,
            );
            return;
        }
        if !self.keys(Kind::PathItem, pointer, item) {
            return;
        }
        let shared = self.parameters(pointer, item);
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let here = child(pointer, method);
            if !self.keys(Kind::Operation, &here, operation) {
                continue;
            }
            let mut named = self.parameters(&here, operation);
            named.extend(shared.iter().copied());
            let wanted = template.iter().flat_map(Template::parameters);
            for name in wanted
                .filter(|name| !named.contains(&("path", name)))
                .collect::<Vec<_>>()
            {
                let problem = format!("the path has `{{{name}}}`, and no parameter describes it");
                self.refuse(
                    "path-parameter-undeclared",
                    &here,
                    problem,
                    "Add a parameter with `in: path`.",
                );
            }
            if let Some(id) = operation.get("operationId").and_then(Value::as_str)
                && let Some(first) = ids.insert(id, here.clone())
            {
                let problem = format!("the operationId `{id}` is also that of {first}");
                self.refuse(
                    "operation-id-duplicate",
                    &here,
                    problem,
                    "Give each operation a name of its own.",
                );
            }
            self.operation(&here, operation);
        }
    }

    fn operation(&mut self, pointer: &str, operation: &'r Value) {
        if let Some(body) = operation.get("requestBody") {
            self.request_body(&child(pointer, "requestBody"), body);
        }
        for (status, here, response) in self.members(pointer, operation, "responses") {
            if StatusPattern::parse(status).is_none() {
                let problem =
                    format!("`{status}` is no status, no range such as 4XX, and not `default`");
                self.refuse("status-code", &here, problem, "Write one of the three.");
            }
            self.response(&here, response);
        }
        self.security(pointer, operation);
    }

    /// Walks the parameters and returns where each travels and its name.
    fn parameters(&mut self, pointer: &str, owner: &'r Value) -> Vec<(&'r str, &'r str)> {
        let mut named = Vec::new();
        for (here, parameter) in self.items(pointer, owner, "parameters") {
            self.parameter(Kind::Parameter, &here, parameter);
            let target = follow(self.root, parameter).unwrap_or(parameter);
            let text = |key| target.get(key).and_then(Value::as_str);
            if let (Some(place), Some(name)) = (text("in"), text("name")) {
                named.push((place, name));
            }
        }
        named
    }

    fn parameter(&mut self, kind: Kind, pointer: &str, value: &'r Value) {
        if !self.keys(kind, pointer, value) {
            return;
        }
        let text = |key| value.get(key).and_then(Value::as_str);
        let place = if kind == Kind::Header {
            "header"
        } else {
            text("in").unwrap_or_default()
        };
        let usual = match place {
            "query" => "form",
            "path" | "header" => "simple",
            _ => {
                let problem = format!("parameters of the kind `in: {place}` are not implemented");
                self.refuse(
                    "parameter-cookie",
                    pointer,
                    problem,
                    "Use path, query or header.",
                );
                return;
            }
        };
        if kind == Kind::Parameter && text("name").is_none() {
            self.refuse(
                "wrong-type",
                pointer,
                "the parameter has no name",
                "Add `name`.",
            );
        }
        if let Some(style) = text("style").filter(|style| *style != usual) {
            let problem = format!("the style `{style}` is not implemented for a {place} parameter");
            self.refuse(
                "parameter-style",
                &child(pointer, "style"),
                problem,
                format!("Use `{usual}`."),
            );
        }
        if value.get("allowReserved") == Some(&Value::Bool(true)) {
            let cure = "Remove it: reserved characters are accepted encoded and as they are.";
            self.not_implemented(pointer, "`allowReserved` is not implemented", cure);
        }
        for (_, here, example) in self.members(pointer, value, "examples") {
            self.keys(Kind::Example, &here, example);
        }
        match (value.get("schema"), value.get("content")) {
            (Some(schema), None) => {
                self.schema(&child(pointer, "schema"), schema);
                self.no_object(pointer, schema);
            }
            (None, Some(_)) => {
                let content = self.members(pointer, value, "content");
                if !matches!(content.as_slice(), [(name, _, _)] if essence(name) == "application/json")
                {
                    let cure = "Use `schema`, or one `application/json`.";
                    self.not_implemented(
                        pointer,
                        "this `content` of a parameter is not implemented",
                        cure,
                    );
                }
                for (name, here, media_type) in content {
                    self.media_type(name, &here, media_type);
                }
            }
            _ => {
                let problem = "the parameter has not exactly one of `schema` and `content`";
                self.refuse(
                    "wrong-type",
                    pointer,
                    problem,
                    "Describe its value by one of them.",
                );
            }
        }
    }

    /// An object has no agreed form as the value of a parameter.
    fn no_object(&mut self, pointer: &str, schema: &'r Value) {
        let target = follow(self.root, schema).unwrap_or(schema);
        let object = target.get("type").and_then(Value::as_str) == Some("object");
        if object || !Declared::of(self.root, schema).properties.is_empty() {
            let cure =
                "Write a parameter for each field, or use `content` with `application/json`.";
            self.not_implemented(pointer, "an object as a parameter is not implemented", cure);
        }
    }

    fn request_body(&mut self, pointer: &str, value: &'r Value) {
        if self.keys(Kind::RequestBody, pointer, value) {
            self.content(pointer, value);
        }
    }

    fn response(&mut self, pointer: &str, value: &'r Value) {
        if !self.keys(Kind::Response, pointer, value) {
            return;
        }
        for (_, here, header) in self.members(pointer, value, "headers") {
            self.parameter(Kind::Header, &here, header);
        }
        self.content(pointer, value);
    }

    fn content(&mut self, pointer: &str, owner: &'r Value) {
        for (name, here, media_type) in self.members(pointer, owner, "content") {
            self.media_type(name, &here, media_type);
        }
    }

    fn media_type(&mut self, name: &str, pointer: &str, value: &'r Value) {
        if !self.keys(Kind::MediaType, pointer, value) {
            return;
        }
        let kind = essence(name);
        let xml = kind.ends_with("/xml") || kind.ends_with("+xml");
        if (xml || kind.starts_with("multipart/")) && value.get("schema").is_some() {
            let cure =
                "Use JSON, a form or text, or leave out the schema: then every body is right.";
            self.not_implemented(
                pointer,
                format!("bodies of the type {kind} are not implemented"),
                cure,
            );
        }
        for (_, here, example) in self.members(pointer, value, "examples") {
            self.keys(Kind::Example, &here, example);
        }
        if let Some(schema) = value.get("schema") {
            self.schema(&child(pointer, "schema"), schema);
        }
        for (_, here, encoding) in self.members(pointer, value, "encoding") {
            self.encoding(&here, encoding);
        }
    }

    fn encoding(&mut self, pointer: &str, value: &'r Value) {
        if !self.keys(Kind::Encoding, pointer, value) {
            return;
        }
        let text = |key| value.get(key).and_then(Value::as_str);
        let known = ["application/json", "text/plain"];
        if let Some(kind) =
            text("contentType").filter(|kind| !known.contains(&essence(kind).as_str()))
        {
            let problem = format!("form fields of the type `{kind}` are not implemented");
            self.not_implemented(
                &child(pointer, "contentType"),
                problem,
                "Use application/json.",
            );
        }
        if let Some(style) = text("style").filter(|style| *style != "form") {
            let problem = format!("the style `{style}` is not implemented for a form field");
            self.not_implemented(&child(pointer, "style"), problem, "Use `form`.");
        }
    }

    fn security(&mut self, pointer: &str, owner: &'r Value) {
        let schemes = self.root.pointer("/components/securitySchemes");
        for (here, alternative) in self.items(pointer, owner, "security") {
            for name in alternative
                .as_object()
                .into_iter()
                .flat_map(|all| all.keys())
            {
                if schemes.and_then(|schemes| schemes.get(name)).is_none() {
                    let problem = format!("there is no security scheme `{name}`");
                    let cure =
                        "Correct the name, or add the scheme to `components/securitySchemes`.";
                    self.refuse("security-scheme-unknown", &here, problem, cure);
                }
            }
        }
    }

    fn security_scheme(&mut self, pointer: &str, value: &'r Value) {
        if !self.keys(Kind::SecurityScheme, pointer, value) {
            return;
        }
        let text = |key| value.get(key).and_then(Value::as_str);
        let complete = match text("type") {
            Some("http") => text("scheme").is_some(),
            Some("apiKey") => {
                matches!(text("in"), Some("header" | "query")) && text("name").is_some()
            }
            Some("oauth2" | "openIdConnect") => true,
            _ => false,
        };
        if !complete {
            let problem =
                "this security scheme is not implemented, or lacks a key that its type needs";
            let cure = "Use http with `scheme`, apiKey with `name` in a header or the query, oauth2 or \
                        openIdConnect.";
            self.not_implemented(pointer, problem, cure);
        }
    }
}
