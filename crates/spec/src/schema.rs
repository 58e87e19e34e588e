//! The schemas of one document, compiled once each and asked many times.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Keyword, ValidationError, Validator};
use serde_json::Value;

use super::schema_error::{Fault, UNKNOWN_FIELD, faults, shortened};
use super::translate::{WHOLE, translate};

pub use super::format::FORMATS;
pub use super::strictness::{Direction, Strictness};

/// How many errors one check reports at most; the last one then says how many more there are.
const MAX_ERRORS: usize = 50;

/// One way in which a value does not fit its schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaError {
    /// JSON pointer into the checked value; empty for the value itself.
    pub pointer: String,
    /// What is wrong there, without a full stop. Long values are never repeated.
    pub message: String,
}

impl SchemaError {
    /// One error of the value itself.
    pub(crate) fn whole(message: impl Into<String>) -> Vec<Self> {
        vec![Self {
            pointer: String::new(),
            message: message.into(),
        }]
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.message),
            pointer => write!(f, "{pointer}: {}", self.message),
        }
    }
}

/// All schemas of one OpenAPI 3.0 document. Each is compiled when it is first asked, and kept.
pub struct Schemas {
    root: Arc<Value>,
    forms: Mutex<HashMap<Key, Arc<OnceLock<Arc<Form>>>>>,
}

/// The pointer of a schema, and how it is asked.
type Key = (String, Strictness, Direction);

/// A compiled schema, or why it cannot be used.
type Form = Result<Compiled, String>;

struct Compiled {
    validator: Validator,
    /// The translated schema: closed objects carry the names that they declare.
    translated: Value,
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").finish_non_exhaustive()
    }
}

impl Schemas {
    /// Keeps a copy of the whole document, because schemas refer to each other through it. Compiles nothing yet.
    #[must_use]
    pub fn new(root: &Value) -> Self {
        Self::shared(Arc::new(root.clone()))
    }

    /// The same for a document that is shared already.
    #[must_use]
    pub fn shared(root: Arc<Value>) -> Self {
        Self {
            root,
            forms: Mutex::default(),
        }
    }

    /// The document.
    #[must_use]
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Checks a value of unknown direction against the schema at `schema_pointer` (a JSON pointer into the
    /// document, such as `/components/schemas/Run`). An empty answer means that it fits.
    ///
    /// A pointer to nothing, or a schema that does not compile (a `$ref` to nothing, a `pattern`
    /// that is not a regular expression), is one error with an empty pointer, never a panic.
    #[must_use]
    pub fn check(
        &self,
        schema_pointer: &str,
        instance: &Value,
        strictness: Strictness,
    ) -> Vec<SchemaError> {
        self.check_directed(schema_pointer, instance, strictness, Direction::Either)
    }

    /// [`Schemas::check`] for a value that is known to be part of a request or of a response.
    #[must_use]
    pub fn check_directed(
        &self,
        schema_pointer: &str,
        instance: &Value,
        strictness: Strictness,
        direction: Direction,
    ) -> Vec<SchemaError> {
        let wanted = self.compiled(schema_pointer, strictness, direction);
        let wanted = match wanted.as_ref() {
            Ok(compiled) => compiled,
            Err(problem) => return SchemaError::whole(problem),
        };
        if wanted.validator.is_valid(instance) {
            return Vec::new();
        }
        let found = wanted.faults(instance);
        let mut errors: Vec<SchemaError> = match strictness {
            Strictness::Lenient => found.into_iter().map(SchemaError::from).collect(),
            Strictness::Strict => {
                let lenient = self.compiled(schema_pointer, Strictness::Lenient, direction);
                let lenient = lenient.as_ref().as_ref().map(|form| form.faults(instance));
                strict_errors(found, lenient.unwrap_or_default())
            }
        };
        errors.sort();
        errors.dedup();
        errors
            .dedup_by(|later, first| later.pointer == first.pointer && both_unknown(later, first));
        let more = errors.len().saturating_sub(MAX_ERRORS);
        if more > 0 {
            errors.truncate(MAX_ERRORS);
            errors.extend(SchemaError::whole(format!("and {more} more errors")));
        }
        errors
    }

    /// Compiles the schema at `schema_pointer` and says why it cannot be used, if so.
    ///
    /// # Errors
    /// When there is nothing at the pointer, a `$ref` inside leads nowhere, or a keyword has a value that JSON
    /// Schema does not allow.
    pub fn compile(&self, schema_pointer: &str) -> Result<(), String> {
        match &*self.compiled(schema_pointer, Strictness::Lenient, Direction::Either) {
            Ok(_) => Ok(()),
            Err(problem) => Err(problem.clone()),
        }
    }

    fn compiled(&self, pointer: &str, strictness: Strictness, direction: Direction) -> Arc<Form> {
        let mut known = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        let form = known.entry((pointer.to_owned(), strictness, direction));
        let form = Arc::clone(form.or_default());
        // Others may ask for other schemas while this one is compiled.
        drop(known);
        let compile = || Arc::new(Compiled::new(&self.root, pointer, strictness, direction));
        Arc::clone(form.get_or_init(compile))
    }
}

impl Compiled {
    fn new(root: &Value, pointer: &str, strictness: Strictness, direction: Direction) -> Form {
        let translated = translate(root, pointer, strictness, direction)
            .ok_or_else(|| format!("the document has no schema at {pointer}"))?;
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .with_keyword(WHOLE, |_, _, _| Ok(Box::new(Whole)))
            .with_format("byte", is_base64)
            .with_format("int32", |text: &str| text.parse::<i32>().is_ok())
            .with_format("int64", |text: &str| text.parse::<i64>().is_ok())
            .with_format("float", |text: &str| text.parse::<f32>().is_ok())
            .with_format("double", |text: &str| text.parse::<f64>().is_ok())
            .build(&translated)
            .map_err(|error| {
                let why = shortened(&error.masked().to_string(), 160);
                format!("the schema at {pointer} cannot be used: {why}")
            })?;
        Ok(Compiled {
            validator,
            translated,
        })
    }

