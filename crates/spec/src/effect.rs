//! What a call of an operation does to the service: `x-effect` in its document.
//!
//! `read`, `set` (asking twice does no harm) or `start` (never twice); or `{field, words, otherwise}`
//! where a word of the request decides. A GET reads unless it says otherwise.

use std::fmt;

use serde_json::{Map, Value};

use crate::keyed::Keyed;

/// What a call does to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it may be repeated freely.
    Read,
    /// It asks for what may be so already, such as a stop: asking again does no harm.
    Set,
    /// It starts work: it must not be repeated.
    Start,
}

/// What an operation's `x-effect` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects<'d> {
    /// The effect, unless a word of the request says otherwise.
    pub otherwise: Effect,
    /// The field of the request whose word decides, and what its words mean.
    pub by_word: Option<(&'d str, Vec<(&'d str, Effect)>)>,
}

/// Why an operation's effect is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownEffect {
    /// The operation is not a GET and has no `x-effect`.
    Missing,
    /// It has one that is not understood: what is wrong with it.
    NotUnderstood(String),
}

impl fmt::Display for UnknownEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => {
                f.write_str("the operation does not say what calling it does to the service")
            }
            Self::NotUnderstood(what) => write!(f, "`x-effect` {what}"),
        }
    }
}

impl std::error::Error for UnknownEffect {}

impl Effect {
    fn of_word(word: &Value) -> Result<Self, UnknownEffect> {
        match word.as_str() {
            Some("read") => Ok(Effect::Read),
            Some("set") => Ok(Effect::Set),
            Some("start") => Ok(Effect::Start),
            Some(other) => Err(not_understood(format!("says {other:?}"))),
            None => Err(not_understood(format!("has {word} in place of a word"))),
        }
    }
}

impl<'d> Effects<'d> {
    /// The effect of an operation, by its method in small letters and its object in the document.
    ///
    /// # Errors
    ///
    /// [`UnknownEffect`] when the operation does not say, or says it in other words.
    pub fn of(method: &str, operation: &'d Value) -> Result<Self, UnknownEffect> {
        let always = |otherwise| Effects {
            otherwise,
            by_word: None,
        };
        match operation.get("x-effect") {
            None if method == "get" => Ok(always(Effect::Read)),
            None => Err(UnknownEffect::Missing),
            Some(Value::Object(rule)) => Self::by_word(rule),
            Some(word) => Effect::of_word(word).map(always),
        }
    }

    fn by_word(rule: &'d Map<String, Value>) -> Result<Self, UnknownEffect> {
        let missing = |key: &str| not_understood(format!("has no `{key}`"));
        let field = rule.text("field");
        let field = field.ok_or_else(|| missing("field"))?;
        let words = rule.get("words").and_then(Value::as_object);
        let words = words.ok_or_else(|| missing("words"))?.iter();
        let words = words.map(|(word, effect)| Ok((word.as_str(), Effect::of_word(effect)?)));
        let otherwise = rule.get("otherwise").ok_or_else(|| missing("otherwise"))?;
        Ok(Effects {
            otherwise: Effect::of_word(otherwise)?,
            by_word: Some((field, words.collect::<Result<_, _>>()?)),
        })
    }
}

fn not_understood(what: String) -> UnknownEffect {
    UnknownEffect::NotUnderstood(what)
}
