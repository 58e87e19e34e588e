//! Which flags became which parts of a request.

use clap::ArgMatches;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::veil::Veil;

/// For each flag, the part of the request that it becomes: a field by its path, in which `*` is the
/// key of a pair; one that begins with `/` or `?` is in the address.
pub type Fields = &'static [(&'static str, &'static str)];

/// A flag that was given, and what it became.
#[derive(Debug, JsonSchema, PartialEq, Serialize)]
pub struct Field {
    /// The flag.
    pub flag: String,
    /// The field of the request; what begins with / or ? is in its address.
    pub field: String,
    /// The field's value as JSON. A secret is the name of the variable that holds it.
    pub value: String,
}

/// The flags that were given, in the order of the table.
pub fn given(flags: &ArgMatches, table: Fields, request: &Value, veil: &Veil) -> Vec<Field> {
    let mut given: Vec<Field> = Vec::new();
    for (id, path) in table {
        for text in texts(flags, id) {
            let key = text
                .split_once('=')
                .map_or(text.as_str(), |(key, _)| key.trim());
            let field = path.replace('*', key);
            let value = match path.starts_with(['/', '?']) {
                true => Value::from(text.as_str()),
                false => find(request, path, key).cloned().unwrap_or_default(),
            };
            let flag = format!("--{}", id.replace('_', "-"));
            let value = veil.shown(&value.to_string());
            let field = Field { flag, field, value };
            if !given.contains(&field) {
                given.push(field);
            }
        }
    }
    given
}

/// The texts that a flag was given with, on the command line or by a setting.
pub fn texts(flags: &ArgMatches, id: &str) -> Vec<String> {
    // A service may lack a flag of its table only by a mistake that a test finds.
    let Ok(Some(values)) = flags.try_get_raw(id) else {
        return Vec::new();
    };
    values
        .map(|text| text.to_string_lossy().into_owned())
        .collect()
}

/// The value at a path. What is inside a text of JSON is looked at as if it were not in a text.
fn find<'a>(request: &'a Value, path: &str, key: &str) -> Option<&'a Value> {
    let path = path.strip_prefix("params.").unwrap_or(path);
    let mut value = request;
    for name in path.split('.') {
        let name = if name == "*" { key } else { name };
        let has_key = |item: &&Value| item.get("key").and_then(Value::as_str) == Some(name);
        value = match value {
            Value::Array(items) => items.iter().find(has_key)?,
            _ => value.get(name)?,
        };
    }
    Some(value)
}
