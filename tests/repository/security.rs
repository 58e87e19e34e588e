//! `SECURITY.md` promises nothing that no test holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A test by the file that it stands in and its name.
type Named = (String, String);

/// The promises, each with its number and the tests that it names.
fn promises() -> Vec<(usize, Vec<Named>)> {
    let text = include_str!("../../SECURITY.md");
    let (_, rest) = text
        .split_once("## What is promised\n")
        .expect("the promises");
    let (list, _) = rest.split_once("\n## ").expect("an end of the promises");
    let mut promises: Vec<(usize, Vec<Named>)> = Vec::new();
    for line in list.lines() {
        let number = line
            .split_once(". **")
            .and_then(|(number, _)| number.parse().ok());
        if let Some(number) = number {
            promises.push((number, Vec::new()));
        }
        let Some((_, tests)) = promises.last_mut() else {
            continue;
        };
        let quoted = line.split('`').skip(1).step_by(2);
        tests.extend(quoted.filter_map(|name| {
            let (file, test) = name.split_once(".rs::")?;
            Some((format!("{file}.rs"), test.to_owned()))
        }));
    }
    promises
}

/// The names of the tests in a file, by the attributes before them. One that is passed over by
/// default holds nothing.
fn tests_in(source: &str) -> BTreeSet<&str> {
    let passed_over = concat!("#[", "ignore");
    let mut found = BTreeSet::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if line.starts_with(passed_over) {
            is_test = false;
        } else if let Some((before, rest)) = line.split_once("fn ") {
            let is_function = ["", "async "].contains(&before);
            if is_test && is_function {
                found.extend(rest.split(['(', '<']).next());
            }
            is_test &= !is_function;
        }
    }
    found
}

#[test]
fn every_promise_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let promises = promises();
    assert!(
        promises.len() >= 12,
        "only {} promises were read",
        promises.len()
    );
    let mut missing = Vec::new();
    for (index, (number, tests)) in promises.iter().enumerate() {
        assert_eq!(
            *number,
            index + 1,
            "the promises are numbered in their order"
        );
        assert!(!tests.is_empty(), "promise {number} names no test");
        for (file, test) in tests {
            let source = fs::read_to_string(root.join(file)).unwrap_or_default();
            if !tests_in(&source).contains(test.as_str()) {
                missing.push(format!("{number}: {file}::{test}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "SECURITY.md names what is not there: {missing:#?}"
    );
}

#[test]
fn every_file_of_the_promise_is_named() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named: BTreeSet<String> = promises()
        .into_iter()
        .flat_map(|(_, tests)| tests)
        .map(|(file, _)| file)
        .collect();
    for entry in fs::read_dir(root.join("tests/promise")).expect("the folder") {
        let path = entry.expect("an entry").path();
        let source = fs::read_to_string(&path).expect("a file");
        if tests_in(&source).is_empty() {
            continue;
        }
        let file = path
            .strip_prefix(root)
            .expect("inside")
            .to_string_lossy()
            .into_owned();
        assert!(named.contains(&file), "no promise names a test of {file}");
    }
}

#[test]
fn a_function_that_is_no_test_or_is_passed_over_does_not_count() {
    let source = concat!(
        "#[test]\nfn first() {\n}\nfn second() {}\n#[tokio::test(start_paused = true)]\n",
        "async fn third() {}\n// fn fourth\n#[test]\n#[",
        "ignore = \"slow\"]\nfn fifth() {}\n"
    );
    let found: Vec<&str> = tests_in(source).into_iter().collect();
    assert_eq!(found, ["first", "third"]);
}
