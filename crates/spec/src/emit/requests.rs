//! How operations build their requests.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Block, Expr, File, ImplItem, Item, Lit, Pat, Stmt, Token};

use super::builders::content;

/// Lets the operations do less: no text for each parameter that might be left out, no header with the
/// document's version, which no vendor wants, no text between a value and its place in the path, and
/// no response put together for an answer that has been read already.
///
/// The client's inner value has to have `address`, which reads a path beneath the base URL, and
/// `answer`, which sends a request and decodes the answer; the crate has to have `client::Segment`,
/// which writes a value percent-encoded.
pub fn lean_requests(mut file: File) -> File {
    for item in content(&mut file.items, "builder").into_iter().flatten() {
        let Item::Impl(operation) = item else {
            continue;
        };
        for item in &mut operation.items {
            match item {
                ImplItem::Fn(new) if new.sig.ident == "new" => unset(&mut new.block),
                ImplItem::Fn(send) if send.sig.ident == "send" => lean(&mut send.block),
                _ => {}
            }
        }
    }
    file
}

/// What was not given is told by no text.
fn unset(block: &mut Block) {
    if let Some(Stmt::Expr(Expr::Struct(new), None)) = block.stmts.last_mut() {
        for field in &mut new.fields {
            if matches!(&field.expr, Expr::Call(call) if is_path(&call.func, "Err")) {
                field.expr = syn::parse_quote!(Err(String::new()));
            }
        }
    }
}

fn lean(block: &mut Block) {
    let appends = |stmt: &Stmt| match stmt {
        Stmt::Expr(Expr::MethodCall(call), _) => is_path(&call.receiver, "header_map"),
        _ => false,
    };
    // The first is the version. Those that follow it are parameters.
    if let Some(version) = block.stmts.iter().position(appends) {
        block.stmts.remove(version);
    }
    let no_headers = !block.stmts.iter().any(appends);
    if no_headers {
        let makes = |stmt: &Stmt| local(stmt).is_some_and(|name| name == "header_map");
        block.stmts.retain(|stmt| !makes(stmt));
    }
    decode_at_once(block);
    for stmt in &mut block.stmts {
        let name = local(stmt).cloned();
        let Stmt::Local(syn::Local {
            init: Some(init), ..
        }) = stmt
        else {
            continue;
        };
        match name {
            Some(name) if name == "url" => {
                if let Some(address) = address(&init.expr) {
                    *init.expr = address;
                }
            }
            Some(name) if name == "request" && no_headers => without_headers(&mut init.expr),
            _ => {}
        }
    }
}

/// Everything after the request is whole, where the answer is decoded.
fn decode_at_once(block: &mut Block) {
    let Some(Stmt::Expr(Expr::Match(answer), None)) = block.stmts.last() else {
        return;
    };
    let decodes = |arm: &syn::Arm| text(&arm.body).contains("from_response");
    let sends = |stmt: &Stmt| text(stmt).starts_with("client . pre");
    if answer.arms.iter().any(decodes)
        && let Some(hooks) = block.stmts.iter().position(sends)
    {
        block.stmts.truncate(hooks);
        let send = syn::parse_quote!(client.inner.answer(request, &info).await);
        block.stmts.push(Stmt::Expr(send, None));
    }
}

/// Of `format!("{}/a/{}", client.baseurl, encode_path(&value.to_string()))`.
fn address(format: &Expr) -> Option<Expr> {
    let Expr::Macro(format) = format else {
        return None;
    };
    let list = Punctuated::<Expr, Token![,]>::parse_terminated;
    let arguments = format.mac.parse_body_with(list).ok()?;
    let mut arguments = arguments.iter();
    let Expr::Lit(syn::ExprLit {
        lit: Lit::Str(text),
        ..
    }) = arguments.next()?
    else {
        return None;
    };
    let (path, base) = (text.value(), arguments.next()?);
    let path = path.strip_prefix("{}")?;
    let values: Option<Vec<&Expr>> = arguments.map(value).collect();
    let values = values?;
    Some(syn::parse_quote! {
        client.inner.address(&#base, format_args!(#path, #(crate::client::Segment(&#values)),*))
    })
}

fn value(encoded: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = encoded else {
        return None;
    };
    let Expr::Reference(text) = call.args.first()? else {
        return None;
    };
    match &*text.expr {
        Expr::MethodCall(to_string) => Some(&to_string.receiver),
        _ => None,
    }
}

fn without_headers(expr: &mut Expr) {
    match expr {
        Expr::Try(tried) => without_headers(&mut tried.expr),
        Expr::MethodCall(call) if call.method == "headers" => *expr = (*call.receiver).clone(),
        Expr::MethodCall(call) => without_headers(&mut call.receiver),
        _ => {}
    }
}

fn text(code: &impl ToTokens) -> String {
    code.to_token_stream().to_string()
}

fn local(stmt: &Stmt) -> Option<&syn::Ident> {
    match stmt {
        Stmt::Local(local) => match &local.pat {
            Pat::Ident(name) => Some(&name.ident),
            _ => None,
        },
        _ => None,
    }
}

fn is_path(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Path(found) if found.path.is_ident(name))
}
