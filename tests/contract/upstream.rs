//! The documents against what the vendors publish: `tests/fixtures/upstream/<service>/` holds names and types, as
//! facts, each file with where it is from.
//!
//! Every difference is mended, or stands with its reason in `tests/upstream/<service>.json`. `cargo test --test contract
//! upstream -- --nocapture` prints the counts; `runpipe spec upstream` is the same for a newly published version.

use std::fs;
use std::path::{Path, PathBuf};

use runpipe_spec::decisions::{decide, decisions};
use runpipe_spec::document::Document;
use runpipe_spec::upstream::{Published, compare};

/// Services whose vendors publish nothing that could be compared, and why.
const NOTHING_PUBLISHED: [(&str, &str); 2] = [
    (
        "matillion",
        "The vendor's OpenAPI description could not be obtained; a third party's contradicts the vendor's pages.",
    ),
    (
        "yunxiao",
        "The vendor publishes a description of the operations on jobs alone, and its own client contradicts it.",
    ),
];

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// The names of what lies in a folder.
fn names(folder: &str, ending: &str) -> Vec<String> {
    let folder = in_repository(folder);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    let files = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = files
        .filter_map(|name| Some(name.to_str()?.strip_suffix(ending)?.to_owned()))
        .collect();
    names.sort();
    names
}

/// What is published about a service.
fn published(service: &str) -> Vec<Published> {
    let folder = format!("tests/fixtures/upstream/{service}");
    let files = names(&folder, ".json").into_iter().map(|name| {
        let file = format!("{folder}/{name}.json");
        let read = Published::parse(&file, &text(&in_repository(&file)));
        read.unwrap_or_else(|fault| panic!("{fault}"))
    });
    files.collect()
}

fn document(service: &str) -> Document {
    let file = format!("specs/{service}.json");
    let read = Document::parse(&file, &text(&in_repository(&file)));
    read.unwrap_or_else(|findings| panic!("{file}: {findings:?}"))
}

#[test]
fn every_difference_to_what_is_published_has_a_reason() {
    let mut faults = Vec::new();
    for service in names("tests/fixtures/upstream", "") {
        let compared = compare(&document(&service), &published(&service));
        let file = format!("tests/upstream/{service}.json");
        let known = decisions(&file, &text(&in_repository(&file)));
        let known = known.unwrap_or_else(|fault| panic!("{fault}"));
        let decided = decide(compared.differences.iter(), &known);
        println!(
            "{service}: {} facts compared, {} equal, {} different; {} differences have a reason",
            compared.facts,
            compared.equal(),
            compared.different(),
            decided.known.len(),
        );
        assert!(compared.equal() > 0, "{service}: nothing was compared");
        let open = decided.open.iter();
        faults.extend(open.map(|one| {
            format!("specs/{service}.json: {one}\n  change the document, or add this line to {file} with the reason why it stays")
        }));
        let stale = decided.stale.iter();
        faults
            .extend(stale.map(|one| format!("{file}: no longer occurs: {one}\n  remove it there")));
    }
    let count = faults.len();
    assert!(
        faults.is_empty(),
        "{count} findings:\n{}",
        faults.join("\n")
    );
}

#[test]
fn every_service_is_compared_or_says_why_not() {
    let compared = names("tests/fixtures/upstream", "");
    for service in names("specs", ".json") {
        let reason = NOTHING_PUBLISHED.iter().find(|(of, _)| *of == service);
        assert!(
            compared.contains(&service) != reason.is_some(),
            "{service}: put what is published into tests/fixtures/upstream/{service}/, or say here why there is nothing"
        );
    }
}
