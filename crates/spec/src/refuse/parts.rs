//! Everything but schemas: paths, operations, parameters, bodies, answers, security.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::declared::Declared;
use super::super::operation::StatusPattern;
use super::super::pointer::last;
use super::super::reading::essence;
use super::super::router::Template;
use super::{Kind, Node, Refusals, follow};
use crate::keyed::Keyed;

impl Refusals<'_, '_> {
    /// Looks at the whole document.
    pub(super) fn document(&mut self) {
        let outline = self.outline;
        for misfit in outline
            .misfits
            .iter()
            .filter(|misfit| is_judged(misfit.kind))
        {
            let problem = format!("the {} is not an object", misfit.kind.name());
            self.refuse(
                "wrong-type",
                &misfit.pointer,
                problem,
                "Write an object here.",
            );
        }
        let Some(root) = outline.nodes.first() else {
            return;
        };
        let version = root.text("openapi").unwrap_or_default();
        if !version.starts_with("3.0.") {
            self.keys(root);
            let problem = format!("the document is not OpenAPI 3.0 (`openapi` is {version:?})");
            let cure = "Write it in OpenAPI 3.0, such as 3.0.3.";
            return self.refuse("openapi-version", "/openapi", problem, cure);
        }
        if !root.object.get("paths").is_some_and(Value::is_object) {
            let problem = "the document has no `paths`";
            self.refuse("wrong-type", "", problem, "Add an object of this name.");
        }
        for node in &outline.nodes {
            self.part(node);
        }
        self.operations();
    }

    fn part(&mut self, node: &Node<'_>) {
        match node.kind {
            Kind::PathItem => return self.path_item(node),
            Kind::Responses => return self.statuses(node),
            Kind::SecurityRequirement => return self.requirement(node),
            kind if !is_judged(kind) => return,
            _ => {}
        }
        if !self.keys(node) {
            return;
        }
        match node.kind {
            Kind::Parameter | Kind::Header => self.parameter(node),
            Kind::MediaType => self.media_type(node),
            Kind::Encoding => self.encoding(node),
            Kind::SecurityScheme => self.security_scheme(node),
            Kind::Schema => self.schema(node),
            _ => {}
        }
    }

    fn path_item(&mut self, item: &Node<'_>) {
        if item.role == "paths" && Template::parse(&last(&item.pointer)).is_none() {
            let problem =
                "the path is no template: braces without a partner, or parameters side by side";
            let cure = "Begin it with `/`, and write `{name}` for a parameter.";
            self.refuse("path-template", &item.pointer, problem, cure);
        }
        if item.object.contains_key("$ref") {
            let problem = "a path item as a `$ref` is not implemented";
            let cure = "Write the operations here.";
            return self.refuse("path-item-ref", &item.pointer, problem, cure);
        }
        self.keys(item);
    }

    /// What is said about operations with the parameters of their paths.
    fn operations(&mut self) {
        let mut ids = BTreeMap::new();
        for operation in self.outline.operations() {
            let Some(node) = self.outline.nodes.get(operation.node) else {
                continue;
            };
            let template = Template::parse(operation.path);
            let declared = |name: &str| {
                let mut parameters = operation.parameters.iter();
                parameters.any(|found| found.place() == "path" && found.name() == name)
            };
            let wanted = template.iter().flat_map(Template::parameters);
            for name in wanted.filter(|name| !declared(name)) {
                let problem = format!("the path has `{{{name}}}`, and no parameter describes it");
                let cure = "Add a parameter with `in: path`.";
                self.refuse("path-parameter-undeclared", &node.pointer, problem, cure);
            }
            if let Some(id) = node.text("operationId")
                && let Some(first) = ids.insert(id, &node.pointer)
            {
                let problem = format!("the operationId `{id}` is also that of {first}");
                let cure = "Give each operation a name of its own.";
                self.refuse("operation-id-duplicate", &node.pointer, problem, cure);
            }
        }
    }

    fn statuses(&mut self, responses: &Node<'_>) {
        let statuses = responses.object.keys().filter(|key| !key.starts_with("x-"));
        for status in statuses.filter(|status| StatusPattern::parse(status).is_none()) {
            let problem =
                format!("`{status}` is no status, no range such as 4XX, and not `default`");
            let cure = "Write one of the three.";
            self.refuse("status-code", responses.at(status), problem, cure);
        }
    }

