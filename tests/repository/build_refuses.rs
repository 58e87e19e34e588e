//! A broken document stops the build with the lint's own words: file, place, pointer and cure.
//!
//! Each document of the lint's own fixtures takes the place of a service's document in a copy of this
//! workspace, and cargo builds the copy. The rules that compile schemas are left to `runpipe spec
//! check` and to the lint's own tests: no build of a consumer compiles a schema compiler.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use runpipe_spec::lint::{SCHEMA_RULES, lint};

const DOCUMENT: &str = "specs/buddy.json";

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder can be made");
        for entry in fs::read_dir(from).expect("a folder can be read") {
            let entry = entry.expect("an entry can be read");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).expect("a file can be copied");
    }
}

/// A copy of the workspace that cargo can build.
fn package() -> tempfile::TempDir {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = tempfile::tempdir().expect("a folder for the copy");
    for part in [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "build.rs",
        "src",
        "specs",
        "crates",
        "examples",
        "benches",
        "tests",
    ] {
        copy(&here.join(part), &package.path().join(part));
    }
    package
}

/// Builds the copy; what cargo says.
fn build(package: &Path) -> (bool, String) {
    // The dependencies are built already, in the folder that this test was built into.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("target/tmp is in target");
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--locked",
            "--package",
            "runpipe",
            "--lib",
        ])
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .current_dir(package)
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

#[test]
fn the_build_says_what_the_lint_says() {
    let package = package();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/spec/tests/fixtures/lint");
    let mut documents: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    documents.sort();
    assert!(documents.len() >= 70, "{} documents", documents.len());
    for document in documents {
        let text = fs::read_to_string(&document).expect("a fixture is text");
        let findings = lint(DOCUMENT, &text);
        assert!(!findings.is_empty(), "{} is clean", document.display());
        let mut expected = findings
            .iter()
            .filter(|finding| !SCHEMA_RULES.contains(&finding.rule))
            .peekable();
        if expected.peek().is_none() {
            continue;
        }
        fs::write(package.path().join(DOCUMENT), &text).expect("a document can be replaced");
        let (built, said) = build(package.path());
        assert!(!built, "{} was built", document.display());
        for finding in expected {
            let expected = finding.to_string();
            assert!(
                said.contains(&expected),
                "not said: {expected}\nsaid: {said}"
            );
        }
        assert!(!said.contains("panicked"), "{}: {said}", document.display());
    }
}
