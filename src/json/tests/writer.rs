//! JSON documents that are drawn, and written in one of the many ways that JSON allows.

use proptest::prelude::*;
use serde_json::{Map, Value};

/// Keys that the paths of the tests name, and a few that come near.
const KEYS: [&str; 9] = [
    "id", "result", "self", "_links", "", "i", "id\"", "é", "\\u0069d",
];

/// Any document, often an object.
pub(super) fn document() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..40_i32).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        r#"[\\"{}\[\]:, id1é]{0,12}"#.prop_map(Value::from),
    ];
    let value = scalar.prop_recursive(5, 48, 5, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => object(inner),
        ]
    });
    prop_oneof![1 => value.clone(), 5 => object(value)]
}

fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        5 => prop::sample::select(&KEYS[..]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    prop::collection::vec((key, value), 0..5)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

/// The document as text, with blanks and escapes where the seed says so.
pub(super) fn written(document: &Value, seed: u64) -> Vec<u8> {
    let mut out = String::new();
    let mut dice = fastrand::Rng::with_seed(seed);
    blanks(&mut out, &mut dice);
    value(&mut out, document, &mut dice);
    blanks(&mut out, &mut dice);
    out.into_bytes()
}

fn value(out: &mut String, document: &Value, dice: &mut fastrand::Rng) {
    match document {
        Value::String(string) => text(out, string, dice),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separator(out, index, dice);
                value(out, item, dice);
            }
            blanks(out, dice);
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                separator(out, index, dice);
                text(out, key, dice);
                blanks(out, dice);
                out.push(':');
                blanks(out, dice);
                value(out, member, dice);
            }
            blanks(out, dice);
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&document.to_string()),
    }
}

fn separator(out: &mut String, index: usize, dice: &mut fastrand::Rng) {
    blanks(out, dice);
    if index > 0 {
        out.push(',');
    }
    blanks(out, dice);
}

fn text(out: &mut String, text: &str, dice: &mut fastrand::Rng) {
    out.push('"');
    for character in text.chars() {
        if dice.u8(..4) == 0 {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            let quoted = Value::from(character.to_string()).to_string();
            out.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    out.push('"');
}

fn blanks(out: &mut String, dice: &mut fastrand::Rng) {
    while dice.u8(..3) == 0 {
        out.push(dice.choice([' ', '\n', '\t', '\r']).unwrap_or(' '));
    }
}