    fn parameter(&mut self, node: &Node<'_>) {
        let place = match node.kind {
            Kind::Header => "header",
            _ => node.text("in").unwrap_or_default(),
        };
        let usual = match place {
            "query" => "form",
            "path" | "header" => "simple",
            _ => {
                let problem = format!("parameters of the kind `in: {place}` are not implemented");
                let cure = "Use path, query or header.";
                return self.refuse("parameter-cookie", &node.pointer, problem, cure);
            }
        };
        if node.kind == Kind::Parameter && node.text("name").is_none() {
            let problem = "the parameter has no name";
            self.refuse("wrong-type", &node.pointer, problem, "Add `name`.");
        }
        if let Some(style) = node.text("style").filter(|style| *style != usual) {
            let problem = format!("the style `{style}` is not implemented for a {place} parameter");
            let cure = format!("Use `{usual}`.");
            self.refuse("parameter-style", node.at("style"), problem, cure);
        }
        if node.flag("allowReserved") {
            let cure = "Remove it: reserved characters are accepted encoded and as they are.";
            self.not_implemented(&node.pointer, "`allowReserved` is not implemented", cure);
        }
        match (node.object.get("schema"), node.object.get("content")) {
            (Some(schema), None) => self.no_object(&node.pointer, schema),
            (None, Some(_)) => {
                let mut kinds = node.entries("content").map(|(kind, _)| essence(kind));
                if kinds.next().as_deref() != Some("application/json") || kinds.next().is_some() {
                    let problem = "this `content` of a parameter is not implemented";
                    let cure = "Use `schema`, or one `application/json`.";
                    self.not_implemented(&node.pointer, problem, cure);
                }
            }
            _ => {
                let problem = "the parameter has not exactly one of `schema` and `content`";
                let cure = "Describe its value by one of them.";
                self.refuse("wrong-type", &node.pointer, problem, cure);
            }
        }
    }

    /// An object has no agreed form as the value of a parameter.
    fn no_object(&mut self, pointer: &str, schema: &Value) {
        let root = self.outline.root;
        let target = follow(root, schema).unwrap_or(schema);
        let object = target.text("type") == Some("object");
        if object || !Declared::of(root, schema).properties.is_empty() {
            let cure =
                "Write a parameter for each field, or use `content` with `application/json`.";
            self.not_implemented(pointer, "an object as a parameter is not implemented", cure);
        }
    }

    fn media_type(&mut self, node: &Node<'_>) {
        let kind = essence(&last(&node.pointer));
        let xml = kind.ends_with("/xml") || kind.ends_with("+xml");
        if (xml || kind.starts_with("multipart/")) && node.object.contains_key("schema") {
            let problem = format!("bodies of the type {kind} are not implemented");
            let cure =
                "Use JSON, a form or text, or leave out the schema: then every body is right.";
            self.not_implemented(&node.pointer, problem, cure);
        }
    }

    fn encoding(&mut self, node: &Node<'_>) {
        let known = ["application/json", "text/plain"];
        let kind = node.text("contentType");
        if let Some(kind) = kind.filter(|kind| !known.contains(&essence(kind).as_str())) {
            let problem = format!("form fields of the type `{kind}` are not implemented");
            self.not_implemented(node.at("contentType"), problem, "Use application/json.");
        }
        if let Some(style) = node.text("style").filter(|style| *style != "form") {
            let problem = format!("the style `{style}` is not implemented for a form field");
            self.not_implemented(node.at("style"), problem, "Use `form`.");
        }
    }

    fn requirement(&mut self, node: &Node<'_>) {
        let schemes = self.outline.root.pointer("/components/securitySchemes");
        let known = |name: &str| schemes.is_some_and(|schemes| schemes.get(name).is_some());
        for name in node.object.keys().filter(|name| !known(name)) {
            let problem = format!("there is no security scheme `{name}`");
            let cure = "Correct the name, or add the scheme to `components/securitySchemes`.";
            self.refuse("security-scheme-unknown", &node.pointer, problem, cure);
        }
    }

    fn security_scheme(&mut self, node: &Node<'_>) {
        let complete = match node.text("type") {
            Some("http") => node.text("scheme").is_some(),
            Some("apiKey") => {
                matches!(node.text("in"), Some("header" | "query")) && node.text("name").is_some()
            }
            Some("oauth2" | "openIdConnect") => true,
            _ => false,
        };
        if !complete {
            let problem =
                "this security scheme is not implemented, or lacks a key that its type needs";
            let cure = "Use http with `scheme`, apiKey with `name` in a header or the query, oauth2 or \
                        openIdConnect.";
            self.not_implemented(&node.pointer, problem, cure);
        }
    }
}

/// Whether objects of this kind describe messages, so that each of their keys has to be known.
fn is_judged(kind: Kind) -> bool {
    match kind {
        Kind::Document | Kind::Components | Kind::PathItem | Kind::Operation => true,
        Kind::Parameter | Kind::Header | Kind::RequestBody | Kind::Response => true,
        Kind::MediaType | Kind::Encoding | Kind::Example | Kind::Schema => true,
        Kind::SecurityScheme | Kind::Responses | Kind::Discriminator => true,
        Kind::Info | Kind::Contact | Kind::License | Kind::ExternalDocs | Kind::Tag => false,
        Kind::Server | Kind::ServerVariable | Kind::Link | Kind::Callback | Kind::Xml => false,
        Kind::OAuthFlows | Kind::OAuthFlow | Kind::SecurityRequirement | Kind::Paths => false,
    }
}
