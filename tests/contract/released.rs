//! What changed since the last release: `specs/released/` holds the documents as they were released.
//!
//! Prints all changes. A change that breaks something, on the wire or in Rust, has an entry under `[Unreleased]` in
//! `CHANGELOG.md` that names the document (`buddy`) and what has changed: the operationId, the schema, or another
//! component, by its old name or its new one (`servers` and `security` for the document's own). A release copies
//! the documents to `specs/released/`.

use std::fs;
use std::path::{Path, PathBuf};

use runpipe_spec::diff::{Change, Impact, diff};
use runpipe_spec::document::Document;

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn document(path: &Path) -> Document {
    let name = path.display().to_string();
    Document::parse(&name, &text(path)).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

/// Names of the documents in a folder.
fn documents(folder: &str) -> Vec<String> {
    let folder = in_repository(folder);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder can be listed").path());
    let documents = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    let mut names: Vec<String> = documents
        .map(|path| {
            path.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

/// The entries of the changelog about what is not released yet, each on one line.
fn unreleased(changelog: &str) -> Vec<String> {
    let section = changelog
        .lines()
        .skip_while(|line| !line.starts_with("## [Unreleased]"));
    let section = section.skip(1).take_while(|line| !line.starts_with("## "));
    let mut entries: Vec<String> = Vec::new();
    for line in section {
        match entries.last_mut() {
            Some(entry) if line.starts_with(' ') => entry.push_str(line),
            _ => entries.push(line.to_owned()),
        }
    }
    entries.retain(|entry| entry.starts_with("- "));
    entries
}

/// Whether a text has a word; a word ends where no letter, digit, `-` or `_` follows.
fn names(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || "-_".contains(c);
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

fn is_announced(entries: &[String], service: &str, change: &Change) -> bool {
    let mut about = entries.iter().filter(|entry| names(entry, service));
    about.any(|entry| change.names.iter().any(|name| names(entry, name)))
}

#[test]
fn every_breaking_change_is_in_the_changelog() {
    let entries = unreleased(&text(&in_repository("CHANGELOG.md")));
    let (present, released) = (documents("specs"), documents("specs/released"));
    assert!(!released.is_empty(), "nothing was ever released");
    let mut silent = Vec::new();
    for service in &present {
        if !released.contains(service) {
            println!("{service}: not released yet");
            continue;
        }
        let file = format!("{service}.json");
        let old = document(&in_repository("specs/released").join(&file));
        let new = document(&in_repository("specs").join(&file));
        let changes = diff(&old, &new);
        println!("{service}: {} changes since the release", changes.len());
        for change in &changes {
            println!("  {change}");
            if change.is_breaking() && !is_announced(&entries, service, change) {
                silent.push(format!("{service}: {change}"));
            }
        }
    }
    for service in released.iter().filter(|service| !present.contains(service)) {
        println!("{service}: gone since the release");
        if !entries.iter().any(|entry| names(entry, service)) {
            silent.push(format!("{service}: the document is gone"));
        }
    }
    assert!(
        silent.is_empty(),
        "breaking changes that no entry under [Unreleased] in CHANGELOG.md names with document and name:\n{}",
        silent.join("\n")
    );
}

#[test]
fn an_entry_names_the_document_and_what_has_changed() {
    let changelog = "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- buddy: `runExecution` is gone, use\n  `startExecution`.\n\
        - `getExecution` has a new field.\n\n## [0.1.0]\n\n- buddy: `listProjects` is gone.\n";
    let entries = unreleased(changelog);
    assert_eq!(entries.len(), 2, "{entries:?}");
    let change = |names: &[&str]| Change {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        old: None,
        new: None,
        what: String::new(),
        wire: Impact::Breaking,
        rust: Impact::Breaking,
    };
    let announced = |service: &str, names: &[&str]| is_announced(&entries, service, &change(names));
    assert!(announced("buddy", &["runExecution"]));
    assert!(announced("buddy", &["other", "startExecution"]));
    assert!(
        !announced("aliyun", &["runExecution"]),
        "of another document"
    );
    assert!(
        !announced("buddy", &["getExecution"]),
        "the entry does not say of which document"
    );
    assert!(!announced("buddy", &["listProjects"]), "released already");
    assert!(!announced("buddy", &["run"]), "part of another name");
}
