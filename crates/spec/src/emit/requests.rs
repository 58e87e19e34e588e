//! How operations build their requests.

use quote::format_ident;
use syn::punctuated::Punctuated;
use syn::{
    Block, Expr, ExprMethodCall, File, ImplItemFn, Item, Lit, Pat, ReturnType, Stmt, Token, Type,
};

use super::bodies;
use super::builders::content;
use super::shape::{Expected, argument, function, text};

/// Lets the operations do less: no text for each parameter that might be left out, no header with the
/// document's version, which no vendor wants, no copy of a body or a request, no future that holds what the
/// request was made of, no response put together for an answer that has been read already, and no
/// error that is not the crate's own.
///
/// The paths hold no values (`leave_path_values_out`). The `Client` is the crate's too, so that
/// nothing is sent past it. Its `call` has to have `address`, which puts the values into a path
/// that begins with the client's `prefix`; both come in pieces, of which every second is the name of
/// a value. It also has to have what sends a request: `answer`, which decodes the
/// answer, and `body`, which gives it as it came. The crate has to have `Result`, which an operation
/// ends in, and `client::Outgoing`, which a request is built of.
///
/// # Errors
///
/// Names the operation, and what was expected in its code: another generator writes another.
pub fn lean_requests(mut file: File) -> Result<File, String> {
    let operations = content(&mut file.items, "builder").ok_or("expected the module `builder`")?;
    for item in operations.iter_mut() {
        if let Item::Impl(operation) = item {
            let name = text(&operation.self_ty);
            let failed = |expected| format!("{name}: expected {expected}");
            let new = function(operation, "new").and_then(|new| unset(&mut new.block));
            let send = function(operation, "send").and_then(lean);
            new.and(send).map_err(failed)?;
        }
    }
    bodies::lend(operations)?;
    file.items.retain_mut(|item| match item {
        Item::Struct(client) => client.ident != "Client",
        Item::Impl(client) => client.trait_.is_none() && function(client, "new").is_err(),
        Item::Const(hooks) => hooks.ident != "_",
        _ => true,
    });
    Ok(file)
}

/// A parameter that was not given has no text.
fn unset(block: &mut Block) -> Expected<()> {
    let Some(Stmt::Expr(Expr::Struct(new), None)) = block.stmts.last_mut() else {
        return Err("`new` to end in `Self { … }`");
    };
    for field in &mut new.fields {
        match &field.expr {
            Expr::Call(call) if is_path(&call.func, "Err") => {
                field.expr = syn::parse_quote!(Err(String::new()))
            }
            Expr::Call(call) if is_path(&call.func, "Ok") => {}
            client if is_path(client, "client") => {}
            _ => return Err("each field of `new` to be `client`, `Ok(…)` or `Err(…)`"),
        }
    }
    Ok(())
}

fn lean(send: &mut ImplItemFn) -> Expected<()> {
    let block = &mut send.block;
    let appends = |stmt: &Stmt| match stmt {
        Stmt::Expr(Expr::MethodCall(call), _) => is_path(&call.receiver, "header_map"),
        _ => false,
    };
    // Those that follow it are parameters.
    let first = block.stmts.iter().position(appends);
    let version = first.map(|first| block.stmts.remove(first));
    if !version.is_some_and(|version| text(&version).contains("\"api-version\"")) {
        return Err("`api-version` to be the first header");
    }
    if block.stmts.iter().any(appends) {
        return Err("no parameter in a header, which `Outgoing` does not have");
    }
    block.stmts.retain(|stmt| !is_local(stmt, "header_map"));
    if let Some(body) = local(block, "body") {
        *body = bodies::given();
    }
    let url = local(block, "url").ok_or("the local `url`")?;
    *url = address(url).ok_or("`url` to be `format!(\"{}/…\", client.baseurl)`")?;
    let request = local(block, "request").ok_or("the local `request`")?;
    without_headers(request)?;
    if text(request).contains("header") {
        return Err("`request` to be given `headers(header_map)`");
    }
    answer_at_once(send)
}

