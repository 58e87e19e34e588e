//! Reads the operations out of a document, every `$ref` followed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operation::{
    Carrier, Credential, FieldEncoding, Location, MediaType, Operation, Parameter, RequestBody,
    Response, StatusPattern,
};
use super::outline::grammar::METHODS;
use super::pointer::{child, resolve};
use crate::keyed::Keyed;

/// A value with the pointer under which it really stands.
struct Place<'r> {
    root: &'r Value,
    pointer: String,
    value: &'r Value,
}

impl<'r> Place<'r> {
    /// What stands at a pointer, behind any `$ref`.
    fn new(root: &'r Value, pointer: &str, value: &'r Value) -> Self {
        let (pointer, value) = resolve(root, pointer, value);
        Self {
            root,
            pointer,
            value,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self::new(self.root, &child(&self.pointer, name), value))
    }

    /// The members of the object that is the member `name`.
    fn members(&self, name: &str) -> Vec<(&'r str, Self)> {
        let Some(object) = self.member(name) else {
            return Vec::new();
        };
        let names = object.value.as_object().into_iter().flatten();
        names
            .filter_map(|(name, _)| Some((name.as_str(), object.member(name)?)))
            .collect()
    }

    /// The items of the list that is the member `name`.
    fn items(&self, name: &str) -> Vec<Self> {
        let Some(list) = self.member(name) else {
            return Vec::new();
        };
        let items = list.value.as_array().into_iter().flatten().enumerate();
        items
            .map(|(index, item)| Self::new(self.root, &format!("{}/{index}", list.pointer), item))
            .collect()
    }

    fn text(&self, name: &str) -> Option<&'r str> {
        self.value.text(name)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.value.get(name)?.as_bool()
    }
}

/// All operations of a document that loading has accepted, by path and then by method.
pub(super) fn operations(root: &Value) -> Vec<Operation> {
    let whole = Place::new(root, "", root);
    let mut operations = Vec::new();
    for (path, item) in whole.members("paths") {
        for method in METHODS.into_iter().filter(|_| path.starts_with('/')) {
            if let Some(place) = item.member(method) {
                operations.push(operation(&whole, path, method, &item, &place));
            }
        }
    }
    operations
}

fn operation(
    whole: &Place<'_>,
    path: &str,
    method: &str,
    item: &Place<'_>,
    place: &Place<'_>,
) -> Operation {
    let method = method.to_ascii_uppercase();
    let mut parameters: Vec<Parameter> = Vec::new();
    // The operation's own parameters replace those of the path.
    let all = [place, item].map(|owner| owner.items("parameters"));
    for new in all.iter().flatten().filter_map(request_parameter) {
        let same = |old: &Parameter| old.name == new.name && old.location == new.location;
        if !parameters.iter().any(same) {
            parameters.push(new);
        }
    }
    let responses = place.members("responses").into_iter();
    let asking = match place.value.get("security") {
        Some(_) => place,
        None => whole,
    };
    let id = place.text("operationId");
    Operation {
        id: id.map_or_else(|| format!("{method} {path}"), str::to_owned),
        path: path.to_owned(),
        pointer: place.pointer.clone(),
        parameters,
        request_body: place.member("requestBody").map(|body| RequestBody {
            required: body.flag("required").unwrap_or(false),
            content: content(&body),
            pointer: body.pointer,
        }),
        responses: responses
            .filter_map(|(key, found)| response(key, found))
            .collect(),
        security: credentials(whole, &asking.items("security")),
        method,
    }
}

fn request_parameter(place: &Place<'_>) -> Option<Parameter> {
    let name = place.text("name")?;
    let location = match place.text("in")? {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        _ => return None,
    };
    parameter(place, name, location)
}

/// A parameter or a response header. These three header names are never parameters: OpenAPI has other places for
/// what they say, and tells readers to pass over them.
fn parameter(place: &Place<'_>, name: &str, location: Location) -> Option<Parameter> {
    let reserved = ["accept", "authorization", "content-type"];
    if location == Location::Header && reserved.contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let content = place.members("content").into_iter().next();
    let json = content.is_some();
    let schema = match content {
        Some((_, media)) => media.member("schema")?,
        None => place.member("schema")?,
    };
    Some(Parameter {
        name: name.to_owned(),
        location,
        required: location == Location::Path || place.flag("required").unwrap_or(false),
        schema: schema.pointer,
        explode: place.flag("explode").unwrap_or(location == Location::Query),
        json,
        allow_empty: place.flag("allowEmptyValue").unwrap_or(false),
        pointer: place.pointer.clone(),
    })
}

fn content(owner: &Place<'_>) -> Vec<MediaType> {
    let media_type = |(name, place): (&str, Place<'_>)| {
        let mut encoding = BTreeMap::new();
        for (field, rules) in place.members("encoding") {
            let kind = rules.text("contentType");
            let json = kind.is_some_and(|kind| essence(kind).ends_with("json"));
            let explode = rules.flag("explode").unwrap_or(true);
            encoding.insert(field.to_owned(), FieldEncoding { json, explode });
        }
        MediaType {
            range: essence(name),
            schema: place.member("schema").map(|schema| schema.pointer),
            encoding,
            pointer: place.pointer,
        }
    };
    owner
        .members("content")
        .into_iter()
        .map(media_type)
        .collect()
}

fn response(key: &str, place: Place<'_>) -> Option<Response> {
    let header = |(name, found): (&str, Place<'_>)| parameter(&found, name, Location::Header);
    Some(Response {
        status: StatusPattern::parse(key)?,
        headers: place
            .members("headers")
            .into_iter()
            .filter_map(header)
            .collect(),
        content: content(&place),
        pointer: place.pointer,
    })
}

fn credentials(whole: &Place<'_>, alternatives: &[Place<'_>]) -> Vec<Vec<Credential>> {
    let components = whole.member("components");
    let schemes = components.and_then(|all| all.member("securitySchemes"));
    let credential = |(name, scopes): (&String, &Value)| {
        let scopes = scopes.as_array().into_iter().flatten();
        let scopes = scopes.filter_map(Value::as_str).map(str::to_owned);
        Some(Credential {
            scheme: name.clone(),
            carrier: carrier(&schemes.as_ref()?.member(name)?)?,
            scopes: scopes.collect(),
        })
    };
    let alternatives = alternatives.iter();
    alternatives
        .map(|all| {
            let needed = all.value.as_object().into_iter().flatten();
            needed.filter_map(credential).collect()
        })
        .collect()
}

fn carrier(scheme: &Place<'_>) -> Option<Carrier> {
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

/// A media type without its parameters, in lower case.
pub(super) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
