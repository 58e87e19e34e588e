//! What holds of every document, every prefix, and every sequence of bytes.

use proptest::prelude::*;
use serde_json::Value;

use super::cost::holds;
use super::writer::{document, written};
use crate::json::cost::{Limits, check};
use crate::json::find::{Finding, Found, find};
use crate::json::id::{number_id, text_id};

const PATHS: [&[&str]; 9] = [
    &["id"],
    &["result"],
    &["result", "id"],
    &["_links", "self", "id"],
    &["_links", "self"],
    &[""],
    &["é", "id\""],
    &["id", "id", "id"],
    &["\\u0069d"],
];

/// What serde_json finds at a path.
fn expected(document: &Value, path: &[&str]) -> Option<Found> {
    // Through objects only: a pointer would take a key for an index.
    let mut value = document;
    for key in path {
        value = value.as_object()?.get(*key)?;
    }
    Some(match value {
        Value::Null => Found::Null,
        Value::Bool(value) => Found::Bool(*value),
        Value::Number(number) => Found::Number(number.to_string()),
        Value::String(text) => Found::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => Found::Other,
    })
}

fn count(value: &Value) -> (usize, usize, usize) {
    let inner: Vec<_> = match value {
        Value::Array(items) => items.iter().map(count).collect(),
        Value::Object(members) => members.values().map(count).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return (0, 1, 0),
    };
    inner.into_iter().fold((1, 0, 1), |all, one| {
        (all.0 + one.0, all.1 + one.1, all.2.max(1 + one.2))
    })
}

fn read_all(body: &[u8]) -> Vec<Finding> {
    let limits = Limits {
        containers: 100,
        values: 100,
        depth: 10,
    };
    let _ = check(body, &limits);
    let mut findings = find(body, false, &PATHS);
    findings.extend(find(body, true, &PATHS));
    for value in findings.iter().filter_map(|finding| finding.value.as_ref()) {
        let _ = (number_id(value), text_id(value));
    }
    findings
}

proptest! {
    #[test]
    fn a_document_says_what_serde_json_reads(document in document(), seed: u64, tail: Vec<u8>) {
        let body = written(&document, seed);
        prop_assert!(serde_json::from_slice::<Value>(&body).is_ok());
        let mut longer = body.clone();
        longer.push(b' ');
        longer.extend(tail);
        for cut in [false, true] {
            let findings = find(&body, cut, &PATHS);
            for (path, finding) in PATHS.iter().zip(&findings) {
                prop_assert_eq!(&finding.value, &expected(&document, path), "{:?}", path);
                prop_assert!(!finding.conflict);
            }
            prop_assert_eq!(&find(&longer, cut, &PATHS), &findings, "what follows changes nothing");
        }
    }

    #[test]
    fn a_prefix_says_the_same_or_nothing(document in document(), seed: u64) {
        let body = written(&document, seed);
        let whole = find(&body, true, &PATHS);
        let mut before = find(b"", true, &PATHS);
        for end in 0..=body.len() {
            let findings = find(&body[..end], true, &PATHS);
            for ((finding, whole), before) in findings.iter().zip(&whole).zip(&before) {
                prop_assert!(finding.value.is_none() || finding.value == whole.value);
                prop_assert!(before.value.is_none() || finding.value == before.value, "lost");
            }
            before = findings;
        }
    }

    #[test]
    fn counts_are_those_of_the_tree(document in document(), seed: u64) {
        let (containers, values, depth) = count(&document);
        holds(&written(&document, seed), containers, values, depth);
    }

    #[test]
    fn the_first_of_two_wins(first in document(), second in document(), seed: u64) {
        let body = [
            &b"{\"id\":"[..],
            &written(&first, seed),
            b",\"id\":",
            &written(&second, seed.wrapping_add(1)),
            b"}",
        ]
        .concat();
        let finding = find(&body, false, &[&["id"]]).remove(0);
        let one = serde_json::json!({"id": first});
        let two = serde_json::json!({"id": second});
        let (one, two) = (expected(&one, &["id"]), expected(&two, &["id"]));
        prop_assert_eq!(finding.conflict, one != two);
        prop_assert_eq!(finding.value, one);
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>, words in "[\\[\\]{}:,\"\\\\ id031eE.+-tfnuls\0é]{0,80}") {
        read_all(&bytes);
        read_all(words.as_bytes());
        read_all(format!("{{\"id\":{words}").as_bytes());
    }

    #[test]
    fn a_document_with_faults_is_read(
        document in document(),
        seed: u64,
        faults in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut body = written(&document, seed);
        for (place, byte) in faults {
            let place = place.index(body.len());
            body[place] = byte;
        }
        read_all(&body);
    }

    #[test]
    fn an_id_is_the_number_that_was_written(id in 1..=i64::MAX, point in 0_usize..25, blank in "[ \n]?") {
        let digits = id.to_string();
        let moved = format!("0.{}{digits}e{}", "0".repeat(point), digits.len() + point);
        let padded = format!("{digits}{}e-{point}", "0".repeat(point));
        for written in [digits, moved, padded] {
            prop_assert_eq!(number_id(&Found::Number(written.clone())), Some(id), "{}", written);
            let text = format!("{blank}{written}{blank}");
            prop_assert_eq!(number_id(&Found::Text(text)), Some(id), "{}", written);
            prop_assert_eq!(number_id(&Found::Number(format!("-{written}"))), None);
        }
    }
}
