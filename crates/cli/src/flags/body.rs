//! `--body`: a request as the vendor's own JSON.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::process::exit::Failure;

/// More than any vendor accepts. A larger file is the wrong file.
const LONGEST: u64 = 16 << 20;

/// Where the request's JSON is.
#[derive(Args, Clone, Debug)]
pub struct Body {
    /// The request as the vendor's JSON, from a file or stdin (-). Flags override its fields.
    #[arg(long, value_name = "FILE|-")]
    body: Option<PathBuf>,
}

impl Body {
    /// Reads the object in the file, or on stdin for `-`. No file, no fields.
    pub async fn read(&self) -> Result<Value, Failure> {
        match &self.body {
            Some(file) => read(file.clone()).await,
            None => Ok(Value::Object(Map::new())),
        }
    }
}

async fn read(file: PathBuf) -> Result<Value, Failure> {
    let name = name_of(&file);
    let text = read_file("--body", file).await?;
    match serde_json::from_str(&text) {
        Ok(fields @ Value::Object(_)) => Ok(fields),
        Ok(_) => Err(Failure::usage(
            format!("--body: {name} holds JSON, but not an object"),
            "Write the request as one JSON object, in braces.",
        )),
        Err(fault) => Err(Failure::usage(
            format!(
                "--body: {name} is not JSON from line {} column {} on",
                fault.line(),
                fault.column()
            ),
            "Correct it there.",
        )),
    }
}

fn name_of(file: &Path) -> String {
    if file == Path::new("-") {
        return "stdin".to_owned();
    }
    file.display().to_string()
}

/// The text of a file, or of stdin for `-`, that a flag names.
pub async fn read_file(flag: &str, file: PathBuf) -> Result<String, Failure> {
    let name = name_of(&file);
    // Reading may wait for a person; an interruption has to be noticed in the meantime.
    let text = tokio::task::spawn_blocking(move || read_text(&file)).await;
    let text = text.unwrap_or_else(|fault| Err(std::io::Error::other(fault)));
    let text = text.map_err(|cause| {
        Failure::usage(
            format!("{flag}: {name} cannot be read: {cause}"),
            "Give a text file, or - for stdin.",
        )
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn read_text(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(LONGEST)
            .read_to_string(&mut text)?;
    } else {
        std::fs::File::open(file)?
            .take(LONGEST)
            .read_to_string(&mut text)?;
    }
    Ok(text)
}

/// Reads the fields as a generated request type, and refuses fields that the type does not know:
/// they would be silently left out.
pub fn decode<T: DeserializeOwned + Serialize>(given: Value) -> Result<T, Failure> {
    let request: T = serde_path_to_error::deserialize(&given).map_err(|fault| {
        let path = fault.path().to_string();
        let place = if path == "." {
            String::new()
        } else {
            format!(" in `{path}`")
        };
        let what = what_is_wrong(&fault.inner().to_string());
        Failure::usage(
            format!("a value of the request does not fit{place}: {what}"),
            "Write it as on the vendor's page.",
        )
    })?;
    let kept = serde_json::to_value(&request).unwrap_or_default();
    let mut lost = Vec::new();
    find_lost(&given, &kept, "", &mut lost);
    if lost.is_empty() {
        return Ok(request);
    }
    let lost = lost.join(", ");
    Err(Failure::usage(
        format!("--body: the request has no such field: {lost}"),
        "Check the spelling; names are exact, capitals included.",
    ))
}

/// The request with what flags give in the place of its fields. A flag that was not given says nothing.
pub fn with_flags<T: DeserializeOwned + Serialize>(
    request: &T,
    flags: Value,
) -> Result<T, Failure> {
    let fields = serde_json::to_value(request).unwrap_or_default();
    decode(merged(fields, flags))
}

/// Objects are merged, field by field; `null` inside of one takes the field away.
fn merged(mut fields: Value, mut flags: Value) -> Value {
    leave_out_empty(&mut flags);
    json_patch::merge(&mut fields, &flags);
    leave_out_empty(&mut fields);
    fields
}

fn leave_out_empty(fields: &mut Value) {
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|_, value| !is_empty(value));
    }
}

/// What is wrong with a value, in a decoder's words without that value: it may be confidential. They
/// begin with what came, and end with what its type expects.
pub fn what_is_wrong(words: &str) -> String {
    let came = ["invalid ", "unknown variant "];
    let fields = ["missing field `", "unknown field `", "`"];
    match words.rsplit_once(", expected ") {
        Some((_, expected)) if came.iter().any(|came| words.starts_with(came)) => {
            format!("{} is expected", in_words(expected))
        }
        _ if fields.iter().any(|field| words.starts_with(field)) => words.to_owned(),
        _ => "it has a different form".to_owned(),
    }
}

/// What a decoder expects, as somebody who writes JSON calls it.
fn in_words(expected: &str) -> &str {
    match expected {
        "a map" => "an object",
        "a sequence" => "an array",
        _ if expected.starts_with("struct ") => "an object",
        other => other,
    }
}

/// The paths of all fields that are in `given` and not in `kept`. A field without content may be
/// left out: it says nothing.
fn find_lost(given: &Value, kept: &Value, path: &str, lost: &mut Vec<String>) {
    match (given, kept) {
        (Value::Object(given), kept) => {
            for (name, value) in given {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                match kept.get(name) {
                    Some(kept) => find_lost(value, kept, &path, lost),
                    None if is_empty(value) => {}
                    None => lost.push(path),
                }
            }
        }
        (Value::Array(given), Value::Array(kept)) => {
            for (index, (given, kept)) in given.iter().zip(kept).enumerate() {
                find_lost(given, kept, &format!("{path}[{index}]"), lost);
            }
        }
        _ => {}
    }
}

/// Whether a field says nothing.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
