//! The fields of a value with what a document says of each.

use runpipe_spec::document::Document;
use serde_json::{Map, Value};

/// One value inside an answer.
#[derive(Clone, Debug)]
pub struct Place {
    /// JSON pointer into the answer.
    pub pointer: String,
    /// The components of which this value is one.
    pub components: Vec<String>,
    /// Whether it is a field that a schema declares and does not require.
    pub optional: bool,
    /// Whether it is a word of a documented list.
    pub word: bool,
    /// Whether it is an object with declared fields, which a vendor may add to.
    pub object: bool,
    /// Whether any schema speaks about it.
    pub known: bool,
    /// Whether it is an object of which the schema says nothing but that.
    pub blank: bool,
}

/// Every value that a schema speaks about, from the outside in.
pub fn places(document: &Document, schema: &str, value: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    if let Some(written) = document.root().pointer(schema) {
        walk(
            document,
            &[written],
            value,
            String::new(),
            false,
            &mut found,
        );
    }
    // The pointer itself may already be behind the reference.
    let name = schema
        .strip_prefix("/components/schemas/")
        .filter(|name| !name.contains('/'));
    if let Some(first) = found.first_mut() {
        first.components.extend(name.map(str::to_owned));
    }
    found
}

fn walk(
    document: &Document,
    schemas: &[&Value],
    value: &Value,
    pointer: String,
    optional: bool,
    found: &mut Vec<Place>,
) {
    let mut parts = Parts::default();
    schemas
        .iter()
        .for_each(|schema| parts.add(document, schema));
    found.push(Place {
        pointer: pointer.clone(),
        components: parts.components.clone(),
        optional,
        word: value.is_string() && parts.keyword("enum").next().is_some(),
        object: value.is_object() && parts.keyword("properties").next().is_some(),
        blank: value.is_object()
            && parts.keyword("type").next().is_some()
            && parts.keyword("additionalProperties").next().is_none()
            && parts
                .keyword("properties")
                .all(|all| all.as_object().is_none_or(Map::is_empty)),
        known: !parts.objects.is_empty(),
    });
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let declared: Vec<&Value> = parts
                    .keyword("properties")
                    .filter_map(|all| all.get(name))
                    .collect();
                let optional = !declared.is_empty() && !parts.requires(name);
                let inner = match declared.is_empty() {
                    true => parts.keyword("additionalProperties").collect(),
                    false => declared,
                };
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                walk(document, &inner, field, pointer, optional, found);
            }
        }
        Value::Array(items) => {
            let inner: Vec<&Value> = parts.keyword("items").collect();
            for (index, item) in items.iter().enumerate() {
                walk(
                    document,
                    &inner,
                    item,
                    format!("{pointer}/{index}"),
                    false,
                    found,
                );
            }
        }
        _ => {}
    }
}

/// All schema objects that a value is held against at once.
#[derive(Default)]
struct Parts<'d> {
    components: Vec<String>,
    objects: Vec<&'d Map<String, Value>>,
}

impl<'d> Parts<'d> {
    fn add(&mut self, document: &'d Document, schema: &'d Value) {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix("#/components/schemas/");
            self.components.extend(name.map(str::to_owned));
        }
        let Some(object) = document.resolve(schema).as_object() else {
            return;
        };
        self.objects.push(object);
        for list in ["allOf", "oneOf", "anyOf"] {
            for part in object
                .get(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                self.add(document, part);
            }
        }
    }

    fn keyword(&self, name: &str) -> impl Iterator<Item = &'d Value> {
        self.objects
            .iter()
            .filter_map(move |object| object.get(name))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn requires(&self, name: &str) -> bool {
        self.keyword("required")
            .filter_map(Value::as_array)
            .flatten()
            .any(|required| required == name)
    }
}
