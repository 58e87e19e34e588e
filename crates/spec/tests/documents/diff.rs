//! Two versions of a document, case by case: `tests/fixtures/diff/<case>/`.
//!
//! `expected` lists all changes from `old.json` to `new.json`, one a line: what it means for the wire, what it means for
//! Rust, its JSON pointer, and its sentence, with tabs between.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use runpipe_spec::diff::{Change, Impact, diff};
use runpipe_spec::document::Document;
use serde_json::Value;

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn document(name: &str, text: &str) -> Document {
    Document::parse(name, text).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

fn folders(path: &str) -> Vec<PathBuf> {
    let folder = in_repository(path);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    found.sort();
    found
}

fn line(change: &Change) -> String {
    let word = |impact| match impact {
        Impact::Breaking => "breaking",
        Impact::Safe => "safe",
        Impact::DocOnly => "doc",
    };
    let (wire, rust) = (word(change.wire), word(change.rust));
    format!("{wire}\t{rust}\t{}\t{}\n", change.pointer(), change.what)
}

#[test]
fn each_case_has_exactly_the_expected_changes() {
    let mut wrong = Vec::new();
    for case in folders("tests/fixtures/diff") {
        let read = |file: &str| document(file, &text(&case.join(file)));
        let changes = diff(&read("old.json"), &read("new.json"));
        let found: String = changes.iter().map(line).collect();
        let expected = text(&case.join("expected"));
        if found != expected {
            let name = case.file_name().unwrap_or_default().to_string_lossy();
            wrong.push(format!("{name}: expected\n{expected}but found\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_pair_of_impacts_has_a_case() {
    let mut seen = std::collections::BTreeSet::new();
    for case in folders("tests/fixtures/diff") {
        for line in text(&case.join("expected")).lines() {
            let mut parts = line.split('\t').map(str::to_owned);
            seen.insert((parts.next(), parts.next()));
        }
    }
    // Nothing is documentation for the one and more than that for the other.
    assert_eq!(seen.len(), 5, "{seen:?}");
}

/// Each of the library's documents: where it is, and its text.
fn library() -> Vec<(String, String)> {
    let folder = fs::read_dir(in_repository("../../specs")).expect("the documents are there");
    let paths = folder.map(|entry| entry.expect("a folder can be listed").path());
    let documents = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    documents
        .map(|path| (path.display().to_string(), text(&path)))
        .collect()
}

#[test]
fn a_document_does_not_differ_from_itself() {
    for (file, text) in library() {
        let changes = diff(&document("old", &text), &document("new", &text));
        assert_eq!(changes, [], "{file}");
    }
}

/// So many values of each document are changed or taken away in a run of the tests, spread over the document;
/// `RUNPIPE_DIFF_VALUES` makes it another number.
const VALUES: usize = 60;

/// Values of every document are changed or taken away, one at a time, and each change is noticed.
#[test]
fn no_change_among_the_sampled_values_goes_unnoticed() {
    let asked = std::env::var("RUNPIPE_DIFF_VALUES").ok();
    let values: usize = asked.map_or(VALUES, |text| text.parse().expect("a number"));
    let library = library();
    let judged: Vec<(usize, Vec<String>)> = thread::scope(|scope| {
        let judges: Vec<_> = library
            .iter()
            .map(|(file, text)| scope.spawn(|| unnoticed(file, text, values)))
            .collect();
        let ends = judges.into_iter().map(|judge| judge.join());
        ends.map(|end| end.expect("no panic")).collect()
    });
    let tried: usize = judged.iter().map(|(tried, _)| tried).sum();
    println!("{tried} values");
    assert!(tried > 2 * values.min(VALUES), "{tried}");
    let unnoticed: Vec<String> = judged.into_iter().flat_map(|(_, found)| found).collect();
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}

/// How many values of a document were changed, and the places of those where that was not noticed.
fn unnoticed(file: &str, text: &str, values: usize) -> (usize, Vec<String>) {
    let root: Value = serde_json::from_str(text).expect("JSON");
    let old = document("old", text);
    let mut pointers = Vec::new();
    leaves(&root, String::new(), &mut pointers);
    let step = pointers.len() / values.max(1) + 1;
    let (mut tried, mut unnoticed) = (0, Vec::new());
    for (index, pointer) in pointers.iter().step_by(step).enumerate() {
        // A path parameter is required, whether that is said or not.
        if pointer.ends_with("/required") {
            continue;
        }
        let mut changed = root.clone();
        let place = changed.pointer_mut(pointer);
        let value = place.expect("a pointer that was just found");
        if index % 3 == 0 && value.as_bool() != Some(false) {
            remove(&mut changed, pointer);
        } else {
            *value = another(value);
        }
        // Some values may be no other: then it is the reader that notices.
        let Ok(new) = Document::parse("new", &changed.to_string()) else {
            continue;
        };
        tried += 1;
        if diff(&old, &new).is_empty() {
            unnoticed.push(format!("{file} {pointer}"));
        }
    }
    (tried, unnoticed)
}

/// Takes away what is at a pointer. `false` is not taken away: it often says the same as nothing.
fn remove(root: &mut Value, pointer: &str) {
    let (owner, name) = pointer.rsplit_once('/').expect("the root is no leaf");
    match root.pointer_mut(owner) {
        Some(Value::Object(members)) => {
            members.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.remove(name.parse().expect("an index"));
        }
        _ => panic!("nothing holds {pointer}"),
    }
}

/// The pointers of all values that hold no others.
fn leaves(value: &Value, pointer: String, found: &mut Vec<String>) {
    let child = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| leaves(value, child(name), found)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| leaves(value, child(&index.to_string()), found));
        }
        _ => found.push(pointer),
    }
}

fn another(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Number(number) => Value::from(number.as_i64().unwrap_or_default() + 1),
        Value::String(text) => Value::String(format!("{text}x")),
        _ => Value::Bool(true),
    }
}
