//! What is looked for in the code that the generator writes.

use quote::ToTokens;
use syn::{GenericArgument, ImplItem, ImplItemFn, ItemImpl, Path, PathArguments, Type};

/// What was expected and is not there.
pub(super) type Expected<T> = Result<T, &'static str>;

pub(super) fn function<'o>(
    operation: &'o mut ItemImpl,
    name: &str,
) -> Expected<&'o mut ImplItemFn> {
    let mut functions = operation.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    });
    let found = functions.find(|function| function.sig.ident == name);
    found.ok_or("the functions `new` and `send`")
}

/// The `T` of `Result<T, …>`.
pub(super) fn argument(generic: &Path) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &generic.segments.last()?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    }
}

pub(super) fn text(code: &impl ToTokens) -> String {
    code.to_token_stream().to_string()
}
