//! Keywords that draw bounds: lengths, sizes, formats, words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::comparison::{Comparison, Place};
use super::reach::{Impacts, Reach, Shift};
use super::schemas::kind;
use crate::keyed::Keyed;

const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const FLAGS: [&str; 3] = ["exclusiveMaximum", "exclusiveMinimum", "uniqueItems"];
const EXACT: [&str; 3] = ["format", "pattern", "multipleOf"];
/// Formats that say nothing about which values are right.
const UNCHECKED: [&str; 2] = ["password", "binary"];

impl Comparison<'_> {
    /// Compares everything that bounds numbers, texts, lists and maps.
    pub fn bounds(&mut self, place: &Place, reach: Reach) {
        let (before, after) = self.values(place);
        for keyword in UPPER.into_iter().chain(LOWER).chain(FLAGS).chain(EXACT) {
            let (was, is) = (before.get(keyword), after.get(keyword));
            if was == is {
                continue;
            }
            let Some(shift) = shift(keyword, was, is) else {
                continue;
            };
            let what = match (was, is) {
                (Some(was), Some(is)) => format!("`{keyword}` is {is} now, it was {was}"),
                (None, Some(is)) => format!("`{keyword}` is {is} now, there was none"),
                (Some(was), None) => format!("`{keyword}` is gone, it was {was}"),
                (None, None) => continue,
            };
            let unchecked = keyword == "format" && says_nothing(was) && says_nothing(is);
            let hurts = !unchecked && reach.hurt_by(shift);
            let retyped = reach.typed && makes_another_type(keyword, before, after);
            self.changed(place, what, Impacts::of(hurts, retyped));
        }
    }

    /// Compares the words of an enum. Those of a `named` one are open in the generated type.
    pub fn words(&mut self, place: &Place, reach: Reach, named: bool) {
        let (before, after) = self.values(place);
        let (before, after) = match (words(before), words(after)) {
            (None, None) => return,
            (Some(_), None) => {
                let what = "any value is valid now, there was a list of them";
                return self.changed(place, what, reach.retyped(true));
            }
            (None, Some(_)) => {
                let what = "only listed values are valid now";
                return self.changed(place, what, reach.shifted(Shift::Narrower, true));
            }
            (Some(before), Some(after)) => (before, after),
        };
        for word in before.difference(&after) {
            let what = format!("the word {word} is gone");
            self.changed(place, what, reach.shifted(Shift::Narrower, true));
        }
        // Readers have to be ready for words that they do not know.
        for word in after.difference(&before) {
            let what = format!("the word {word} is new");
            self.changed(place, what, reach.retyped(!named));
        }
    }
}

/// The words of an enum as JSON, without `null`, which `nullable` speaks of.
fn words(schema: &Value) -> Option<BTreeSet<String>> {
    let words = schema.get("enum")?.as_array()?.iter();
    let words = words.filter(|word| !word.is_null());
    Some(words.map(Value::to_string).collect())
}

/// How a changed keyword changes the set of right values. `None` when it does not.
fn shift(keyword: &str, was: Option<&Value>, is: Option<&Value>) -> Option<Shift> {
    if FLAGS.contains(&keyword) {
        let flag = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
        return match (flag(was), flag(is)) {
            (false, true) => Some(Shift::Narrower),
            (true, false) => Some(Shift::Wider),
            _ => None,
        };
    }
    let (was, is) = match (was, is) {
        (None, _) => return Some(Shift::Narrower),
        (_, None) => return Some(Shift::Wider),
        (Some(was), Some(is)) => (was, is),
    };
    if keyword == "format" {
        return Some(match (was.as_str(), is.as_str()) {
            (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Shift::Wider,
            (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Shift::Narrower,
            _ => Shift::Different,
        });
    }
    if EXACT.contains(&keyword) {
        return Some(Shift::Different);
    }
    let grows = is.as_f64() > was.as_f64();
    Some(if grows == UPPER.contains(&keyword) {
        Shift::Wider
    } else {
        Shift::Narrower
    })
}

fn says_nothing(format: Option<&Value>) -> bool {
    let unchecked = |name| UNCHECKED.contains(&name);
    format.is_none_or(|format| format.as_str().is_some_and(unchecked))
}

/// Whether the keyword makes the generator choose another type.
fn makes_another_type(keyword: &str, before: &Value, after: &Value) -> bool {
    match (kind(before), keyword) {
        ("integer", "format" | "minimum" | "exclusiveMinimum") => integer(before) != integer(after),
        ("number", "format") => is_float(before) != is_float(after),
        // A text with bounds is a type of its own, whatever the bounds are.
        ("string", "minLength" | "maxLength" | "pattern") => {
            has_bounds(before) != has_bounds(after)
        }
        ("array", "uniqueItems") => true,
        // As many at least as at most: an array of fixed length.
        ("array", "minItems" | "maxItems") => fixed_length(before) != fixed_length(after),
        _ => false,
    }
}

/// What the generator looks at in order to choose an integer type.
fn integer(schema: &Value) -> (Option<&str>, bool) {
    let format = schema.text("format");
    let minimum = schema.get("minimum").and_then(Value::as_f64);
    let exclusive = schema.flag("exclusiveMinimum");
    let least = minimum.map(|minimum| if exclusive { minimum + 1.0 } else { minimum });
    let format = match (format, least) {
        // From zero on, and nothing else said: unsigned.
        (None, Some(0.0)) => Some("uint64"),
        // What the generator chooses when nothing is said.
        (None, _) => Some("int64"),
        (format, _) => format,
    };
    (format, least == Some(1.0))
}

fn is_float(schema: &Value) -> bool {
    schema.text("format") == Some("float")
}

fn has_bounds(schema: &Value) -> bool {
    ["minLength", "maxLength", "pattern"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some())
}

fn fixed_length(schema: &Value) -> Option<u64> {
    let count = |keyword| schema.get(keyword).and_then(Value::as_u64);
    count("minItems").filter(|least| count("maxItems") == Some(*least))
}
