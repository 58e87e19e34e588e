//! How the small program is linked.

use std::env;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=no-unwinding.ld");
    let is = |name, value| env::var(name).as_deref() == Ok(value);
    // The profile that ends the program at a panic: nothing reads the tables there, an eighth of it.
    let folder = env::var("OUT_DIR").unwrap_or_default();
    let profile = Path::new(&folder).ancestors().nth(3);
    let ends_at_a_panic = profile.is_some_and(|folder| folder.ends_with("dist"));
    if ends_at_a_panic && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/no-unwinding.ld");
        println!("cargo::rustc-link-arg-bins=-T{script}");
    }
}
