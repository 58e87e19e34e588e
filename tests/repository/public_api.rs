//! The promise: what the library is built with is not part of what it offers. No public signature names
//! reqwest, so another version of it breaks nobody.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .collect()
}

/// The lines of code, without comments.
fn code(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a source");
    let lines = text.lines().map(str::trim_start);
    lines
        .filter(|line| !line.starts_with("//"))
        .map(str::to_owned)
        .collect()
}

/// Modules that are private, or hidden. What `lib.rs` takes out of `http_client` is looked at below.
fn is_inside(path: &str) -> bool {
    path.starts_with("client/")
        || path.starts_with("http_client/")
        || path.starts_with("generated/")
        || path == "contract.rs"
        || (path.starts_with("services/") && path.ends_with("/dialect.rs"))
}

#[test]
fn only_inner_modules_name_reqwest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut named = 0;
    for path in sources(&root) {
        let name = path.strip_prefix(&root).expect("below it");
        let name = name.to_str().expect("text").replace('\\', "/");
        let names_it = code(&path).iter().any(|line| line.contains("reqwest::"));
        named += usize::from(names_it);
        assert!(!names_it || is_inside(&name), "src/{name} names reqwest");
    }
    assert!(named > 3, "is the list read right?");
    let library = code(&root.join("lib.rs")).join("\n");
    for module in ["client", "http_client", "generated"] {
        assert!(
            library.contains(&format!("\nmod {module};")),
            "{module} is public"
        );
    }
}

/// What `lib.rs` takes out of a private module.
#[test]
fn no_public_signature_of_the_http_seam_names_reqwest() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http_client/mod.rs");
    let code = code(&path).join("\n");
    let mut public = 0;
    for part in code.split("\npub ").skip(1) {
        // As far as a field's type, a body or the end of a declaration.
        let signature = part.split(['{', ';']).next().unwrap_or_default();
        assert!(!signature.contains("reqwest"), "pub {signature}");
        public += 1;
    }
    assert!(public > 5, "is the list read right?");
    for part in code.split("\nimpl").skip(1) {
        let head = part.split('{').next().unwrap_or_default();
        assert!(!head.contains("reqwest"), "impl{head}");
    }
}
