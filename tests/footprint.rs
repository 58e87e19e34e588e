//! What a consumer compiles: one service, and nothing of the program, the sandbox or the checks.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates of a build with those features, by cargo itself.
fn crates(features: &str, edges: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--no-default-features"])
        .args([
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--features",
            features,
            "--edges",
            edges,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("names are text");
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_consumer_of_one_service_compiles_neither_program_nor_sandbox() {
    let never = [
        "anstream",
        "clap",
        "comfy-table",
        "humantime",
        "jsonschema",
        "native-tls",
        "openssl-sys",
        "proptest",
        "schemars",
        "wiremock",
    ];
    for service in ["azure-devops", "matillion", "aliyun", "buddy"] {
        let crates = crates(service, "normal");
        for name in never {
            assert!(!crates.contains(name), "{service} compiles {name}");
        }
        for name in ["reqwest", "rustls", "progenitor-client", "serde_json"] {
            assert!(
                crates.contains(name),
                "{service} should need {name}: is the list read right?"
            );
        }
        assert!(
            crates.len() < 130,
            "{service} compiles {} crates",
            crates.len()
        );
    }
}

#[test]
fn only_aliyun_signs() {
    for service in ["azure-devops", "matillion", "buddy"] {
        assert!(
            !crates(service, "normal").contains("hmac"),
            "{service} compiles hmac"
        );
    }
    assert!(crates("aliyun", "normal").contains("hmac"));
}

#[test]
fn the_build_of_a_consumer_compiles_no_schema_checker() {
    let crates = crates("buddy", "build");
    assert!(crates.contains("progenitor"), "is the list read right?");
    for name in ["jsonschema", "reqwest", "clap", "wiremock"] {
        assert!(
            !crates.contains(name),
            "the build script of a consumer compiles {name}"
        );
    }
}