    fn faults(&self, instance: &Value) -> Vec<Fault> {
        let errors = self.validator.iter_errors(instance);
        let faults = errors.flat_map(|error| faults(&error, &self.translated));
        faults.collect()
    }
}

impl From<Fault> for SchemaError {
    fn from(fault: Fault) -> Self {
        Self {
            pointer: fault.pointer,
            message: fault.message,
        }
    }
}

/// The errors of a strict check, given those of the lenient one.
///
/// Where part of an object is wrong, JSON Schema forgets which fields that part knew, and calls all
/// of them unknown. Such a report counts only when no part declares the name, or when nothing else
/// is wrong in that object. The lenient check words everything else, so that no fault is reported
/// twice.
fn strict_errors(strict: Vec<Fault>, lenient: Vec<Fault>) -> Vec<SchemaError> {
    let wrong: Vec<String> = lenient.iter().chain(&strict).map(Fault::place).collect();
    let in_lenient: Vec<String> = lenient.iter().map(Fault::place).collect();
    let kept = strict.into_iter().filter(|fault| {
        let place = fault.place();
        match &fault.unknown {
            Some(unknown) if unknown.certain => true,
            Some(_) => {
                !wrong
                    .iter()
                    .any(|other| other.starts_with(&place) && *other != place)
                    && !in_lenient.contains(&place)
            }
            None => !in_lenient.iter().any(|other| other.starts_with(&place)),
        }
    });
    kept.chain(lenient).map(SchemaError::from).collect()
}

/// A field that two keywords of the schema refuse is reported once.
fn both_unknown(one: &SchemaError, other: &SchemaError) -> bool {
    one.message.starts_with(UNKNOWN_FIELD) && other.message.starts_with(UNKNOWN_FIELD)
}

/// The check behind [`WHOLE`]. Other numbers than whole ones are the type's affair.
struct Whole;

impl<'i> Keyword<'i> for Whole {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        let problem = "is written with a fraction or an exponent, or is too large for an integer";
        match Keyword::is_valid(self, instance) {
            true => Ok(()),
            false => Err(ValidationError::custom(problem)),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance
            .as_f64()
            .is_none_or(|number| !instance.is_f64() || number.fract() != 0.0)
    }
}

/// Standard base64 with padding, as `format: byte` asks for.
fn is_base64(text: &str) -> bool {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    text.len().is_multiple_of(4)
        && padding <= 2
        && data
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}
