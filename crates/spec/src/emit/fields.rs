//! The fields of generated types, found by their names in the document.

use serde_json::Value;
use syn::{Field, File, Item};

use super::{component, rust_name};
use crate::keyed::Keyed;
use crate::lower::Renamed;
use crate::pointer::schemas;
use crate::rust_name::pascal;

/// Puts the names of the wire back where `x-rust-name` gave a field another.
///
/// # Errors
///
/// Names the field that no generated type has.
pub fn restore_wire_names(mut file: File, renamed: &[Renamed]) -> Result<File, String> {
    for one in renamed {
        let Some(field) = field(&mut file.items, &one.schema, &one.field) else {
            return Err(format!(
                "no generated type has the field {}.{}: `x-rust-name` belongs to a property of a \
                 component that an answer or a request uses",
                one.schema, one.field
            ));
        };
        let wire = &one.wire;
        field
            .attrs
            .push(syn::parse_quote!(#[serde(rename = #wire)]));
    }
    Ok(file)
}

/// Documents the fields whose schema is a reference: the generator sees the reference and not the
/// description beside it.
pub fn describe_references(mut file: File, document: &Value) -> File {
    for (schema, value) in schemas(document) {
        for (wire, property) in value.entries("properties") {
            let text = property.text("description");
            let (Some(text), Some(_)) = (text, component(property)) else {
                continue;
            };
            let chosen = property.text("x-rust-name");
            let Some(field) = field(&mut file.items, schema, chosen.unwrap_or(wire)) else {
                continue;
            };
            if !field.attrs.iter().any(|one| one.path().is_ident("doc")) {
                field.attrs.insert(0, syn::parse_quote!(#[doc = #text]));
            }
        }
    }
    file
}

/// The field of the type that is made of a component.
fn field<'f>(items: &'f mut [Item], schema: &str, name: &str) -> Option<&'f mut Field> {
    items.iter_mut().find_map(|item| match item {
        // The builder of a type has the same name and is not what is on the wire.
        Item::Mod(module) if module.ident != "builder" => {
            let (_, inner) = module.content.as_mut()?;
            field(inner, schema, name)
        }
        Item::Struct(found) if found.ident == pascal(schema) => {
            let name = rust_name(name);
            let mut fields = found.fields.iter_mut();
            fields.find(|field| field.ident.as_ref() == Some(&name))
        }
        _ => None,
    })
}
