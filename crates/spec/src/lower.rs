//! Turns a full document into the smaller one that the client generator reads.
//!
//! The documents describe the services as they are. The generator understands less than that, and
//! misunderstands some of it. The parts that it must not see are removed here, from a copy:
//!
//! * **Answers other than success.** With documented error types the generated client loses status
//!   and headers as soon as a body is not what was documented (a proxy's HTML page). Undocumented,
//!   they arrive whole, and the service's own folder reads them.
//! * **Which success status it was.** All 2xx answers of an operation become one `2XX`.
//! * **String formats and defaults.** Vendors send dates without an offset and ids that are no
//!   UUIDs; an absent field must stay absent, so that the vendor's default applies.
//! * **`allOf` around a single reference**, which carries `nullable` and nothing a type needs.
//! * **JSON inside a form field**, which becomes the text that it is on the wire. Of a string that is
//!   described by `x-json-text`, the string stays, and the schema that it names gets a type.
//! * **Schemas of refusals alone**, and of JSON inside forms no longer: a type is made of what a
//!   success or a request uses, and of what a form's JSON text is made from.
//! * **The name of a field with `x-rust-name`**: the type gets that name, and what generates the code
//!   puts the name of the wire back ([`Lowered::renamed`]).
//! * Examples, extensions, security, servers and links, which no type is made from.

use serde_json::{Map, Value, json};

use super::media_type::{FORM, JSON};
use super::outline::Outline;
use super::outline::grammar::METHODS;
use super::pointer::{child, references, schemas};
use crate::keyed::Keyed;

/// A lowered document and what was learned on the way.
pub struct Lowered {
    /// The document for the generator.
    pub document: Value,
    /// The string enums among the component schemas, in the document's order.
    pub enums: Vec<StringEnum>,
    /// The fields that have another name in Rust than on the wire.
    pub renamed: Vec<Renamed>,
}

/// A field that has another name in Rust than on the wire, because two would have the same.
pub struct Renamed {
    /// Name of the component.
    pub schema: String,
    /// The field's name in Rust, and in the lowered document.
    pub field: String,
    /// Its name on the wire.
    pub wire: String,
}

/// A component schema that is a list of words.
pub struct StringEnum {
    /// Name of the component.
    pub name: String,
    /// Its description, as documentation of the type.
    pub description: String,
    /// The documented words, as the wire spells them.
    pub words: Vec<String>,
}

/// Lowers a document. Parts that are not of the expected shape are left alone: the lint names them.
pub fn lower(document: &Value) -> Lowered {
    let mut document = document.clone();
    let responses = take(&mut document, "/components", "responses");
    for unused in [
        "headers",
        "examples",
        "securitySchemes",
        "links",
        "callbacks",
    ] {
        take(&mut document, "/components", unused);
    }
    for unused in ["security", "servers", "tags", "externalDocs"] {
        take(&mut document, "", unused);
    }
    let form_schemas = forms_with_json(&document);
    let mut form_values = Vec::new();
    for (schema, field) in &form_schemas {
        let pointer = format!("{schema}/properties/{field}");
        if let Some(property) = document.pointer_mut(&pointer) {
            let mut text = json!({ "type": "string" });
            if let Some(description) = property.get("description") {
                text["description"] = description.clone();
            }
            form_values.push(std::mem::replace(property, text));
        }
    }
    for operation in operations(&mut document) {
        lower_operation(operation, &responses);
    }
    prune_schemas(&mut document, &form_values);
    let enums = string_enums(&document);
    let renamed = rename_fields(&mut document);
    strip(&mut document, false);
    Lowered {
        document,
        enums,
        renamed,
    }
}

fn take(document: &mut Value, pointer: &str, key: &str) -> Value {
    document
        .pointer_mut(pointer)
        .and_then(Value::as_object_mut)
        .and_then(|object| object.remove(key))
        .unwrap_or_default()
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    document
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.iter_mut())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .filter_map(|(_, operation)| operation.as_object_mut())
}

fn lower_operation(operation: &mut Map<String, Value>, shared: &Value) {
    for unused in ["security", "servers", "externalDocs", "callbacks", "tags"] {
        operation.remove(unused);
    }
    let body = operation.get_mut("requestBody");
    let content = body.and_then(|body| body.get_mut("content")?.as_object_mut());
    for (_, media) in content.into_iter().flatten() {
        if let Value::Object(media) = media {
            media.remove("encoding");
        }
    }
    let Some(Value::Object(responses)) = operation.remove("responses") else {
        return;
    };
    let success = responses
        .into_iter()
        .filter(|(status, _)| status.starts_with('2'))
        .map(|(_, response)| resolve_response(response, shared))
        .find_map(success_answer);
    let success = success.unwrap_or_else(|| json!({ "description": "Done." }));
    operation.insert("responses".into(), json!({ "2XX": success }));
}

