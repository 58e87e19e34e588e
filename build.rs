//! Generates one client per enabled service from its OpenAPI document in `specs/`.
//!
//! Read, lint, lower, generate, write `OUT_DIR/<service>.rs` and the document itself, packed. A document that is wrong stops the
//! build with file, position, JSON pointer and cure; the generator never sees it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use miniz_oxide::deflate::compress_to_vec;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use quote::quote;
use runpipe_spec::lower::{Lowered, lower};
use runpipe_spec::{emit, lint::lint};

/// How hard to pack: more costs time, and saves little.
const PACKING: u8 = 6;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rustc-check-cfg=cfg(every_service)");
    let services = services();
    if services.iter().all(|service| is_enabled(service)) {
        println!("cargo::rustc-cfg=every_service");
    }
    for service in services {
        if !is_enabled(&service) {
            continue;
        }
        let document = format!("specs/{service}.json");
        println!("cargo::rerun-if-changed={document}");
        let module = service.replace('-', "_");
        let stamp = Stamp::of(&document);
        let stamp_file = out_dir.join(format!("{module}.stamp"));
        if stamp.is_in(&stamp_file) {
            continue;
        }
        match generate(&document, &module, &out_dir) {
            Ok(()) => stamp.write(&stamp_file),
            Err(faults) => {
                let _ = fs::remove_file(&stamp_file);
                faults
                    .iter()
                    .for_each(|fault| println!("cargo::error={fault}"));
            }
        }
    }
}

/// Every service has a document, and the feature that enables it has the document's name.
fn services() -> Vec<String> {
    let documents = fs::read_dir("specs").into_iter().flatten().flatten();
    documents
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect()
}

fn is_enabled(feature: &str) -> bool {
    let variable = feature.to_uppercase().replace('-', "_");
    env::var_os(format!("CARGO_FEATURE_{variable}")).is_some()
}

/// Everything that a generated file depends on. While it is the same, the file is still good: an
/// edit of one document generates one client.
struct Stamp(Option<String>);

impl Stamp {
    fn of(document: &str) -> Self {
        let text = fs::read_to_string(document).ok();
        let script = env::current_exe().and_then(fs::metadata);
        let script = script.and_then(|script| script.modified()).ok();
        let features = ["contract", "schemars"].map(is_enabled);
        let stamp = text.zip(script);
        Stamp(stamp.map(|(text, script)| format!("{script:?} {features:?}\n{text}")))
    }

    fn is_in(&self, file: &Path) -> bool {
        self.0.is_some() && fs::read_to_string(file).ok() == self.0
    }

    fn write(&self, file: &Path) {
        if let Some(stamp) = &self.0 {
            // Without it the next build generates once more; nothing is lost.
            let _ = fs::write(file, stamp);
        }
    }
}

/// Writes `OUT_DIR/<module>.rs`, or says everything that is wrong with the document.
fn generate(document: &str, module: &str, out_dir: &Path) -> Result<(), Vec<String>> {
    let stop =
        |what: &str, error: &dyn std::fmt::Display| vec![format!("{document}: {what}: {error}")];
    let text = fs::read_to_string(document).map_err(|error| stop("cannot be read", &error))?;
    let findings = lint(document, &text);
    if !findings.is_empty() {
        return Err(findings.iter().map(ToString::to_string).collect());
    }
    let full = serde_json::from_str(&text).map_err(|error| stop("is not JSON", &error))?;
    let Lowered {
        document: lowered,
        enums,
        renamed,
    } = lower(&full);
    let for_generator = emit::leave_path_values_out(lowered.clone());
    let for_generator: openapiv3::OpenAPI = serde_json::from_value(for_generator)
        .map_err(|error| stop("is not an OpenAPI 3.0 document for the generator", &error))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_hooks(progenitor::HooksMode::Expected)
        .with_inner_type(quote!(crate::client::Call))
        .with_map_type("::std::collections::BTreeMap");
    if is_enabled("schemars") {
        settings.with_derive("::schemars::JsonSchema");
    }
    let path_of = |name: &str| format!("crate::generated::{module}::open::{name}");
    for open in &enums {
        let impls = [TypeImpl::Display, TypeImpl::FromStr];
        settings.with_replacement(&open.name, path_of(&open.name), impls.into_iter());
    }
    let client = Generator::new(&settings)
        .generate_tokens(&for_generator)
        .map_err(|error| stop("cannot be generated", &error))?;
    // A replacement whose name the generator does not know is ignored without a word.
    let produced = client.to_string().replace(' ', "");
    for open in &enums {
        if !produced.contains(&path_of(&open.name)) {
            let cure = "use the schema in an answer or a request, or remove it";
            return Err(stop(
                &format!("no generated type uses the enum {}", open.name),
                &cure,
            ));
        }
    }
    let open = emit::open_enums(&enums);
    let operations = emit::operations(&full).map_err(|error| {
        stop(
            "says something about an operation that is not understood",
            &error,
        )
    })?;
    let contract = match is_enabled("contract") {
        true => emit::contract(&full, &lowered, &enums)
            .map_err(|error| stop("cannot be reached by contract tests", &error))?,
        false => Default::default(),
    };
    let file = quote!(#client #open #operations #contract);
    let file = syn::parse2(file).map_err(|error| stop("generated code is not Rust", &error))?;
    let file = emit::keep_builders_of_requests(file);
    let file = emit::lean_requests(file).map_err(|error| {
        stop(
            "the generator writes other code than `crates/spec/src/emit/requests.rs` makes lean",
            &error,
        )
    })?;
    let file = emit::restore_wire_names(file, &renamed)
        .map_err(|error| stop("says `x-rust-name` in vain", &error))?;
    let file = emit::describe_references(file, &full);
    let file = emit::hide_secrets(file, &full);
    let packed = compress_to_vec(text.as_bytes(), PACKING);
    let written = fs::write(
        out_dir.join(format!("{module}.rs")),
        prettyplease::unparse(&file),
    );
    written
        .and_then(|()| fs::write(out_dir.join(format!("{module}.packed")), packed))
        .map_err(|error| stop("generated code cannot be written", &error))
}
