//! The pages of the book: what their commands print, and where their links lead.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use runpipe_testing::Sandbox;
use serde_json::Value;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The folders that `regenerate.md` has an edited copy of Buddy's document in, in its order.
const EDITS: [&str; 5] = [
    "new-field",
    "new-word",
    "renamed-field",
    "new-operation",
    "removed-status",
];

/// The pages, by their place below `docs/`.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in ["", "services"] {
        for entry in fs::read_dir(Path::new(DOCS).join(folder)).unwrap() {
            let name = entry.unwrap().file_name();
            if name.to_string_lossy().ends_with(".md") {
                pages.push(Path::new(folder).join(name));
            }
        }
    }
    assert!(pages.len() > 8, "{pages:?}");
    pages.sort();
    pages
}

fn text(page: &Path) -> String {
    fs::read_to_string(Path::new(DOCS).join(page)).unwrap()
}

/// What stands in the blocks of a page that are in this language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// The documents that `regenerate.md` speaks of, each edited as its patch says.
fn write_edited(folder: &Path) {
    let page = text(Path::new("regenerate.md"));
    let specs = Path::new(ROOT).join("specs/buddy.json");
    let patches = blocks(&page, "json");
    assert_eq!(patches.len(), EDITS.len());
    let write = |name: &str, document: &str| {
        fs::create_dir_all(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("buddy.json"), document).unwrap();
    };
    let document = fs::read_to_string(specs).unwrap();
    write("specs", &document);
    let of_recordings = folder.with_file_name("recordings.in/specs");
    fs::create_dir_all(&of_recordings).unwrap();
    fs::write(of_recordings.join("buddy.json"), &document).unwrap();
    for (name, patch) in EDITS.iter().zip(patches) {
        let mut edited: Value = serde_json::from_str(&document).unwrap();
        let patch: json_patch::Patch = serde_json::from_str(patch).unwrap();
        json_patch::patch(&mut edited, &patch).unwrap();
        write(name, &serde_json::to_string_pretty(&edited).unwrap());
    }
    // Drafts are written of what is missing beside these.
    let fixtures = Path::new(ROOT).join("tests/fixtures/buddy");
    for operation in fs::read_dir(fixtures).unwrap() {
        let operation = operation.unwrap().path();
        if operation.is_dir() {
            let to = folder
                .join("tests/fixtures/buddy")
                .join(operation.file_name().unwrap());
            fs::create_dir_all(&to).unwrap();
            for fixture in fs::read_dir(operation).unwrap() {
                let fixture = fixture.unwrap();
                fs::copy(fixture.path(), to.join(fixture.file_name())).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_every_page_print_what_it_shows() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("services")).unwrap();
    for page in pages() {
        fs::write(folder.path().join(&page), text(&page)).unwrap();
    }
    write_edited(&folder.path().join("regenerate.in"));

    let mut variables = sandbox.variables();
    variables.push(("COLUMNS", "100".to_owned()));
    let pattern = folder.path().join("**/*.md");
    let run = move || {
        let cases = trycmd::TestCases::new();
        cases.register_bin("runpipe", Path::new(env!("CARGO_BIN_EXE_runpipe")));
        for (name, value) in variables {
            cases.env(name, value);
        }
        cases.case(pattern);
        cases.run();
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}

/// The part of an address that leads to a heading.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// Where the links of a page lead.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut followed = 0;
    for page in pages() {
        let from = text(&page);
        for link in links(&from) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            let path = Path::new(DOCS).join(&target);
            assert!(path.exists(), "{}: {link} leads nowhere", page.display());
            if !heading.is_empty() {
                let there = fs::read_to_string(path).unwrap();
                let headings: BTreeSet<String> = there
                    .lines()
                    .filter(|line| line.starts_with('#'))
                    .map(anchor)
                    .collect();
                assert!(
                    headings.contains(heading),
                    "{}: no heading for {link}",
                    page.display()
                );
            }
            followed += 1;
        }
    }
    assert!(followed > 15, "only {followed} links were found");
}

#[test]
fn the_page_of_errors_has_every_kind() {
    let source = fs::read_to_string(Path::new(ROOT).join("src/error/kind.rs")).unwrap();
    let page = text(Path::new("errors.md"));
    let kinds: BTreeSet<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => "))
        .map(|(kind, _)| kind)
        .collect();
    assert!(kinds.len() > 12, "{kinds:?}");
    for kind in kinds {
        assert!(page.contains(&format!("| `{kind}` |")), "{kind} is missing");
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = text(Path::new("SUMMARY.md"));
    let listed: BTreeSet<PathBuf> = links(&summary).map(PathBuf::from).collect();
    for page in pages() {
        if page != Path::new("SUMMARY.md") {
            assert!(
                listed.contains(&page),
                "{} is not in SUMMARY.md",
                page.display()
            );
        }
    }
}