fn resolve_response(response: Value, shared: &Value) -> Value {
    let name = response
        .text("$ref")
        .and_then(|reference| reference.strip_prefix("#/components/responses/"));
    match name.and_then(|name| shared.get(name)) {
        Some(found) => found.clone(),
        None => response,
    }
}

/// The answer as the generator may see it, or `None` for a page that only looks like success
/// (a sign-in page is HTML with a 2xx status).
fn success_answer(mut response: Value) -> Option<Value> {
    let object = response.as_object_mut()?;
    object.remove("headers");
    object.remove("links");
    if let Some(Value::Object(content)) = object.remove("content") {
        let (kind, media) = content
            .into_iter()
            .find(|(kind, _)| !kind.starts_with("text/html"))?;
        let kind = match kind.ends_with("+json") {
            true => JSON.to_owned(),
            false => kind,
        };
        object.insert("content".into(), json!({ kind: media }));
    }
    Some(response)
}

/// Pairs of (schema pointer, field) whose form field is encoded as JSON text.
fn forms_with_json(document: &Value) -> Vec<(String, String)> {
    let outline = Outline::new(document);
    let mut found = Vec::new();
    for operation in outline.operations() {
        let content = format!("{}/requestBody/content", operation.node.pointer);
        let Some(form) = outline.node(&child(&content, FORM)) else {
            continue;
        };
        let schema = outline.node(&form.at("schema"));
        let schema = schema.and_then(|schema| schema.reference?.strip_prefix('#'));
        for (field, encoding) in form.entries("encoding") {
            if let (Some(schema), Some(JSON)) = (schema, encoding.text("contentType")) {
                found.push((schema.to_owned(), field.clone()));
            }
        }
    }
    found
}

/// Keeps the schemas that the remaining paths and the form fields reach.
fn prune_schemas(document: &mut Value, forms: &[Value]) {
    let schemas = take(document, "/components", "schemas");
    let Value::Object(mut schemas) = schemas else {
        return;
    };
    let mut open = Vec::new();
    add_names(document, &mut open);
    forms.iter().for_each(|form| add_names(form, &mut open));
    let mut used = Map::new();
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.remove(&name) {
            add_names(&schema, &mut open);
            used.insert(name, schema);
        }
    }
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.insert("schemas".into(), Value::Object(used));
    }
}

/// Adds the names of the component schemas that a value refers to.
fn add_names(value: &Value, found: &mut Vec<String>) {
    references(value, &mut |reference| {
        let name = reference.strip_prefix("#/components/schemas/");
        found.extend(name.map(str::to_owned));
    });
}

fn string_enums(document: &Value) -> Vec<StringEnum> {
    let listed = schemas(document).map(|(name, schema)| {
        let words = schema.list("enum").iter().filter_map(Value::as_str);
        StringEnum {
            name: name.clone(),
            description: schema.text("description").unwrap_or_default().to_owned(),
            words: words.map(str::to_owned).collect(),
        }
    });
    listed.filter(|list| !list.words.is_empty()).collect()
}

/// Gives each property with `x-rust-name` that name.
fn rename_fields(document: &mut Value) -> Vec<Renamed> {
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    let mut renamed = Vec::new();
    for (schema, value) in schemas.into_iter().flatten() {
        let Some(Value::Object(properties)) = value.get_mut("properties") else {
            continue;
        };
        let chosen = properties.iter().filter_map(|(wire, property)| {
            let field = property.get("x-rust-name")?.as_str()?;
            Some((wire.clone(), field.to_owned()))
        });
        for (wire, field) in chosen.collect::<Vec<_>>() {
            if let Some(property) = properties.remove(&wire) {
                properties.insert(field.clone(), property);
            }
            renamed.push(Renamed {
                schema: schema.clone(),
                field,
                wire,
            });
        }
    }
    renamed
}

/// Removes, at any depth, what no type is made from. `names` says that the keys of this object are
/// names of the document's own (properties, schemas), not keywords.
fn strip(value: &mut Value, names: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| strip(item, false)),
        Value::Object(object) => {
            if !names {
                strip_keywords(object);
            }
            for (key, inner) in object.iter_mut() {
                let inner_names = !names && matches!(key.as_str(), "properties" | "schemas");
                strip(inner, inner_names);
            }
        }
        _ => {}
    }
}

fn strip_keywords(object: &mut Map<String, Value>) {
    object.retain(|key, _| !key.starts_with("x-") && key != "example" && key != "examples");
    object.remove("default");
    if object.text("type") == Some("string") {
        object.remove("format");
    }
    if let [Value::Object(only)] = object.list("allOf")
        && only.contains_key("$ref")
    {
        *object = only.clone();
    }
}
