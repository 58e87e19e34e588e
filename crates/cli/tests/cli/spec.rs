//! `runpipe spec …` as a process: what is found, where it is written, and the exit code.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn in_repository(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(path)
}

/// Runs `runpipe spec` in the repository, with `input` on stdin.
fn spec(arguments: &[&str], input: &str) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_runpipe"))
        .arg("spec")
        .args(arguments)
        .current_dir(in_repository(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = process.stdin.take().expect("a pipe");
    // A command that reads no input may have ended already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    process.wait_with_output().expect("the program ends")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

fn code(output: &Output) -> i32 {
    let code = output.status.code().expect("no signal");
    assert!(!stderr(output).contains("panicked"), "{}", stderr(output));
    code
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|fault| panic!("{fault}: {}", stdout(output)))
}

const PARCELS: &str = "crates/spec/tests/fixtures/validate/parcels.json";

#[test]
fn check_of_clean_documents_says_nothing() {
    let files = [
        "specs/azure-devops.json",
        "specs/matillion.json",
        "specs/aliyun.json",
        "specs/buddy.json",
    ];
    let output = spec(&[&["check"], &files[..]].concat(), "");
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert_eq!(stdout(&output), "");
    assert_eq!(stderr(&output), "4 documents, nothing found\n");
}

#[test]
fn check_lists_each_finding_with_its_place() {
    let file = "crates/spec/tests/fixtures/lint/ref-dangling.json";
    let output = spec(&["check", file], "");
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains(&format!("{file}:")),
        "{}",
        stdout(&output)
    );
    assert!(
        stdout(&output).contains("[ref-dangling]"),
        "{}",
        stdout(&output)
    );

    let output = spec(&["check", "--json", file], "");
    assert_eq!(code(&output), 1);
    let checked = json_of(&output);
    assert_eq!(checked["documents"], 1);
    assert_eq!(checked["findings"][0]["file"], file);
    assert!(checked["findings"][0]["line"].is_u64(), "{checked}");
    assert_eq!(stderr(&output), "");
}

