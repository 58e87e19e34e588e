//! Reads the operations out of a document, every `$ref` followed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::media_type::essence;
use super::operation::{
    Carrier, Credential, FieldEncoding, Location, MediaType, Operation, Parameter, RequestBody,
    Response, StatusPattern,
};
use super::outline::grammar::{Kind, METHODS, RESERVED_HEADERS};
use super::outline::{self, Node, Outline};

/// All operations of a document that loading has accepted, by path and then by method.
pub(super) fn operations(outline: &Outline<'_>) -> Vec<Operation> {
    let mut found = outline.operations();
    found.retain(|one| one.path.starts_with('/'));
    let number = |method: &str| METHODS.iter().position(|known| *known == method);
    // Those of one path stand together: the sort keeps their order.
    found.sort_by_key(|one| (one.node.parent, number(one.node.role)));
    found.iter().map(|one| operation(outline, one)).collect()
}

fn operation(outline: &Outline<'_>, found: &outline::Operation<'_, '_>) -> Operation {
    let (node, path) = (found.node, &found.path);
    let method = node.role.to_ascii_uppercase();
    let mut parameters: Vec<Parameter> = Vec::new();
    for one in &found.parameters {
        let described = outline.node(&one.pointer);
        let Some(new) = described.and_then(|node| request_parameter(outline, node)) else {
            continue;
        };
        let same = |old: &Parameter| old.name == new.name && old.location == new.location;
        if !parameters.iter().any(same) {
            parameters.push(new);
        }
    }
    let body = outline.child(node, "requestBody");
    let responses = outline.responses(node);
    let responses = responses.filter_map(|found| response(outline, found));
    let asking = match node.has("security") {
        true => Some(node),
        false => outline.nodes.first(),
    };
    let id = node.text("operationId");
    Operation {
        id: id.map_or_else(|| format!("{method} {path}"), str::to_owned),
        path: path.clone(),
        pointer: node.pointer.clone(),
        parameters,
        request_body: body.map(|body| RequestBody {
            required: body.flag("required"),
            content: content(outline, body),
            pointer: body.pointer.clone(),
        }),
        responses: responses.collect(),
        security: asking.map_or_else(Vec::new, |asking| credentials(outline, asking)),
        method,
    }
}

fn request_parameter(outline: &Outline<'_>, node: &Node<'_>) -> Option<Parameter> {
    let location = match node.text("in")? {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        _ => return None,
    };
    parameter(outline, node, node.text("name")?.to_owned(), location)
}

/// A parameter or a response header. Some headers are neither.
fn parameter(
    outline: &Outline<'_>,
    node: &Node<'_>,
    name: String,
    location: Location,
) -> Option<Parameter> {
    let plain = name.to_ascii_lowercase();
    if location == Location::Header && RESERVED_HEADERS.contains(&plain.as_str()) {
        return None;
    }
    let content = outline.children(node, "content").next();
    let schema = outline.child(content.unwrap_or(node), "schema")?;
    let explode = node.object.get("explode").and_then(Value::as_bool);
    Some(Parameter {
        name,
        location,
        required: location == Location::Path || node.flag("required"),
        schema: schema.pointer.clone(),
        explode: explode.unwrap_or(location == Location::Query),
        json: content.is_some(),
        allow_empty: node.flag("allowEmptyValue"),
        pointer: node.pointer.clone(),
    })
}

fn content(outline: &Outline<'_>, owner: &Node<'_>) -> Vec<MediaType> {
    let encoding = |node: &Node<'_>| {
        let kind = node.text("contentType").unwrap_or_default();
        let rules = FieldEncoding {
            json: essence(kind).ends_with("json"),
            explode: node.object.get("explode") != Some(&Value::Bool(false)),
        };
        (node.name(), rules)
    };
    let media_type = |node: &Node<'_>| {
        let mut encodings = BTreeMap::new();
        encodings.extend(outline.children(node, "encoding").map(encoding));
        MediaType {
            range: essence(&node.name()),
            schema: outline
                .child(node, "schema")
                .map(|schema| schema.pointer.clone()),
            encoding: encodings,
            pointer: node.pointer.clone(),
        }
    };
    outline.children(owner, "content").map(media_type).collect()
}

fn response(outline: &Outline<'_>, used: &Node<'_>) -> Option<Response> {
    let node = outline.resolve(used);
    let headers = outline.children(node, "headers").filter_map(|header| {
        let name = header.name();
        parameter(outline, outline.resolve(header), name, Location::Header)
    });
    Some(Response {
        status: StatusPattern::parse(&used.name())?,
        headers: headers.collect(),
        content: content(outline, node),
        pointer: node.pointer.clone(),
    })
}

fn credentials(outline: &Outline<'_>, asking: &Node<'_>) -> Vec<Vec<Credential>> {
    let schemes = outline.of(Kind::SecurityScheme);
    let schemes = schemes.filter(|node| node.role == "securitySchemes");
    let schemes: Vec<&Node<'_>> = schemes.collect();
    let credential = |(name, scopes): (&String, &Value)| {
        let scopes = scopes.as_array().into_iter().flatten();
        let scopes = scopes.filter_map(Value::as_str).map(str::to_owned);
        let scheme = schemes.iter().find(|node| node.name() == *name)?;
        Some(Credential {
            scheme: name.clone(),
            carrier: carrier(outline.resolve(scheme))?,
            scopes: scopes.collect(),
        })
    };
    let alternatives = asking.list("security").iter();
    let needed = alternatives.map(|all| all.as_object().into_iter().flatten());
    let needed = needed.map(|all| all.filter_map(credential).collect());
    needed.collect()
}

fn carrier(scheme: &Node<'_>) -> Option<Carrier> {
    match scheme.text("type")? {
        "http" => Some(Carrier::Authorization(capitalized(scheme.text("scheme")?))),
        "oauth2" | "openIdConnect" => Some(Carrier::Authorization("Bearer".to_owned())),
        "apiKey" => match (scheme.text("in")?, scheme.text("name")?) {
            ("header", name) => Some(Carrier::Header(name.to_owned())),
            ("query", name) => Some(Carrier::Query(name.to_owned())),
            _ => None,
        },
        _ => None,
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