/// All that is done at first is to build the request.
fn answer_at_once(send: &mut ImplItemFn) -> Expected<()> {
    let block = &mut send.block;
    let Some(Stmt::Expr(Expr::Match(answer), None)) = block.stmts.last() else {
        return Err("`send` to end in `match`");
    };
    let any = |what: &str| answer.arms.iter().any(|arm| text(&arm.body).contains(what));
    let (read, answer): (_, Type) = match &send.sig.output {
        _ if any("ResponseValue :: stream") || any("ResponseValue :: empty") => {
            (format_ident!("body"), syn::parse_quote!(::bytes::Bytes))
        }
        ReturnType::Type(_, result) if any("ResponseValue :: from_response") => {
            let decoded = argument_of(result).and_then(argument_of);
            let decoded = decoded.ok_or("`send` to return `Result<ResponseValue<…>, …>`")?;
            (format_ident!("answer"), decoded.clone())
        }
        _ => return Err("`ResponseValue::from_response` in the last `match`"),
    };
    let info = local(block, "info").ok_or("the local `info`")?;
    let Expr::Struct(info) = info else {
        return Err("`info` to be `OperationInfo { … }`");
    };
    let id = info.fields.first().map(|field| field.expr.clone());
    let request = local(block, "request").ok_or("the local `request`")?;
    if !build_outgoing(request) {
        return Err("`request` to be built of `client.client`");
    }
    let whole = block.stmts.iter().position(|stmt| is_local(stmt, "info"));
    block.stmts.truncate(whole.unwrap_or_default());
    let build = &block.stmts;
    let sent = syn::parse_quote!({
        let client = self.client;
        let build = move || -> Result<crate::client::Outgoing, Error<()>> {
            #(#build)*
            Ok(request)
        };
        client.call.#read(build(), #id)
    });
    *block = sent;
    send.sig.output =
        syn::parse_quote!(-> impl Future<Output = crate::Result<#answer>> + Send + 'a);
    send.sig.asyncness = None;
    Ok(())
}

fn argument_of(generic: &Type) -> Option<&Type> {
    match generic {
        Type::Path(generic) => argument(&generic.path),
        _ => None,
    }
}

/// Of `client.client.get(url)`, which everything else is called on.
fn build_outgoing(expr: &mut Expr) -> bool {
    match expr {
        Expr::Try(tried) => build_outgoing(&mut tried.expr),
        Expr::MethodCall(call) if text(&call.receiver) == "client . client" => {
            let method = format_ident!("{}", call.method.to_string().to_uppercase());
            let url = call.args.first();
            *expr =
                syn::parse_quote!(crate::client::Outgoing::new(::reqwest::Method::#method, #url));
            true
        }
        Expr::MethodCall(call) => build_outgoing(&mut call.receiver),
        _ => false,
    }
}

/// Of `format!("{}/a/<b>", client.baseurl)`.
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
    let (path, _base) = (text.value(), arguments.next()?);
    let path = path.strip_prefix("{}")?;
    let whole = arguments.next().is_none() && !path.contains(['{', '}']);
    let pieces = path.split(['<', '>']);
    whole.then(|| syn::parse_quote!(client.call.address(client.prefix, &[#(#pieces),*])))
}

/// The one header that operations have says that they want JSON.
fn without_headers(expr: &mut Expr) -> Expected<()> {
    match expr {
        Expr::Try(tried) => without_headers(&mut tried.expr),
        Expr::MethodCall(call) => {
            without_headers(&mut call.receiver)?;
            let receiver = &call.receiver;
            match call.method.to_string().as_str() {
                "headers" => *expr = (**receiver).clone(),
                "header" if wants_json(call) => {
                    *expr = syn::parse_quote!(#receiver.accepting_json());
                }
                "header" => return Err("no header but `ACCEPT`, with `application/json`"),
                _ => {}
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn wants_json(header: &ExprMethodCall) -> bool {
    let arguments = text(&header.args);
    arguments.contains("ACCEPT") && arguments.contains("\"application/json\"")
}

/// What a local is set to.
fn local<'b>(block: &'b mut Block, name: &str) -> Option<&'b mut Expr> {
    let mut stmts = block.stmts.iter_mut();
    match stmts.find(|stmt| is_local(stmt, name))? {
        Stmt::Local(local) => Some(&mut local.init.as_mut()?.expr),
        _ => None,
    }
}

fn is_local(stmt: &Stmt, name: &str) -> bool {
    matches!(stmt, Stmt::Local(local) if matches!(&local.pat, Pat::Ident(pattern) if pattern.ident == name))
}

fn is_path(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Path(found) if found.path.is_ident(name))
}
