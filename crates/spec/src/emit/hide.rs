//! `Debug` without secrets: types that hold one do not derive it.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, File, Ident, Item, ItemStruct, Path, Token};

use super::rust_name;
use crate::keyed::Keyed;
use crate::pointer::schemas;
use crate::rust_name::pascal;

/// Gives each type that has a property marked `x-secret`, and its builder, a `Debug` that shows
/// `[hidden]` in place of the secret.
pub fn hide_secrets(mut file: File, document: &Value) -> File {
    let marked = marked(document);
    if !marked.is_empty() {
        visit(&mut file.items, &marked);
    }
    file
}

/// Types with their secret fields, by their names in Rust.
fn marked(document: &Value) -> Vec<(String, Vec<Ident>)> {
    let with_secrets = schemas(document).map(|(name, schema)| {
        let properties = schema.entries("properties");
        let secret = properties.filter(|(_, property)| property.get("x-secret").is_some());
        let fields = secret.map(|(field, _)| rust_name(field)).collect();
        (pascal(name), fields)
    });
    with_secrets
        .filter(|(_, fields): &(String, Vec<Ident>)| !fields.is_empty())
        .collect()
}

fn visit(items: &mut Vec<Item>, marked: &[(String, Vec<Ident>)]) {
    let mut written = Vec::new();
    for item in items.iter_mut() {
        match item {
            Item::Mod(module) => {
                if let Some((_, inner)) = &mut module.content {
                    visit(inner, marked);
                }
            }
            Item::Struct(found) => {
                let fields = marked.iter().find(|(name, _)| found.ident == name);
                if let Some((_, secret)) = fields
                    && without_debug(found)
                {
                    written.push(debug(found, secret));
                }
            }
            _ => {}
        }
    }
    let parsed = written
        .into_iter()
        .filter_map(|text| syn::parse2(text).ok());
    items.extend(parsed);
}

/// Takes `Debug` out of what the type derives; `false` where it was not there.
fn without_debug(found: &mut ItemStruct) -> bool {
    let mut was_there = false;
    for attribute in &mut found.attrs {
        let Some(derived) = derives(attribute) else {
            continue;
        };
        let is_debug = |path: &Path| {
            path.segments
                .last()
                .is_some_and(|last| last.ident == "Debug")
        };
        let kept: Vec<&Path> = derived.iter().filter(|path| !is_debug(path)).collect();
        if kept.len() < derived.len() {
            was_there = true;
            *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    was_there
}

fn derives(attribute: &Attribute) -> Option<Punctuated<Path, Token![,]>> {
    let list = attribute.meta.require_list().ok()?;
    let parser = Punctuated::<Path, Token![,]>::parse_terminated;
    list.path
        .is_ident("derive")
        .then(|| parser.parse2(list.tokens.clone()).ok())?
}

fn debug(found: &ItemStruct, secret: &[Ident]) -> TokenStream {
    let name = &found.ident;
    let text = name.to_string();
    let fields = found.fields.iter().filter_map(|field| field.ident.as_ref());
    let shown = fields.map(|field| {
        let label = field.to_string();
        match secret.contains(field) {
            true => quote!(.field(#label, &"[hidden]")),
            false => quote!(.field(#label, &self.#field)),
        }
    });
    quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#text)#(#shown)*.finish()
            }
        }
    }
}
