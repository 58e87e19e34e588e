//! One change at a time in a document: everything that could be wrong in it without a word.

use serde_json::{Map, Value, json};

use super::plan::{Change, Plan};

/// Every change of a document.
pub fn plans(root: &Value) -> Vec<Plan> {
    let mut plans = Plans::default();
    plans.components(root);
    plans.paths(root);
    plans.found
}

#[derive(Default)]
struct Plans {
    found: Vec<Plan>,
    /// The schema is of a value that travels as text.
    text: bool,
}

impl Plans {
    fn add(&mut self, class: &'static str, pointer: &str, change: Change) {
        self.found.push(Plan {
            class,
            pointer: pointer.to_owned(),
            detail: String::new(),
            change,
        });
    }

    fn components(&mut self, root: &Value) {
        let section = |name: &str| members(root, &format!("/components/{name}"));
        for (pointer, _, schema) in section("schemas") {
            self.schema(&pointer, schema);
        }
        for (pointer, _, parameter) in section("parameters") {
            self.parameter(&pointer, parameter);
        }
        for (pointer, _, header) in section("headers") {
            self.text_schema(&pointer, header);
        }
        for (pointer, _, response) in section("responses") {
            self.response(&pointer, response);
        }
        for (pointer, _, scheme) in section("securitySchemes") {
            if let Some(carrier) = scheme.get("scheme").and_then(Value::as_str) {
                let other = if carrier == "basic" {
                    "bearer"
                } else {
                    "basic"
                };
                self.add(
                    "change credential",
                    &format!("{pointer}/scheme"),
                    Change::Replace(json!(other)),
                );
            }
            if scheme.get("type") == Some(&json!("apiKey")) {
                self.add(
                    "change credential",
                    &format!("{pointer}/name"),
                    Change::Replace(json!("X-Other")),
                );
            }
        }
    }

    fn paths(&mut self, root: &Value) {
        for (pointer, path, item) in members(root, "/paths") {
            for (index, segment) in path.split('/').enumerate().skip(1) {
                if !segment.starts_with('{') {
                    let mut segments: Vec<&str> = path.split('/').collect();
                    let changed = format!("{segment}x");
                    segments[index] = &changed;
                    self.add(
                        "rename path segment",
                        &pointer,
                        Change::Rename(segments.join("/")),
                    );
                    if let Some(plan) = self.found.last_mut() {
                        segment.clone_into(&mut plan.detail);
                    }
                }
            }
            for (pointer, key, value) in fields(item, &pointer) {
                if key == "parameters" {
                    self.parameters(&pointer, value);
                } else if value.get("operationId").is_some() {
                    self.operation(&pointer, key, item, value);
                }
            }
        }
    }

    fn operation(&mut self, pointer: &str, method: &str, item: &Value, operation: &Value) {
        let others = ["put", "delete", "post", "get"];
        let free = others
            .iter()
            .find(|other| **other != method && item.get(**other).is_none());
        if let Some(free) = free {
            self.add("swap method", pointer, Change::Rename((*free).to_owned()));
        }
        let id = format!("{pointer}/operationId");
        self.add(
            "rename operation",
            &id,
            Change::Replace(json!("otherOperation")),
        );
        self.parameters(&format!("{pointer}/parameters"), &operation["parameters"]);
        if let Some(body) = operation.get("requestBody") {
            let pointer = format!("{pointer}/requestBody");
            self.add("drop request body", &pointer, Change::Remove);
            let required = body
                .get("required")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            self.add(
                "flip required",
                &format!("{pointer}/required"),
                Change::Replace(json!(!required)),
            );
            self.content(&pointer, body);
        }
        for (pointer, status, response) in
            fields(&operation["responses"], &format!("{pointer}/responses"))
        {
            self.add(
                "swap status",
                &pointer,
                Change::Rename(other_status(status).to_owned()),
            );
            self.add("drop status", &pointer, Change::Remove);
            self.response(&pointer, response);
        }
    }

    fn parameters(&mut self, pointer: &str, list: &Value) {
        for (index, parameter) in list.as_array().into_iter().flatten().enumerate() {
            let pointer = format!("{pointer}/{index}");
            self.add("remove parameter", &pointer, Change::Remove);
            if parameter.get("$ref").is_none() {
                self.parameter(&pointer, parameter);
            }
        }
    }

