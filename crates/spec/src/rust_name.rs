//! The Rust names that the generator makes from names in a document: the words of a name, joined with `_` for methods
//! and fields, capitalised for types and variants. Keywords get a `_` behind them, so `type` is a fine name; only two
//! names with the same words are a fault.

use heck::{ToPascalCase, ToSnakeCase};
use unicode_ident::is_xid_continue;

/// The name as a method or field: `executePipeline` becomes `execute_pipeline`.
pub(crate) fn snake(name: &str) -> String {
    whole(plain(name).to_snake_case(), "x")
}

/// The name as a type or variant: `executePipeline` becomes `ExecutePipeline`.
pub(crate) fn pascal(name: &str) -> String {
    whole(plain(name).to_pascal_case(), "X")
}

/// Whether Rust takes the name. Numerals that are not digits, such as `½`, cannot be in a name.
pub(crate) fn is_name(rust: &str) -> bool {
    rust.chars().all(is_xid_continue)
}

/// The generator takes apostrophes out, and has words of its own for GitHub's reactions.
fn plain(name: &str) -> String {
    match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name.replace('\'', ""),
    }
}

/// No Rust name is empty or begins with a digit.
fn whole(name: String, empty: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if first.is_numeric() => format!("_{name}"),
        Some(_) => name,
    }
}
