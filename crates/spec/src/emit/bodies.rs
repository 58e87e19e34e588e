//! The bodies of operations.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::{Expr, ImplItem, ImplItemFn, Item, ItemImpl, Stmt, Type, TypeParamBound, WherePredicate};

use super::builders::subject;
use super::shape::{Expected, argument, function, text};

/// Lets operations take their bodies by reference, as the types that the document names: a body is
/// written when its operation is sent, and needs no copy and no builder until then.
///
/// # Errors
///
/// Names the operation, and what was expected in its code.
pub(super) fn lend(operations: &mut [Item]) -> Result<(), String> {
    let mut lent = BTreeMap::new();
    for item in operations.iter_mut() {
        if let Item::Impl(operation) = item
            && function(operation, "body").is_ok()
        {
            let name = text(&operation.self_ty);
            let body =
                take(operation).map_err(|expected| format!("{name}: expected {expected}"))?;
            lent.extend(subject(item).cloned().zip(Some(body)));
        }
    }
    for item in operations {
        if let Item::Struct(operation) = item
            && let Some(body) = lent.get(&operation.ident)
        {
            let mut fields = operation.fields.iter_mut();
            let held = fields.find(|field| field.ident.as_ref().is_some_and(is_body));
            held.into_iter()
                .for_each(|held| held.ty = syn::parse_quote!(Option<&'a #body>));
        }
    }
    Ok(())
}

/// What a local `body` is set to.
pub(super) fn given() -> Expr {
    syn::parse_quote!(body.ok_or_else(|| Error::InvalidRequest("the body is missing".to_owned()))?)
}

/// The type of the body, which is a reference from now on.
fn take(operation: &mut ItemImpl) -> Expected<Type> {
    let setter = function(operation, "body")?;
    let body = converted(setter).ok_or("`body` to take `V: TryInto<…>`")?;
    *setter = syn::parse_quote! {
        pub fn body(mut self, body: &'a #body) -> Self {
            self.body = Some(body);
            self
        }
    };
    let is_map = |item: &ImplItem| matches!(item, ImplItem::Fn(map) if map.sig.ident == "body_map");
    operation.items.retain(|item| !is_map(item));
    let new = function(operation, "new")?;
    if let Some(Stmt::Expr(Expr::Struct(new), None)) = new.block.stmts.last_mut() {
        let mut fields = new.fields.iter_mut();
        let unset =
            fields.find(|field| matches!(&field.member, syn::Member::Named(name) if is_body(name)));
        unset
            .into_iter()
            .for_each(|unset| unset.expr = syn::parse_quote!(None));
    }
    Ok(body)
}

fn is_body(name: &Ident) -> bool {
    name == "body"
}

/// The `T` of `V: TryInto<T>`.
fn converted(setter: &ImplItemFn) -> Option<Type> {
    let bounds = setter.sig.generics.where_clause.as_ref()?;
    let WherePredicate::Type(bound) = bounds.predicates.first()? else {
        return None;
    };
    let TypeParamBound::Trait(into) = bound.bounds.first()? else {
        return None;
    };
    argument(&into.path).cloned()
}
