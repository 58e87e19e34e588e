//! Values that travel as text, in a path, a query, a header or a form: read by the type that their schema gives.

use serde_json::{Number, Value};

use super::super::declared::Declared;
use super::super::document::Document;
use super::super::schema::{Direction, SchemaError, Strictness};
use super::super::schema_error::shortened;

/// How much is shown of a text that is not a value of the expected type.
const SHOWN: usize = 40;

/// What a text says as a value, or why it is none that fits.
pub(super) type Read = Result<Value, Vec<SchemaError>>;

/// One name and value of a query or a form.
pub(crate) struct Pair<'t> {
    /// The decoded name.
    pub name: String,
    /// The decoded value.
    pub value: String,
    /// The value as it was sent.
    pub raw: &'t str,
}

/// Reads `a=1&b=2`, where `+` and `%20` are spaces. `None` when something in it is not UTF-8.
pub(crate) fn pairs(text: &str) -> Option<Vec<Pair<'_>>> {
    let pair = |part| {
        let (name, raw) = str::split_once(part, '=').unwrap_or((part, ""));
        Some(Pair {
            name: decoded(name)?,
            value: decoded(raw)?,
            raw,
        })
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(pair)
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced)
        .decode_utf8()
        .ok()?;
    Some(decoded.into_owned())
}

/// The only one of the pairs of a name.
pub(super) fn once<'p, 't>(given: &[&'p Pair<'t>]) -> Result<&'p Pair<'t>, Vec<SchemaError>> {
    match given {
        [single] => Ok(single),
        _ => {
            let times = given.len();
            Err(SchemaError::whole(format!("is given {times} times")))
        }
    }
}

/// The items of a list with commas. An encoded comma belongs to an item only if another comma is not encoded:
/// some clients encode all of them.
pub(super) fn list(pair: &Pair<'_>) -> Vec<String> {
    if pair.raw.is_empty() {
        return Vec::new();
    }
    if pair.raw.contains(',') {
        return pair.raw.split(',').filter_map(decoded).collect();
    }
    pair.value.split(',').map(str::to_owned).collect()
}

/// Reads one value and checks it against the schema at `pointer`.
///
/// Where the schema allows several types, the first is taken that fits: number, boolean, then string.
pub(super) fn value(document: &Document, pointer: &str, text: &str) -> Read {
    let declared = Declared::at(document.root(), pointer);
    let mut first = None;
    for candidate in candidates(&declared, text) {
        match checked(document, pointer, candidate) {
            Ok(value) => return Ok(value),
            Err(errors) => {
                first.get_or_insert(errors);
            }
        }
    }
    Err(first.unwrap_or_else(|| {
        let types: Vec<&str> = declared.types.iter().copied().collect();
        let text = shortened(text, SHOWN);
        SchemaError::whole(format!("{text:?} is no {}", types.join(" or ")))
    }))
}

/// Reads JSON text and checks it against the schema at `pointer`.
pub(super) fn json(document: &Document, pointer: &str, text: &str) -> Read {
    let value = serde_json::from_str(text);
    let value = value.map_err(|error| SchemaError::whole(format!("is not JSON text: {error}")))?;
    checked(document, pointer, value)
}

/// Reads the items of an array and checks the array against the schema at `pointer`.
pub(super) fn array(document: &Document, pointer: &str, items: &[String]) -> Read {
    let of_items = Declared::at(document.root(), pointer).items;
    let item = |text: &String| match &of_items {
        // An item that does not fit stays a string; the check of the array names it.
        Some(schema) => {
            value(document, schema, text).unwrap_or_else(|_| Value::String(text.clone()))
        }
        None => Value::String(text.clone()),
    };
    checked(document, pointer, items.iter().map(item).collect())
}

/// The value, if it fits the schema at `pointer`.
fn checked(document: &Document, pointer: &str, value: Value) -> Read {
    let (strict, request) = (Strictness::Strict, Direction::Request);
    let errors = document
        .schemas()
        .check_directed(pointer, &value, strict, request);
    match errors.is_empty() {
        true => Ok(value),
        false => Err(errors),
    }
}

fn candidates(declared: &Declared<'_>, text: &str) -> Vec<Value> {
    let mut candidates = Vec::new();
    if declared.types.contains("integer") || declared.types.contains("number") {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
        if (whole || declared.types.contains("number"))
            && let Ok(number) = text.parse::<Number>()
        {
            candidates.push(Value::Number(number));
        }
    }
    if declared.types.contains("boolean")
        && let Ok(flag) = text.parse()
    {
        candidates.push(Value::Bool(flag));
    }
    if declared.types.is_empty() || declared.types.contains("string") {
        candidates.push(Value::String(text.to_owned()));
    }
    candidates
}
