//! Code that complements a generated client: the open enums, and the module through which contract
//! tests reach every operation and type of the client by its name in the document.
//!
//! The crate that includes the code defines what it calls: the macro `open_enum!` for the first, the
//! module `contract` (`Arguments`, `decoded`, `field_as_text`, `json`, `recoded`, `text`) for the
//! second; `client` (`Effect`, `Operation`, `SecretField`) for the table of operations.

mod bodies;
mod builders;
mod fields;
mod hide;
mod operations;
mod paths;
mod requests;
mod shape;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::lower::StringEnum;
use crate::keyed::Keyed;
use crate::outline::{Node, Operation, Outline};
use crate::pointer::schemas;
use crate::rust_name::{pascal, snake};
use crate::template;

pub use builders::keep_builders_of_requests;
pub use fields::{describe_references, restore_wire_names};
pub use hide::hide_secrets;
pub use operations::operations;
pub use paths::leave_path_values_out;
pub use requests::lean_requests;

/// Words that a vendor may add to: one call of `open_enum!`, which the library defines, for each.
pub fn open_enums(enums: &[StringEnum]) -> TokenStream {
    let calls = enums.iter().map(open_enum);
    quote! {
        /// Words that a vendor may extend: each enum keeps unknown words.
        pub mod open { #(#calls)* }
    }
}

fn open_enum(open: &StringEnum) -> TokenStream {
    let name = format_ident!("{}", open.name);
    let description = &open.description;
    let words = &open.words;
    let variants = words.iter().map(|word| match pascal(word) {
        // `Unknown` holds the words that no document knows; some vendors have such a word.
        name if name == "Unknown" => format_ident!("VendorUnknown"),
        name => format_ident!("{name}"),
    });
    quote! {
        crate::open_enum! {
            #[doc = #description]
            pub enum #name { #(#variants = #words,)* }
        }
    }
}

/// The module `contract`: each operation is called, and each type is recoded, by its name in the
/// document. No line of it is written by hand, so that no operation can be forgotten.
///
/// `full` is the document as it is written, `lowered` what the generator got.
///
/// # Errors
///
/// Names the operation that has something this does not know how to set.
pub fn contract(
    full: &Value,
    lowered: &Value,
    enums: &[StringEnum],
) -> Result<TokenStream, String> {
    let outline = Outline::new(lowered);
    let mut operations = Vec::new();
    for operation in identified(&outline) {
        let emitted = Emitter { full, enums }.operation(&operation);
        let fault = |fault| format!("{}: {fault}", operation.node.pointer);
        operations.push(emitted.map_err(fault)?);
    }
    let ids = operations.iter().map(|operation| &operation.id);
    let ids_again = ids.clone();
    let functions = operations.iter().map(|operation| &operation.name);
    let bodies = operations.iter().map(|operation| &operation.function);
    let path_names = operations.iter().map(|one| &one.path_parameters);
    let names: Vec<&String> = schemas(lowered).map(|(name, _)| name).collect();
    let types = names.iter().map(|name| component_type(name, enums));
    let types: Vec<TokenStream> = types.collect();
    Ok(quote! {
        /// Operations and types by their names in the document, for contract tests.
        #[cfg(feature = "contract")]
        pub mod contract {
            use super::{Client, open, types};
            use crate::contract::{Arguments, json, recoded, text};
            use serde_json::Value;

            /// Every operation, with the names of its path parameters.
            pub const OPERATIONS: &[(&str, &[&str])] = &[#((#ids, &[#(#path_names),*]),)*];

            /// Calls an operation; `None` when there is none of this name.
            pub async fn call(
                client: &Client,
                operation_id: &str,
                given: &Arguments<'_>,
            ) -> Option<crate::Result<Value>> {
                match operation_id {
                    #(#ids_again => Some(#functions(client, given).await),)*
                    _ => None,
                }
            }

            #(#bodies)*

            /// Decodes a value into the type of a component and encodes it again; `None` when no
            /// type is made of the component.
            pub fn recode(component: &str, value: Value) -> Option<serde_json::Result<Value>> {
                match component {
                    #(#names => Some(recoded::<#types>(value)),)*
                    _ => None,
                }
            }

            /// What each type says about itself.
            #[cfg(feature = "schemars")]
            pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                vec![#((#names, schemars::schema_for!(#types)),)*]
            }
        }
    })
}

/// One operation as it is emitted.
struct Emitted {
    id: String,
    name: Ident,
    path_parameters: Vec<String>,
    function: TokenStream,
}

struct Emitter<'d> {
    full: &'d Value,
    enums: &'d [StringEnum],
}

impl Emitter<'_> {
    fn operation(&self, operation: &Operation<'_, '_>) -> Result<Emitted, String> {
        let node = operation.node;
        let id = node.text("operationId").ok_or("no operationId")?;
        let name = rust_name(id);
        let names = template::names(&operation.path);
        let path_parameters = names.map(str::to_owned).collect();
        let mut setters = Vec::new();
        let parameters = operation.parameters.iter();
        for parameter in parameters.filter(|one| one.place() != "path") {
            let wire = parameter.name();
            let setter = rust_name(wire);
            let schema = parameter.value.get("schema").unwrap_or(&Value::Null);
            let kind = self.argument_type(wire, schema)?;
            setters.push(quote! {
                if let Some(value) = given.parameter::<#kind>(#wire)? {
                    call = call.#setter(value);
                }
            });
        }
        setters.extend(self.body(node)?);
        let content = node.value.pointer("/responses/2XX/content");
        let types = content.and_then(Value::as_object);
        let answer = match types {
            Some(types) if types.contains_key("application/json") => quote!(json(answer)),
            Some(_) => quote!(Ok(text(&answer))),
            None => quote!(Ok(Value::Null)),
        };
        let function = quote! {
            async fn #name(
                client: &Client,
                given: &Arguments<'_>,
            ) -> crate::Result<Value> {
                let mut call = client.#name();
                #(#setters)*
                let answer = call.send().await?;
                #answer
            }
        };
        Ok(Emitted {
            id: id.to_owned(),
            name,
            path_parameters,
            function,
        })
    }

    fn argument_type(&self, name: &str, schema: &Value) -> Result<TokenStream, String> {
        if let Some(component) = component(schema) {
            return Ok(component_type(component, self.enums));
        }
        let format = schema.text("format");
        match schema.text("type") {
            Some("integer") if format == Some("int32") => Ok(quote!(i32)),
            Some("integer") => Ok(quote!(i64)),
            Some("number") => Ok(quote!(f64)),
            Some("boolean") => Ok(quote!(bool)),
            Some("string") if schema.get("enum").is_none() => Ok(quote!(String)),
            _ => Err(format!(
                "the type of {name} has no setter in contract tests: give it a component"
            )),
        }
    }

    /// The setter of the body, if the operation has one.
    fn body(&self, node: &Node<'_>) -> Result<Option<TokenStream>, String> {
        let content = node.value.pointer("/requestBody/content");
        let content = content.and_then(Value::as_object);
        let Some((kind, media)) = content.and_then(|content| content.iter().next()) else {
            return Ok(None);
        };
        let schema = media
            .get("schema")
            .and_then(component)
            .ok_or("the body's schema is no component")?;
        let whole = component_type(schema, self.enums);
        let fields = self.json_fields(node, kind);
        let mut recodings = Vec::new();
        for (field, component) in &fields {
            let inner = component_type(component, self.enums);
            recodings.push(quote!(crate::contract::field_as_text::<#inner>(&mut body, #field)?;));
        }
        Ok(Some(quote! {
            let whole;
            if let Some(mut body) = given.body() {
                #(#recodings)*
                whole = crate::contract::decoded::<#whole>("the body", body)?;
                call = call.body(&whole);
            }
        }))
    }

    /// The form fields that hold JSON text, with the component that the text is made of. The
    /// lowered document says of both only that they are text.
    fn json_fields(&self, node: &Node<'_>, kind: &str) -> Vec<(String, String)> {
        let content = format!("{}/requestBody/content", node.pointer);
        let content = self.full.pointer(&content);
        let Some(media) = content.and_then(|content| content.get(kind)) else {
            return Vec::new();
        };
        let form = media.get("schema").and_then(component);
        let form = form.and_then(|form| {
            self.full
                .pointer(&format!("/components/schemas/{form}/properties"))
        });
        let made_of = |field: &String| form?.get(field).and_then(component).map(str::to_owned);
        let json = |rules: &Value| rules.text("contentType") == Some("application/json");
        let rules = media.entries("encoding");
        let fields = rules.filter(|(_, rules)| json(rules));
        fields
            .filter_map(|(field, _)| Some((field.clone(), made_of(field)?)))
            .collect()
    }
}

/// The operations that have an `operationId`.
fn identified<'o, 'd>(outline: &'o Outline<'d>) -> impl Iterator<Item = Operation<'o, 'd>> {
    let operations = outline.operations().into_iter();
    operations.filter(|one| one.node.has("operationId"))
}

/// The component that a schema is, directly or as the only part of an `allOf`.
fn component(schema: &Value) -> Option<&str> {
    let direct = schema
        .get("$ref")
        .or_else(|| schema.pointer("/allOf/0/$ref"))?
        .as_str()?;
    direct.strip_prefix("#/components/schemas/")
}

fn component_type(name: &str, enums: &[StringEnum]) -> TokenStream {
    if let Some(open) = enums.iter().find(|open| open.name == name) {
        let name = format_ident!("{}", open.name);
        return quote!(open::#name);
    }
    let name = format_ident!("{}", pascal(name));
    quote!(types::#name)
}

/// A method's name, as the generator makes it of an operation's or a parameter's.
fn rust_name(name: &str) -> Ident {
    let plain = snake(name);
    match syn::parse_str::<Ident>(&plain) {
        Ok(ident) => ident,
        Err(_) => format_ident!("{plain}_"),
    }
}
