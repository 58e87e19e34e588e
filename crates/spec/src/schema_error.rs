//! What is wrong with a value, in words: short, and without repeating what may be long or secret.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::nearest::nearest;
use super::pointer::child;
use super::translate::{DECLARED, OPEN};
use crate::keyed::Keyed;

/// How the report of a field begins that the document does not know.
pub(super) const UNKNOWN_FIELD: &str = "unknown field";

/// How many words of an enum are listed.
const MAX_WORDS: usize = 12;
/// How much of a wrong text or of a pattern is shown.
const MAX_TEXT: usize = 40;

/// One error of a validator, with what is needed to judge it further.
pub(super) struct Fault {
    /// JSON pointer into the checked value.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
    /// Set when the fault is a field that the schema does not know.
    pub unknown: Option<Unknown>,
}

/// A field that a closed object does not know.
pub(super) struct Unknown {
    /// JSON pointer of the object that has the field.
    pub object: String,
    /// No branch of the schema declares the name, whichever of them fits.
    pub certain: bool,
}

impl Fault {
    /// The pointer of the value that is wrong, with a closing slash, so that one place lies in another when its
    /// text begins with the other's. An unknown field makes its object wrong.
    pub(super) fn place(&self) -> String {
        match &self.unknown {
            Some(unknown) => format!("{}/", unknown.object),
            None => format!("{}/", self.pointer),
        }
    }
}

/// All faults in one error of the validator; `translated` is the schema that it was compiled from.
pub(super) fn faults(error: &ValidationError<'_>, translated: &Value) -> Vec<Fault> {
    let pointer = error.instance_path().as_str().to_owned();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let closed = closed_schema(error, translated);
            unexpected
                .iter()
                .map(|name| unknown_field(&pointer, name, closed))
                .collect()
        }
        _ => vec![Fault {
            pointer,
            message: message(error, translated),
            unknown: None,
        }],
    }
}

/// The translated schema object whose keyword refused the fields.
fn closed_schema<'t>(error: &ValidationError<'_>, translated: &'t Value) -> Option<&'t Value> {
    let path = error.schema_path().as_str();
    translated.pointer(path.rsplit_once('/')?.0)
}

fn unknown_field(object: &str, name: &str, closed: Option<&Value>) -> Fault {
    let listed = closed.and_then(|schema| schema.get(DECLARED)?.as_array());
    let listed = listed.map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    let open = closed.and_then(|schema| schema.get(OPEN)) == Some(&Value::Bool(true));
    let certain = !open && listed.as_ref().is_some_and(|names| !names.contains(&name));
    let properties = closed
        .into_iter()
        .flat_map(|schema| schema.entries("properties"));
    let declared = listed.unwrap_or_else(|| properties.map(|(name, _)| name.as_str()).collect());
    let near = nearest(name, &declared);
    let advice = near.map(|near| format!("; did you mean `{near}`?"));
    let advice = advice.unwrap_or_default();
    Fault {
        pointer: child(object, name),
        message: format!("{UNKNOWN_FIELD}{advice}"),
        unknown: Some(Unknown {
            object: object.to_owned(),
            certain,
        }),
    }
}

/// A text cut to `limit` characters, with a mark where something was cut off.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn message(error: &ValidationError<'_>, translated: &Value) -> String {
    let value = error.instance().as_ref();
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            format!("the field `{name}` is missing")
        }
        Kind::Type { kind } => format!("is {}, expected {}", kind_of(value), expected(kind)),
        Kind::Enum { options } => format!("{} is not {}", shown(value), words(options)),
        Kind::Constant { expected_value } => {
            format!("{} is not {}", shown(value), shown(expected_value))
        }
        Kind::Format { format } => format!("{} is not of format {format}", shown(value)),
        // The text may be a secret of a certain form; the pattern says enough.
        Kind::Pattern { pattern } => {
            let pattern = shortened(pattern, MAX_TEXT);
            format!("does not match the pattern `{pattern}`")
        }
        Kind::MinLength { limit } => format!("is shorter than {}", plural(*limit, "character")),
        Kind::MaxLength { limit } => format!("is longer than {}", plural(*limit, "character")),
        Kind::MinItems { limit } => format!("has fewer than {}", plural(*limit, "item")),
        Kind::MaxItems { limit } => format!("has more than {}", plural(*limit, "item")),
        Kind::MinProperties { limit } => format!("has fewer than {}", plural(*limit, "field")),
        Kind::MaxProperties { limit } => format!("has more than {}", plural(*limit, "field")),
        Kind::Minimum { limit } => format!("{} is less than {limit}", shown(value)),
        Kind::Maximum { limit } => format!("{} is more than {limit}", shown(value)),
        Kind::ExclusiveMinimum { limit } => format!("{} is not more than {limit}", shown(value)),
        Kind::ExclusiveMaximum { limit } => format!("{} is not less than {limit}", shown(value)),
        Kind::MultipleOf { multiple_of } => {
            format!("{} is not a multiple of {multiple_of}", shown(value))
        }
        Kind::Custom { message, .. } => message.clone(),
        Kind::UniqueItems => "has an item twice".to_owned(),
        Kind::Not { .. } => "is a value that the document rules out (`not`)".to_owned(),
        Kind::FalseSchema => {
            "may not be sent in this direction (`readOnly` or `writeOnly`)".to_owned()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            no_alternative(error, context, translated)
        }
        Kind::OneOfMultipleValid { .. } => {
            "fits more than one of its alternatives (`oneOf`), which leaves its meaning open"
                .to_owned()
        }
        // Everything else is a keyword that the translation never writes.
        _ => shortened(&error.masked().to_string(), 160),
    }
}

/// The alternative with the fewest faults stands for all of them; those of the wrong type come last.
fn no_alternative(
    error: &ValidationError<'_>,
    context: &[Vec<ValidationError<'static>>],
    translated: &Value,
) -> String {
    let wrong_type = |branch: &[ValidationError<'_>]| {
        branch.iter().any(|inner| {
            matches!(inner.kind(), Kind::Type { .. })
                && inner.instance_path().as_str() == error.instance_path().as_str()
        })
    };
    let branches = context
        .iter()
        .enumerate()
        .filter(|(_, branch)| !branch.is_empty());
    let nearest = branches.min_by_key(|(_, branch)| (wrong_type(branch), branch.len()));
    let mut text = format!("fits none of its {} alternatives", context.len());
    if let Some((index, branch)) = nearest {
        let faults = branch.iter().flat_map(|inner| faults(inner, translated));
        let outer = error.instance_path().as_str();
        let first = faults
            .take(3)
            .map(|fault| match fault.pointer.strip_prefix(outer) {
                None | Some("") => fault.message,
                Some(inner) => format!("{inner} {}", fault.message),
            });
        let first = first.collect::<Vec<_>>().join(", ");
        text += &format!("; the nearest is number {}: {first}", index + 1);
    }
    shortened(&text, 300)
}

fn plural(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

fn words(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut words: Vec<String> = options.iter().take(MAX_WORDS).map(shown).collect();
    let more = options.len().saturating_sub(MAX_WORDS);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    match words.as_slice() {
        [single] => single.clone(),
        _ => format!("one of {}", words.join(", ")),
    }
}

/// A value as a message may show it: scalars in short, anything else by its kind.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", shortened(text, MAX_TEXT)),
        Value::Array(_) | Value::Object(_) => kind_of(value).to_owned(),
        scalar => scalar.to_string(),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => single.to_string(),
        TypeKind::Multiple(several) => {
            let names = several.iter().map(|kind| kind.to_string());
            names.collect::<Vec<_>>().join(" or ")
        }
    }
}
