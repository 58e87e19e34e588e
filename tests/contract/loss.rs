//! What decoding a value and encoding it again changed.

use serde_json::Value;

/// One change, by its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A field that was `null` is absent. Both say that there is no value.
    NullLeftOut,
    /// A list or map without entries is absent: the type does not tell one from the other, and neither
    /// says anything to the service.
    EmptyLeftOut,
    /// A whole number is written with a fraction, or the other way round: `1` and `1.0`.
    NumberForm,
    /// Anything else: the value is not the same.
    Lost,
}

/// The changes of an answer that are no loss. Each class has its reason above.
pub const IN_ANSWERS: [Change; 2] = [Change::NullLeftOut, Change::NumberForm];
/// The same for the body of a request.
pub const IN_REQUESTS: [Change; 2] = [Change::NullLeftOut, Change::EmptyLeftOut];

/// Every change, with the JSON pointer where it is.
pub fn changes(before: &Value, after: &Value) -> Vec<(String, Change)> {
    let mut found = Vec::new();
    compare(before, after, String::new(), &mut found);
    found
}

/// The changes of an answer that are a loss, in words.
pub fn losses(before: &Value, after: &Value) -> Vec<String> {
    losses_but(&IN_ANSWERS, before, after)
}

/// The changes other than these, in words.
pub fn losses_but(allowed: &[Change], before: &Value, after: &Value) -> Vec<String> {
    let lost = changes(before, after)
        .into_iter()
        .filter(|(_, change)| !allowed.contains(change));
    lost.map(|(pointer, _)| {
        let (was, is) = (before.pointer(&pointer), after.pointer(&pointer));
        format!("{pointer} was {} and is {}", shown(was), shown(is))
    })
    .collect()
}

fn shown(value: Option<&Value>) -> String {
    value.map_or("absent".to_owned(), |value| {
        value.to_string().chars().take(80).collect()
    })
}

fn compare(before: &Value, after: &Value, pointer: String, found: &mut Vec<(String, Change)>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in old {
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                match (new.get(key), value) {
                    (Some(again), _) => compare(value, again, pointer, found),
                    (None, Value::Null) => found.push((pointer, Change::NullLeftOut)),
                    (None, Value::Object(map)) if map.is_empty() => {
                        found.push((pointer, Change::EmptyLeftOut));
                    }
                    (None, Value::Array(list)) if list.is_empty() => {
                        found.push((pointer, Change::EmptyLeftOut));
                    }
                    (None, _) => found.push((pointer, Change::Lost)),
                }
            }
            let added = new.keys().filter(|key| !old.contains_key(*key));
            found.extend(added.map(|key| (format!("{pointer}/{key}"), Change::Lost)));
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (value, again)) in old.iter().zip(new).enumerate() {
                compare(value, again, format!("{pointer}/{index}"), found);
            }
        }
        (Value::Number(old), Value::Number(new)) if old != new && old.as_f64() == new.as_f64() => {
            found.push((pointer, Change::NumberForm));
        }
        (old, new) if old == new => {}
        _ => found.push((pointer, Change::Lost)),
    }
}
