//! What a consumer compiles: one service, and nothing of the program, the sandbox or the checks.

use std::collections::BTreeSet;
use std::process::Command;

use runpipe::Service;

/// Each is also the name of a feature.
fn services() -> [&'static str; Service::ALL.len()] {
    Service::ALL.map(Service::name)
}

/// What cargo says of the library's build with these words.
fn tree(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--package", "runpipe"])
        .args(["--prefix", "none"])
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("names are text")
}

/// The crates, each version of one counted.
fn crates(words: &[&str]) -> BTreeSet<String> {
    let text = tree(words);
    text.lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// Names of the crates in the build of a consumer who names this service.
fn of_one(service: &str, edges: &str) -> BTreeSet<String> {
    let features = format!("{service},rustls-ring");
    let words = ["--no-default-features", "--features", &features, "--edges"];
    crates(&[&words[..], &[edges]].concat())
        .iter()
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
    for service in services() {
        let crates = of_one(service, "normal");
        for name in never {
            assert!(!crates.contains(name), "{service} compiles {name}");
        }
        for name in ["reqwest", "rustls", "progenitor-client", "serde_json"] {
            assert!(
                crates.contains(name),
                "{service} should need {name}: is the list read right?"
            );
        }
    }
}

/// A service's document is generated, and its folder compiled, by its feature alone.
#[test]
fn a_consumer_of_one_service_compiles_only_that_service() {
    for service in services() {
        let features = format!("{service},rustls-no-provider");
        let words = ["--no-default-features", "--features", &features];
        let words = [
            &words[..],
            &["--depth", "0", "--format", "{f}", "--edges", "normal"],
        ]
        .concat();
        let enabled = tree(&words);
        let enabled: BTreeSet<&str> = enabled.trim().split(',').collect();
        assert_eq!(enabled, features.split(',').collect());
    }
}

#[test]
fn the_default_build_is_the_services_and_tls() {
    let words = ["--depth", "0", "--format", "{f}", "--edges", "normal"];
    let features = tree(&words);
    let enabled: BTreeSet<&str> = features.trim().split(',').collect();
    let expected = [
        &services()[..],
        &["default", "services", "rustls-no-provider", "rustls-ring"],
    ]
    .concat();
    assert_eq!(enabled, expected.into_iter().collect());
}

/// Each TLS feature with the providers that it compiles.
#[test]
fn tls_is_one_provider_or_the_callers_own() {
    let providers = ["aws-lc-rs", "aws-lc-sys", "ring"];
    for (feature, expected) in [
        ("rustls", &["aws-lc-rs", "aws-lc-sys"][..]),
        ("rustls-ring", &["ring"]),
        ("rustls-no-provider", &[]),
        ("", &[]),
    ] {
        let features = format!("buddy,{feature}");
        let words = ["--no-default-features", "--features", &features];
        let crates = crates(&[&words[..], &["--edges", "normal"]].concat());
        println!("{feature:20} {} crates", crates.len());
        let names: BTreeSet<&str> = crates
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        let found: Vec<&str> = providers
            .into_iter()
            .filter(|name| names.contains(name))
            .collect();
        assert_eq!(found, expected, "with {feature:?}");
        assert_eq!(
            names.contains("rustls"),
            !feature.is_empty(),
            "with {feature:?}"
        );
    }
}

/// So many, that a crate more is somebody's decision.
#[test]
fn the_default_build_is_at_most_125_crates() {
    let found = crates(&["--edges", "normal"]);
    println!("{} crates", found.len());
    assert!(found.len() <= 125, "{} crates: {found:#?}", found.len());
}

#[test]
fn only_aliyun_signs() {
    for service in services() {
        let signs = of_one(service, "normal").contains("hmac");
        assert_eq!(signs, service == "aliyun", "{service} compiles hmac");
    }
}

#[test]
fn the_build_of_a_consumer_compiles_no_schema_checker() {
    let crates = of_one("buddy", "build");
    assert!(crates.contains("progenitor"), "is the list read right?");
    for name in ["jsonschema", "reqwest", "clap", "wiremock"] {
        assert!(
            !crates.contains(name),
            "the build script of a consumer compiles {name}"
        );
    }
}
