//! `start --dry-run`: the request that a start would send, without a start.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ArgMatches;
use runpipe::{Rehearsal, Service};
use schemars::JsonSchema;
use serde::Serialize;

use crate::context::Context;
use crate::flags::fields::{self, Field};
use crate::flags::veil::Veil;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};
use crate::vendor::Signature;
use crate::vendor::any::AnyVendor;
use crate::vendor::prepared::Start;

/// The result as JSON. A secret is the name of the variable that holds it.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "DryRun")]
pub struct DryRun {
    /// azure-devops, matillion, aliyun, buddy, yunxiao
    #[schemars(with = "String")]
    service: Service,
    /// The method of the request.
    method: String,
    /// The address of the request.
    url: String,
    /// The headers of the request.
    headers: BTreeMap<String, String>,
    /// The body of the request.
    body: String,
    /// The request as a command of a POSIX shell, which starts the run.
    curl: String,
    /// What is signed, where the service takes signatures.
    canonical_request: Option<String>,
    /// The flags that were given, and what each became.
    fields: Vec<Field>,
    /// What the service would ignore or refuse, and what else to know, in sentences.
    warnings: Vec<String>,
}

/// Prints the request: the command on stdout, the rest on stderr.
pub async fn show(
    context: &Context,
    vendor: &dyn AnyVendor,
    flags: &ArgMatches,
    start: &dyn Start,
) -> Result<u8, Failure> {
    let rehearsal = start.rehearse().await?;
    let mut warnings = start.warnings().await;
    let veil = veil(start, vendor, flags, &rehearsal, &mut warnings)?;
    let signature = start.signature(&rehearsal);
    let request = rehearsal.request();
    let body = String::from_utf8_lossy(request.body());
    let mut headers = BTreeMap::new();
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.insert(
            name.to_string(),
            shown_header(&veil, &value, signature.as_ref()),
        );
    }
    let told = DryRun {
        service: vendor.service(),
        method: request.method().to_string(),
        url: veil.shown(&request.uri().to_string()),
        headers,
        curl: curl(&rehearsal, &veil, signature.as_ref()),
        body: veil.shown(&body),
        canonical_request: signature.map(|signature| veil.shown(&signature.canonical)),
        fields: fields::given(flags, vendor.fields(), &start.request(), &veil),
        warnings,
    };
    context.say(&told.for_people());
    context.output.result(&told, || told.curl.clone() + "\n")?;
    Ok(DONE)
}

impl DryRun {
    fn for_people(&self) -> String {
        let mut text =
            "Nothing was started. What names the pipeline may have been read, and a token \
                        asked for.\n"
                .to_owned();
        let width = |of: fn(&Field) -> &str| {
            let lengths = self.fields.iter().map(|field| of(field).chars().count());
            lengths.max().unwrap_or_default()
        };
        let (flags, places) = (width(|field| &field.flag), width(|field| &field.field));
        for Field { flag, field, value } in &self.fields {
            let (field, value) = (one_line(field), one_line(value));
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {flag:<flags$}  {field:<places$}  {value}");
        }
        if let Some(canonical) = &self.canonical_request {
            text.push_str("The canonical request, signed for 15 minutes from now:\n");
            for line in canonical.lines() {
                let _ = writeln!(text, "  {}", one_line(line));
            }
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "warning: {}", one_line(warning));
        }
        text.trim_end().to_owned()
    }
}

/// Every secret of the request, by the variable that holds it. One that no variable holds gets a name.
fn veil(
    start: &dyn Start,
    vendor: &dyn AnyVendor,
    flags: &ArgMatches,
    rehearsal: &Rehearsal,
    warnings: &mut Vec<String>,
) -> Result<Veil, Failure> {
    let mut veil = Veil::default();
    let named = vendor.secret_flags().iter();
    let named = named.flat_map(|id| fields::texts(flags, id));
    let named = named.filter_map(|text| Some(text.split_once('=')?.1.to_owned()));
    let proof = vendor.proof();
    let known = proof.ways.iter().copied().flatten().chain(proof.also);
    for name in named.chain(known.map(|name| (*name).to_owned())) {
        if let Some(secret) = start.environment().text(&name)? {
            veil.hide(&name, &secret);
        }
    }
    let headers = rehearsal.request().headers();
    let credential = headers
        .get("authorization")
        .or_else(|| headers.get("x-yunxiao-token"));
    let credential = credential
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let user = basic(credential);
    let password = user
        .as_deref()
        .and_then(|user| Some(user.split_once(':')?.1));
    let token = password.or(credential.strip_prefix("Bearer "));
    if let Some(token) = token.filter(|token| veil.name_of(token).is_none()) {
        veil.hide("ACCESS_TOKEN", token);
        let proof = proof.variables();
        warnings.push(format!(
            "ACCESS_TOKEN stands for the token that is given for {proof}."
        ));
    }
    let body_secrets = rehearsal.body_secrets().iter();
    let unnamed = body_secrets.filter(|secret| veil.name_of(secret.trim()).is_none());
    let unnamed: Vec<&String> = unnamed.collect();
    for (secret, number) in unnamed.into_iter().zip(1..) {
        let name = format!("SECRET_{number}");
        veil.hide(&name, secret);
        warnings.push(format!(
            "{name} stands for a secret that is in the body which you gave."
        ));
    }
    Ok(veil)
}

fn shown_header(veil: &Veil, value: &str, signature: Option<&Signature>) -> String {
    match (signature, basic(value)) {
        (Some(signature), _) if value.starts_with(&signature.header) => {
            format!("{}$SIGNATURE", veil.shown(&signature.header))
        }
        (_, Some(user)) => format!("Basic $(printf %s \"{}\" | base64)", veil.shown(&user)),
        _ => veil.shown(value),
    }
}

/// User and password of an `Authorization` header.
fn basic(value: &str) -> Option<String> {
    let user = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    String::from_utf8(user).ok()
}

/// The request as a command of a POSIX shell.
fn curl(rehearsal: &Rehearsal, veil: &Veil, signature: Option<&Signature>) -> String {
    let request = rehearsal.request();
    let address = veil.word(&request.uri().to_string());
    let mut lines = vec![format!(
        "curl --globoff --request {} {address}",
        request.method()
    )];
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        lines.push(match (signature, basic(&value)) {
            (Some(signature), _) if value.starts_with(&signature.header) => {
                let before = veil.word(&format!("{name}: {}", signature.header));
                let (text, secret) = (&signature.string_to_sign, signature.secret);
                let text = veil.word(&text.replace('\n', "\\n"));
                format!(
                    r#"--header {before}"$(printf {text} | openssl dgst -sha256 -hmac "${secret}" | sed 's/.* //')""#
                )
            }
            (_, Some(user)) => format!("--user {}", veil.word(&user)),
            _ => format!("--header {}", veil.word(&format!("{name}: {value}"))),
        });
    }
    if !request.body().is_empty() {
        let body = String::from_utf8_lossy(request.body());
        lines.push(format!("--data-raw {}", veil.word(&body)));
    }
    lines.join(" \\\n  ")
}