    fn parameter(&mut self, pointer: &str, parameter: &Value) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let renamed = Change::Replace(json!(format!("{name}x")));
        self.add("rename parameter", &format!("{pointer}/name"), renamed);
        if parameter["in"] == "query" {
            self.add(
                "move parameter",
                &format!("{pointer}/in"),
                Change::Replace(json!("header")),
            );
            let required = parameter
                .get("required")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            self.add(
                "flip required",
                &format!("{pointer}/required"),
                Change::Replace(json!(!required)),
            );
        }
        self.text_schema(pointer, parameter);
    }

    fn response(&mut self, pointer: &str, response: &Value) {
        for (pointer, _, header) in fields(&response["headers"], &format!("{pointer}/headers")) {
            self.add("drop header", &pointer, Change::Remove);
            self.text_schema(&pointer, header);
        }
        if response.get("content").is_some() {
            self.add("drop body", &format!("{pointer}/content"), Change::Remove);
        }
        self.content(pointer, response);
    }

    fn content(&mut self, owner: &str, value: &Value) {
        for (pointer, kind, media_type) in fields(&value["content"], &format!("{owner}/content")) {
            self.add(
                "change media type",
                &pointer,
                Change::Rename("application/cbor".to_owned()),
            );
            if media_type.get("encoding").is_some() {
                self.add(
                    "drop encoding",
                    &format!("{pointer}/encoding"),
                    Change::Remove,
                );
            }
            if kind.starts_with("text/") {
                self.text_schema(&pointer, media_type);
            } else {
                self.schema(&format!("{pointer}/schema"), &media_type["schema"]);
            }
        }
    }

    /// The schema of something that travels as text.
    fn text_schema(&mut self, owner: &str, value: &Value) {
        self.text = true;
        self.schema(&format!("{owner}/schema"), &value["schema"]);
        self.text = false;
    }

    fn schema(&mut self, pointer: &str, schema: &Value) {
        if schema.get("$ref").is_some() {
            let other =
                json!({ "type": "object", "properties": { "other": { "type": "string" } } });
            return self.add("change reference", pointer, Change::Replace(other));
        }
        let Some(object) = schema.as_object() else {
            return;
        };
        let at = |key: &str| format!("{pointer}/{key}");
        if let Some(kind) = object.get("type").and_then(Value::as_str) {
            let other = if kind == "string" {
                "integer"
            } else {
                "string"
            };
            self.add("change type", &at("type"), Change::Replace(json!(other)));
        }
        match object.get("format").and_then(Value::as_str) {
            Some("int64") => self.add(
                "change format",
                &at("format"),
                Change::Replace(json!("int32")),
            ),
            Some("int32") => self.add(
                "change format",
                &at("format"),
                Change::Replace(json!("int64")),
            ),
            Some(_) => self.add("drop format", &at("format"), Change::Remove),
            None => {}
        }
        // In a path, a query, a header or a text nothing can be null.
        if !self.text {
            let nullable = object
                .get("nullable")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            let flipped = Change::Replace(json!(!nullable));
            self.add("flip nullable", &at("nullable"), flipped);
        }
        for bound in ["minimum", "maximum", "minLength", "maxLength"] {
            if object.contains_key(bound) {
                self.add("drop bound", &at(bound), Change::Remove);
            }
        }
        self.words(pointer, object);
        self.fields_of(pointer, object);
        for (key, class) in [
            ("items", "drop items"),
            ("additionalProperties", "drop map values"),
        ] {
            if let Some(inner) = object.get(key) {
                self.add(class, &at(key), Change::Remove);
                self.schema(&at(key), inner);
            }
        }
        for list in ["allOf", "oneOf"] {
            for (index, part) in object
                .get(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .enumerate()
            {
                self.schema(&format!("{pointer}/{list}/{index}"), part);
            }
        }
    }

    fn words(&mut self, pointer: &str, schema: &Map<String, Value>) {
        let words = schema.get("enum").and_then(Value::as_array);
        for (index, word) in words.into_iter().flatten().enumerate() {
            let pointer = format!("{pointer}/enum/{index}");
            let other = format!("{}X", word.as_str().unwrap_or_default());
            self.add("rename word", &pointer, Change::Replace(json!(other)));
            self.add("drop word", &pointer, Change::Remove);
        }
    }

    fn fields_of(&mut self, pointer: &str, schema: &Map<String, Value>) {
        let required = schema
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for index in 0..required.len() {
            self.add(
                "drop required",
                &format!("{pointer}/required/{index}"),
                Change::Remove,
            );
        }
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return;
        };
        for (name, property) in properties {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            let at = format!("{pointer}/properties/{escaped}");
            self.add("drop property", &at, Change::Remove);
            self.add("rename property", &at, Change::Rename(format!("{name}X")));
            if !required.contains(&json!(name)) {
                let mut more = required.clone();
                more.push(json!(name));
                let change = Change::Replace(Value::Array(more));
                self.add("require property", &format!("{pointer}/required"), change);
                if let Some(plan) = self.found.last_mut() {
                    plan.detail.clone_from(name);
                }
            }
            self.schema(&at, property);
        }
    }
}

fn other_status(status: &str) -> &'static str {
    if status.starts_with('2') {
        "299"
    } else {
        "418"
    }
}

fn fields<'v>(value: &'v Value, pointer: &str) -> Vec<(String, &'v str, &'v Value)> {
    let escape = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (format!("{pointer}/{}", escape(name)), name.as_str(), value))
        .collect()
}

fn members<'v>(root: &'v Value, pointer: &str) -> Vec<(String, &'v str, &'v Value)> {
    root.pointer(pointer)
        .map(|value| fields(value, pointer))
        .unwrap_or_default()
}
