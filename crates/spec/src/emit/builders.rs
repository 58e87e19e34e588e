//! Builders of types, for what a request holds.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{File, ImplItem, Item, Type};

/// Takes away the builders of types that no request body holds. Nobody builds an answer, and these builders are half of
/// what the generator writes.
pub fn keep_builders_of_requests(mut file: File) -> File {
    let mut wanted = bodies(&file);
    let Some(types) = content(&mut file.items, "types") else {
        return file;
    };
    // What a body holds is named in its fields, and so on down.
    let held: Vec<_> = types
        .iter()
        .filter_map(|item| Some((defined(item)?.clone(), idents(item.to_token_stream()))))
        .collect();
    let mut before = 0;
    while before < wanted.len() {
        before = wanted.len();
        for (name, inner) in &held {
            if wanted.contains(name) {
                wanted.extend(inner.iter().cloned());
            }
        }
    }
    let is_wanted = |item: &Item| subject(item).is_none_or(|name| wanted.contains(name));
    types.retain(|item| !begins_a_builder(item) || is_wanted(item));
    if let Some(builders) = content(types, "builder") {
        builders.retain(is_wanted);
    }
    file
}

/// The types that operations take as their bodies: the builders of operations name `types::builder::X`.
fn bodies(file: &File) -> BTreeSet<Ident> {
    let idents = idents_in_order(file.to_token_stream());
    let follows = |three: &[Ident]| match three {
        [types, builder, body] if types == "types" && builder == "builder" => Some(body.clone()),
        _ => None,
    };
    idents.windows(3).filter_map(follows).collect()
}

pub(super) fn content<'i>(items: &'i mut [Item], name: &str) -> Option<&'i mut Vec<Item>> {
    items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(&mut module.content.as_mut()?.1),
        _ => None,
    })
}

fn defined(item: &Item) -> Option<&Ident> {
    match item {
        Item::Struct(found) => Some(&found.ident),
        Item::Enum(found) => Some(&found.ident),
        _ => None,
    }
}

/// The type that an item defines or implements something for.
pub(super) fn subject(item: &Item) -> Option<&Ident> {
    match item {
        Item::Impl(block) => match &*block.self_ty {
            Type::Path(path) => Some(&path.path.segments.last()?.ident),
            _ => None,
        },
        _ => defined(item),
    }
}

fn begins_a_builder(item: &Item) -> bool {
    let is_builder = |inner: &ImplItem| matches!(inner, ImplItem::Fn(function) if function.sig.ident == "builder");
    matches!(item, Item::Impl(block) if block.items.iter().any(is_builder))
}

fn idents(tokens: TokenStream) -> BTreeSet<Ident> {
    idents_in_order(tokens).into_iter().collect()
}

fn idents_in_order(tokens: TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => found.push(ident),
            TokenTree::Group(group) => found.extend(idents_in_order(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}
