//! Schemas brought to one form, whether a document wrote them or a generated type did.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// What a schema says, as far as it can be held against another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// The component that it refers to; then nothing else is set but `null`.
    pub component: Option<String>,
    pub types: BTreeSet<String>,
    pub null: bool,
    pub format: Option<String>,
    /// The words of a list; `open` says that other words are taken, too.
    pub words: Vec<String>,
    pub open: bool,
    /// `minLength`, `maximum` and the like.
    pub bounds: BTreeMap<String, Value>,
    pub properties: BTreeMap<String, Shape>,
    pub required: BTreeSet<String>,
    pub items: Option<Box<Shape>>,
    /// What the values of a map are.
    pub values: Option<Box<Shape>>,
    pub one_of: Vec<Shape>,
}

const BOUNDS: [&str; 10] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
];

/// Reads schemas of one origin.
pub struct Reader<'r> {
    /// Where references begin, before the name.
    pub prefix: &'r str,
    /// What is referred to, by name.
    pub targets: Option<&'r Map<String, Value>>,
    /// What the reference `#` means: the schema that is read.
    pub whole: &'r str,
    pub components: &'r BTreeSet<String>,
}

impl Reader<'_> {
    pub fn shape(&self, schema: &Value) -> Shape {
        let mut shape = Shape::default();
        self.read(schema, &mut shape);
        shape
    }

    fn read(&self, schema: &Value, shape: &mut Shape) {
        let Some(object) = schema.as_object() else {
            return;
        };
        if let Some(name) = self.reference(object) {
            match self.targets.and_then(|targets| targets.get(name)) {
                // A name of the generator's own: what it means counts.
                Some(helper) if !self.components.contains(name) => self.read(helper, shape),
                _ => shape.component = Some(name.to_owned()),
            }
            return;
        }
        if object.get("nullable") == Some(&Value::Bool(true)) {
            shape.null = true;
        }
        match object
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            // How a document adds `nullable` to a reference; the type beside it says nothing new.
            Some([only]) if only.get("$ref").is_some() && !object.contains_key("properties") => {
                return self.read(only, shape);
            }
            // A component with more: the generator makes one type of all its fields.
            Some(parts) => parts
                .iter()
                .for_each(|part| self.keywords(self.target(part), shape)),
            None => {}
        }
        // A type or nothing is how a generated type says `nullable`.
        let (nothing, parts): (Vec<&Value>, Vec<&Value>) = ["anyOf", "oneOf"]
            .iter()
            .filter_map(|list| object.get(*list)?.as_array())
            .flatten()
            .partition(|part| part.get("type").and_then(Value::as_str) == Some("null"));
        shape.null |= !nothing.is_empty();
        match parts.as_slice() {
            [only] => self.read(only, shape),
            several => shape
                .one_of
                .extend(several.iter().map(|part| self.shape(part))),
        }
        self.keywords(schema, shape);
    }

    fn keywords(&self, schema: &Value, shape: &mut Shape) {
        let Some(object) = schema.as_object() else {
            return;
        };
        let types = object.get("type").map(|types| match types {
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            single => single.as_str().into_iter().collect::<Vec<_>>(),
        });
        for name in types.unwrap_or_default() {
            match name {
                "null" => shape.null = true,
                name => drop(shape.types.insert(name.to_owned())),
            }
        }
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        shape.format = text("format").or(shape.format.take());
        for (list, open) in [("enum", false), ("examples", true)] {
            if let Some(words) = object.get(list).and_then(Value::as_array) {
                shape.words = words
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect();
                shape.null |= words.contains(&Value::Null);
                shape.open = open;
            }
        }
        for bound in BOUNDS {
            shape.bounds.extend(
                object
                    .get(bound)
                    .map(|value| (bound.to_owned(), value.clone())),
            );
        }
        for (name, property) in object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            shape.properties.insert(name.clone(), self.shape(property));
        }
        let required = object
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        shape
            .required
            .extend(required.filter_map(Value::as_str).map(str::to_owned));
        if let Some(items) = object.get("items") {
            shape.items = Some(Box::new(self.shape(items)));
        }
        if let Some(values) = object
            .get("additionalProperties")
            .filter(|values| **values != Value::Bool(false))
        {
            shape.values = Some(Box::new(self.shape(values)));
        }
    }

    fn reference<'v>(&'v self, object: &'v Map<String, Value>) -> Option<&'v str> {
        match object.get("$ref")?.as_str()? {
            "#" => Some(self.whole),
            other => other.strip_prefix(self.prefix),
        }
    }

    fn target<'v>(&'v self, schema: &'v Value) -> &'v Value {
        let name = schema.as_object().and_then(|object| self.reference(object));
        name.and_then(|name| self.targets?.get(name))
            .unwrap_or(schema)
    }
}
