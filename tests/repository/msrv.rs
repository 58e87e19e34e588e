//! The oldest compiler that `Cargo.toml` names is one that every dependency takes.
//!
//! That our own code takes it is clippy's to say (`incompatible_msrv`): it knows since when each
//! item of the standard library has been stable, and knows less of the language itself. Only a
//! build with that compiler would prove it whole.

use std::process::Command;

use serde_json::Value;

/// `1.88` and `1.88.0`, to be compared.
fn version(text: &str) -> Vec<u64> {
    let mut parts: Vec<u64> = text
        .split('.')
        .map(|part| part.parse().expect("a number"))
        .collect();
    parts.resize(3, 0);
    parts
}

/// The platform of this machine, in the compiler's words.
fn host() -> String {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("a host").to_owned()
}

#[test]
fn no_dependency_needs_a_newer_compiler() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        // What other platforms need may not have been downloaded.
        .args(["--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let ours = env!("CARGO_PKG_RUST_VERSION");
    let named: Vec<(&str, &str)> = packages
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?, package["rust_version"].as_str()?)))
        .collect();
    assert!(named.len() > 100, "only {} name a version", named.len());
    let newer: Vec<_> = named
        .iter()
        .filter(|(_, needed)| version(needed) > version(ours))
        .collect();
    assert!(newer.is_empty(), "rust-version is {ours}, but {newer:?}");
}