#[test]
fn check_reads_stdin_and_is_not_upset_by_what_is_no_document() {
    let output = spec(&["check", "-"], "{ no json");
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains("[json-syntax]"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_usage_error() {
    for arguments in [
        &["check", "no-such-file.json"][..],
        &["diff", "no-such-file.json", PARCELS],
        &["diff", "-", "-"],
        &["coverage", "--documents", "no-such-folder"],
        &["validate", "--document", PARCELS],
        &[
            "validate",
            "--document",
            "no-such-file.json",
            "--request",
            "-",
        ],
    ] {
        let output = spec(arguments, "");
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn diff_says_what_breaks_for_whom() {
    let folder = "crates/spec/tests/fixtures/diff/operation-renamed";
    let (old, new) = (format!("{folder}/old.json"), format!("{folder}/new.json"));
    let output = spec(&["diff", &old, &new], "");
    assert_eq!(code(&output), 1);
    let line = stdout(&output).lines().nth(1).expect("a change").to_owned();
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    assert_eq!(
        words[..5],
        ["safe", "breaking", "getParcel", "->", "readParcel"],
        "{line}"
    );

    let compared = json_of(&spec(&["diff", &old, &new, "--json"], ""));
    let change = json!({
        "names": ["getParcel", "readParcel"],
        "old": "/paths/~1parcel/get",
        "new": "/paths/~1parcel/get",
        "what": "the operation `getParcel` is called `readParcel` now",
        "wire": "safe",
        "rust": "breaking",
    });
    assert_eq!(compared, json!({ "breaking": 1, "changes": [change] }));
}

#[test]
fn diff_without_a_breaking_change_is_no_finding() {
    let folder = "crates/spec/tests/fixtures/diff/documentation";
    let (old, new) = (format!("{folder}/old.json"), format!("{folder}/new.json"));
    let output = spec(&["diff", &old, &new], "");
    assert_eq!(code(&output), 0);
    assert_eq!(stdout(&output), "");
    assert!(
        stderr(&output).contains("4 of documentation only"),
        "{}",
        stderr(&output)
    );
    let output = spec(&["diff", "--documentation", &old, &new], "");
    assert_eq!(stdout(&output).lines().count(), 5, "{}", stdout(&output));
}

#[test]
fn diff_of_what_is_no_document_is_a_usage_error() {
    let output = spec(
        &["diff", "--json", "-", PARCELS],
        r#"{ "openapi": "3.0.3", "paths": { "/a": { "gett": {} } } }"#,
    );
    assert_eq!(code(&output), 2);
    let failure: Value = serde_json::from_slice(&output.stderr).expect("one object");
    assert_eq!(failure["kind"], "usage");
    assert!(
        failure["message"]
            .as_str()
            .is_some_and(|text| text.contains("gett")),
        "{failure}"
    );
}

#[test]
fn coverage_counts_answers_and_fails_below_all_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (documents, fixtures) = (folder.path().join("specs"), folder.path().join("fixtures"));
    let old = in_repository("crates/spec/tests/fixtures/diff/status-refusal-new/old.json");
    std::fs::create_dir_all(&documents).expect("a folder");
    std::fs::copy(old, documents.join("post.json")).expect("a copy");
    let operation = fixtures.join("post/getParcel");
    std::fs::create_dir_all(&operation).expect("a folder");
    for name in ["200-minimal", "200-maximal", "404-minimal"] {
        std::fs::write(operation.join(format!("{name}.json")), "{}").expect("a file");
    }
    let (documents, fixtures) = (
        documents.display().to_string(),
        fixtures.display().to_string(),
    );
    let arguments = [
        "coverage",
        "--documents",
        &documents,
        "--fixtures",
        &fixtures,
    ];

    let output = spec(&arguments, "");
    assert_eq!(code(&output), 1);
    let expected = "post: 1 of 2 answers (50.0 %)\n- post/getParcel 404: no maximal fixture\nall: 1 of 2 answers (50.0 %)\n";
    assert_eq!(stdout(&output), expected);
    let counted = json_of(&spec(&[&arguments[..], &["--json"]].concat(), ""));
    assert_eq!(
        (&counted["answers"], &counted["covered"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        counted["documents"][0]["missing"][0]["fixtures"],
        json!(["maximal"])
    );

    std::fs::write(operation.join("404-maximal.json"), "{}").expect("a file");
    assert_eq!(code(&spec(&arguments, "")), 0);
    std::fs::write(operation.join("418-minimal.json"), "{}").expect("a file");
    assert_eq!(
        code(&spec(&arguments, "")),
        1,
        "a fixture of no documented answer"
    );
}

#[test]
fn coverage_of_our_own_documents_is_complete() {
    let output = spec(&["coverage"], "");
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).contains("(100.0 %)"), "{}", stdout(&output));
}

const BUDDY: &str = "specs/buddy.json";
const EXECUTIONS: &str = "/workspaces/acme/projects/site/pipelines/2/executions";

fn validate(document: &str, message: &str, more: &[&str]) -> Output {
    let arguments = ["validate", "--document", document, message, "-"];
    // The message itself is in `more`, as the last of them.
    let (input, more) = more.split_last().expect("a message");
    spec(&[&arguments[..], more].concat(), input)
}

#[test]
fn a_request_that_fits_names_its_operation() {
    let request = json!({
        "method": "POST",
        "path": EXECUTIONS,
        "headers": { "authorization": "Bearer token", "content-type": "application/json" },
        "body": { "to_revision": { "revision": "HEAD" } },
    });
    let output = validate(BUDDY, "--request", &[&request.to_string()]);
    assert_eq!(stdout(&output), "fits runExecution\n");
    assert_eq!(code(&output), 0);
}

#[test]
fn a_request_as_it_is_on_the_wire_is_understood() {
    let body = r#"{"to_revision":{"revision":"HEAD"}}"#;
    let lines = [
        "Host: buddy.example",
        "Authorization: Bearer token",
        "Content-Type: application/json",
    ];
    for (end, prefix) in [
        ("\r\n", ""),
        ("\n", ""),
        ("\n", "/api"),
        ("\n", "https://buddy.example/api"),
    ] {
        let first = format!("POST {prefix}{EXECUTIONS} HTTP/1.1");
        let head = [&[first.as_str()][..], &lines].concat().join(end);
        let output = validate(BUDDY, "--request", &[&format!("{head}{end}{end}{body}")]);
        assert_eq!(stdout(&output), "fits runExecution\n", "{end:?} {prefix}");
    }
}

#[test]
fn all_violations_of_a_request_are_listed() {
    let request = json!({
        "method": "GET",
        "path": format!("{EXECUTIONS}?page=first"),
        "query": { "colour": ["red"] },
    });
    let output = validate(BUDDY, "--request", &["--json", &request.to_string()]);
    assert_eq!(code(&output), 1);
    let judged = json_of(&output);
    assert_eq!(
        (&judged["fits"], &judged["operation_id"]),
        (&json!(false), &json!("listExecutions"))
    );
    let violations = judged["violations"].as_array().expect("a list");
    let places: Vec<&str> = violations
        .iter()
        .filter_map(|violation| violation["place"].as_str())
        .collect();
    assert_eq!(places.len(), 3, "{judged}");
    for place in [
        "credentials",
        "query parameter `page`",
        "query parameter `colour`",
    ] {
        assert!(places.contains(&place), "{judged}");
    }
    let lenient = json_of(&validate(
        BUDDY,
        "--request",
        &["--json", "--lenient", &request.to_string()],
    ));
    assert_eq!(
        lenient["violations"].as_array().map(Vec::len),
        Some(2),
        "{lenient}"
    );
}

#[test]
fn a_response_is_held_against_its_operation() {
    let answer = |status: u16, body: Value| {
        let headers = json!({ "Content-Type": "application/json" });
        json!({ "operation_id": "getExecution", "status": status, "headers": headers, "body": body }).to_string()
    };
    let fits = validate(BUDDY, "--response", &[&answer(200, json!({ "id": 7 }))]);
    assert_eq!(code(&fits), 0, "{}", stdout(&fits));
    let wrong = validate(
        BUDDY,
        "--response",
        &[&answer(200, json!({ "id": "seven" }))],
    );
    assert_eq!(code(&wrong), 1);
    assert!(
        stdout(&wrong).starts_with("response: body /id: "),
        "{}",
        stdout(&wrong)
    );
    let strange = validate(BUDDY, "--response", &[&answer(418, json!({}))]);
    assert!(
        stdout(&strange).contains("418 is not documented"),
        "{}",
        stdout(&strange)
    );

    let raw = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\":7}";
    assert_eq!(
        code(&validate(
            BUDDY,
            "--response",
            &["--operation", "getExecution", raw]
        )),
        0
    );
    let unnamed = validate(BUDDY, "--response", &[raw]);
    assert_eq!(code(&unnamed), 2);
    assert!(
        stderr(&unnamed).contains("--operation"),
        "{}",
        stderr(&unnamed)
    );
}

#[test]
fn a_message_in_no_known_form_is_a_usage_error() {
    for message in [
        "",
        "hello",
        "{\"method\":\"GET\"}",
        "{\"method\":\"GET\",\"path\":\"/\",\"heders\":{}}",
    ] {
        let output = validate(BUDDY, "--request", &[message]);
        assert_eq!(code(&output), 2, "{message:?}");
    }
}

#[test]
fn the_help_gives_the_exit_codes() {
    let output = spec(&["--help"], "");
    assert_eq!(code(&output), 0);
    assert!(
        stdout(&output).contains("1  findings"),
        "{}",
        stdout(&output)
    );
}
