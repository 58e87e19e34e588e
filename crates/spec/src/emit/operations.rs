//! What a document says about its operations, as constants: what a call does to the service, where
//! its request holds secrets, how much its answer may hold, whether that is text.
//!
//! | key | where | what it says |
//! |---|---|---|
//! | `x-effect` | an operation other than GET | see [`crate::effect`] |
//! | `x-secret` | a property of a request | `true`, or `{"when": "isSecret"}` where a sibling has to be true |
//! | `x-most-objects` | an operation | how many objects and arrays its answer may hold |

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::effect::{Effect, Effects};
use crate::keyed::Keyed;
use crate::outline::Outline;
use crate::rust_name::snake;

use super::{component, identified, rust_name};

/// How many objects and arrays an answer may hold unless its operation says otherwise: a page of a
/// hundred rich items has some thousands.
const MOST_OBJECTS: u64 = 20_000;
/// How deep schemas are followed. A request that refers to itself holds secrets at any depth; the
/// first few are what people write.
const DEEPEST: usize = 8;

/// The module `operations`: a constant for each operation of a document.
///
/// # Errors
///
/// Names the operation that says something this does not understand.
pub fn operations(document: &Value) -> Result<TokenStream, String> {
    let mut constants = Vec::new();
    let mut names = Vec::new();
    let outline = Outline::new(document);
    for one in identified(&outline) {
        let node = one.node;
        let operation = node.value;
        let fault = |what: &str| format!("{}: {what}", node.pointer);
        let id = node.text("operationId");
        let id = id.ok_or_else(|| fault("no operationId"))?;
        let name = format_ident!("{}", snake(id).to_uppercase());
        let rust = rust_name(id).to_string();
        let effects = Effects::of(node.role, operation);
        let effects = effects.map_err(|unknown| fault(&unknown.to_string()))?;
        let effect = constant(effects.otherwise);
        let by_word = match effects.by_word {
            Some((field, words)) => {
                let words = words.into_iter().map(|(word, effect)| {
                    let effect = constant(effect);
                    quote!((#word, #effect))
                });
                quote!(Some((#field, &[#(#words),*])))
            }
            None => quote!(None),
        };
        let secrets = secrets(document, operation);
        let most = operation.get("x-most-objects").and_then(Value::as_u64);
        let most = usize::try_from(most.unwrap_or(MOST_OBJECTS)).unwrap_or(usize::MAX);
        let in_text = answers_in_text(operation);
        let doc = format!("`{id}`");
        constants.push(quote! {
            #[doc = #doc]
            pub static #name: Operation = Operation {
                id: #id,
                method: #rust,
                effect: #effect,
                effect_by_word: #by_word,
                secrets: &[#(#secrets),*],
                most_objects: #most,
                answers_in_text: #in_text,
            };
        });
        names.push(name);
    }
    Ok(quote! {
        /// What the document says about its operations.
        pub mod operations {
            use crate::client::{Effect, Operation, SecretField};
            #(#constants)*

            /// All of them.
            pub static ALL: &[&Operation] = &[#(&#names),*];
        }
    })
}

fn constant(effect: Effect) -> TokenStream {
    match effect {
        Effect::Read => quote!(Effect::Read),
        Effect::Set => quote!(Effect::Set),
        Effect::Start => quote!(Effect::Start),
    }
}

/// Whether the success of an operation is text and nothing else.
fn answers_in_text(operation: &Value) -> bool {
    let answers = operation.entries("responses");
    let successes = answers.filter(|(status, _)| status.starts_with('2'));
    let mut contents = successes
        .flat_map(|(_, answer)| answer.entries("content"))
        .peekable();
    contents.peek().is_some() && contents.all(|(kind, _)| kind == "text/plain")
}

fn secrets(document: &Value, operation: &Value) -> Vec<TokenStream> {
    let content = operation.pointer("/requestBody/content/application~1json/schema");
    let mut found = Vec::new();
    if let Some(schema) = content {
        let mut path = Vec::new();
        walk(document, schema, &mut path, &mut found);
    }
    found
}

/// Every place below a schema that is marked as a secret.
fn walk<'d>(
    document: &'d Value,
    schema: &'d Value,
    path: &mut Vec<&'d str>,
    found: &mut Vec<TokenStream>,
) {
    if path.len() > DEEPEST {
        return;
    }
    let schema = match component(schema) {
        Some(name) => document
            .pointer(&format!("/components/schemas/{name}"))
            .unwrap_or(schema),
        None => schema,
    };
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(key) {
            path.push("*");
            walk(document, inner, path, found);
            path.pop();
        }
    }
    for (name, property) in schema.entries("properties") {
        path.push(name);
        if let Some(mark) = property.get("x-secret") {
            let only_if = match mark.text("when") {
                Some(flag) => quote!(Some(#flag)),
                None => quote!(None),
            };
            found.push(quote!(SecretField { path: &[#(#path),*], only_if: #only_if }));
        } else {
            walk(document, property, path, found);
        }
        path.pop();
    }
}
