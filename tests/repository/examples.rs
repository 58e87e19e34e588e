//! Every example does what it says, in the sandbox.

use std::collections::BTreeSet;
use std::path::Path;

use runpipe::Service;
use runpipe_testing::Sandbox;
use tokio::process::Command;

/// Each example with its arguments, and what it prints at the end. Folders are packages of their own,
/// which the gate compiles.
const EXAMPLES: [(&str, &[&str], &str); 3] = [
    ("start_and_wait", &["acme", "website", "2"], "succeeded"),
    ("test_kit", &[], "as expected"),
    (
        "tower_layers",
        &["acme", "website", "2"],
        "buddy/acme/website/2/",
    ),
];

#[test]
fn every_example_has_a_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = std::fs::read_dir(folder).expect("a folder");
    let files: BTreeSet<String> = files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.is_file())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let rows = EXAMPLES.map(|(name, _, _)| name.to_owned());
    assert_eq!(files, BTreeSet::from(rows));
}

#[tokio::test]
async fn every_example_runs() {
    let sandbox = Sandbox::start().await.expect("loopback has free ports");
    for (name, arguments, end) in EXAMPLES {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["run", "--quiet", "--offline", "--locked"])
            .args(["--example", name, "--"])
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .envs(sandbox.variables());
        let output = cargo.output().await.expect("cargo runs");
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {stdout}{stderr}");
        let last = stdout.lines().last().unwrap_or_default();
        assert!(last.contains(end), "{name}: {stdout}");
    }
    assert_eq!(sandbox.started(Service::Buddy), 2);
}
