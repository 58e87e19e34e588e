//! Reads the operations out of a document, every `$ref` followed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operation::{
    Carrier, Credential, FieldEncoding, Location, MediaType, Operation, Parameter, RequestBody,
    Response, StatusPattern,
};
use super::outline::grammar::METHODS;
use super::pointer::{child, of_reference};
use crate::keyed::Keyed;

/// A value with the pointer under which it really stands.
struct Place<'r> {
    pointer: String,
    value: &'r Value,
}

impl<'r> Place<'r> {
    /// The member `name`, behind any `$ref`.
    fn member(&self, root: &'r Value, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Self {
            pointer: child(&self.pointer, name),
            value,
        }
        .followed(root)
    }

    fn item(&self, root: &'r Value, index: usize) -> Option<Self> {
        let value = self.value.get(index)?;
        Self {
            pointer: format!("{}/{index}", self.pointer),
            value,
        }
        .followed(root)
    }

    /// Loading has refused circles already, so the chain ends.
    fn followed(mut self, root: &'r Value) -> Option<Self> {
        while let Some(reference) = self.value.text("$ref") {
            self.pointer = of_reference(reference)?;
            self.value = root.pointer(&self.pointer)?;
        }
        Some(self)
    }

    /// All members of an object, behind any `$ref`.
    fn members(&self, root: &'r Value) -> Vec<(&'r str, Self)> {
        let names = self
            .value
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys());
        names
            .filter_map(|name| Some((name.as_str(), self.member(root, name)?)))
            .collect()
    }

    fn items(&self, root: &'r Value) -> Vec<Self> {
        let count = self.value.as_array().map_or(0, Vec::len);
        (0..count)
            .filter_map(|index| self.item(root, index))
            .collect()
    }

    fn text(&self, name: &str) -> Option<&'r str> {
        self.value.get(name)?.as_str()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.value.get(name)?.as_bool()
    }
}

/// All operations of a document that loading has accepted, by path and then by method.
pub(super) fn operations(root: &Value) -> Vec<Operation> {
    let whole = Place {
        pointer: String::new(),
        value: root,
    };
    let Some(paths) = whole.member(root, "paths") else {
        return Vec::new();
    };
    let mut operations = Vec::new();
    for (path, item) in paths
        .members(root)
        .into_iter()
        .filter(|(path, _)| path.starts_with('/'))
    {
        for method in METHODS {
            if let Some(place) = item.member(root, method) {
                operations.push(operation(root, &whole, path, method, &item, &place));
            }
        }
    }
    operations
}

fn operation(
    root: &Value,
    whole: &Place<'_>,
    path: &str,
    method: &str,
    item: &Place<'_>,
    place: &Place<'_>,
) -> Operation {
    let method = method.to_ascii_uppercase();
    let mut parameters: Vec<Parameter> = Vec::new();
    // The operation's own parameters replace those of the path.
    for owner in [place, item] {
        for found in owner
            .member(root, "parameters")
            .map(|list| list.items(root))
            .unwrap_or_default()
        {
            let Some(new) = request_parameter(root, &found) else {
                continue;
            };
            if !parameters
                .iter()
                .any(|old| old.name == new.name && old.location == new.location)
            {
                parameters.push(new);
            }
        }
    }
    let responses = place
        .member(root, "responses")
        .map(|all| all.members(root))
        .unwrap_or_default();
    let security = place
        .member(root, "security")
        .or_else(|| whole.member(root, "security"));
    Operation {
        id: place
            .text("operationId")
            .map_or_else(|| format!("{method} {path}"), str::to_owned),
        path: path.to_owned(),
        pointer: place.pointer.clone(),
        parameters,
        request_body: place.member(root, "requestBody").map(|body| RequestBody {
            required: body.flag("required").unwrap_or(false),
            content: content(root, &body),
            pointer: body.pointer,
        }),
        responses: responses
            .into_iter()
            .filter_map(|(key, found)| response(root, key, found))
            .collect(),
        security: security
            .map(|list| credentials(root, whole, &list))
            .unwrap_or_default(),
        method,
    }
}

fn request_parameter(root: &Value, place: &Place<'_>) -> Option<Parameter> {
    let name = place.text("name")?;
    let location = match place.text("in")? {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        _ => return None,
    };
    parameter(root, place, name, location)
}

/// A parameter or a response header. These three header names are never parameters: OpenAPI has other places for
/// what they say, and tells readers to pass over them.
fn parameter(root: &Value, place: &Place<'_>, name: &str, location: Location) -> Option<Parameter> {
    let reserved = ["accept", "authorization", "content-type"];
    if location == Location::Header && reserved.contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let content = place.member(root, "content");
    let json = content.is_some();
    let schema = match content {
        Some(content) => content
            .members(root)
            .into_iter()
            .next()?
            .1
            .member(root, "schema")?,
        None => place.member(root, "schema")?,
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

fn content(root: &Value, owner: &Place<'_>) -> Vec<MediaType> {
    let types = owner
        .member(root, "content")
        .map(|types| types.members(root))
        .unwrap_or_default();
    let media_type = |(name, place): (&str, Place<'_>)| {
        let fields = place
            .member(root, "encoding")
            .map(|fields| fields.members(root))
            .unwrap_or_default();
        let mut encoding = BTreeMap::new();
        for (field, rules) in fields {
            let json = rules
                .text("contentType")
                .is_some_and(|kind| essence(kind).ends_with("json"));
            let explode = rules.flag("explode").unwrap_or(true);
            encoding.insert(field.to_owned(), FieldEncoding { json, explode });
        }
        let schema = place.member(root, "schema").map(|schema| schema.pointer);
        MediaType {
            range: essence(name),
            schema,
            encoding,
            pointer: place.pointer,
        }
    };
    types.into_iter().map(media_type).collect()
}

fn response(root: &Value, key: &str, place: Place<'_>) -> Option<Response> {
    let headers = place
        .member(root, "headers")
        .map(|headers| headers.members(root))
        .unwrap_or_default();
    let header = |(name, found): (&str, Place<'_>)| parameter(root, &found, name, Location::Header);
    Some(Response {
        status: StatusPattern::parse(key)?,
        headers: headers.into_iter().filter_map(header).collect(),
        content: content(root, &place),
        pointer: place.pointer,
    })
}

fn credentials(root: &Value, whole: &Place<'_>, list: &Place<'_>) -> Vec<Vec<Credential>> {
    let schemes = whole
        .member(root, "components")
        .and_then(|all| all.member(root, "securitySchemes"));
    let credential = |(name, scopes): (&str, Place<'_>)| {
        let scheme = schemes.as_ref()?.member(root, name)?;
        let scopes = scopes.value.as_array().into_iter().flatten();
        Some(Credential {
            scheme: name.to_owned(),
            carrier: carrier(&scheme)?,
            scopes: scopes
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        })
    };
    let alternatives = list.items(root).into_iter();
    alternatives
        .map(|all| {
            all.members(root)
                .into_iter()
                .filter_map(credential)
                .collect()
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
