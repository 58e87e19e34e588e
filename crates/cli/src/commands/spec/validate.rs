//! `runpipe spec validate`: checks a message against a document.

use std::path::PathBuf;

use clap::Args;
use runpipe_spec::document::Document;
use runpipe_spec::route::NoRoute;
use runpipe_spec::schema::Strictness;
use runpipe_spec::validate::{RequestParts, Violation};
use serde::Serialize;

use super::document::{self, FINDINGS, is_stdin};
use super::message::{Request, Response};
use crate::context::Context;
use crate::flags::body::read_file;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};

const FORMS: &str = "A message is JSON or plain HTTP text. JSON of a request: method, path, query, \
headers, body; of a response: operation_id, status, headers, body. `query` and `headers` are objects; \
a `body` that is a text is sent as it is, anything else as JSON. A path may begin with that of a server, \
and may be a whole address.";

/// The arguments of `spec validate`.
#[derive(Args, Debug)]
#[command(after_help = FORMS)]
pub struct Arguments {
    /// The OpenAPI 3.0 document, in JSON.
    #[arg(long, value_name = "FILE")]
    document: PathBuf,

    /// The request, from a file or stdin (-).
    #[arg(long, value_name = "FILE|-", required_unless_present = "response")]
    request: Option<PathBuf>,

    /// The response, from a file or stdin (-). With --request, the response to that request.
    #[arg(long, value_name = "FILE|-")]
    response: Option<PathBuf>,

    /// The operation that a response answers, if the response does not say so itself.
    #[arg(long, value_name = "ID")]
    operation: Option<String>,

    /// Ignore fields and query parameters that the document does not define.
    #[arg(long)]
    lenient: bool,
}

/// The result as JSON.
#[derive(Serialize)]
struct Judged {
    fits: bool,
    operation_id: Option<String>,
    violations: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    message: &'static str,
    place: String,
    problem: String,
}

/// Says in which ways the message does not fit.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let from_stdin = |file: &Option<PathBuf>| file.as_deref().is_some_and(is_stdin);
    if from_stdin(&arguments.request) && from_stdin(&arguments.response) {
        let what = "request and response cannot both come from stdin";
        return Err(Failure::usage(what, "Give a file for one of the two."));
    }
    let document = document::read("--document", arguments.document).await?;
    let strictness = match arguments.lenient {
        true => Strictness::Lenient,
        false => Strictness::Strict,
    };
    let mut operation_id = arguments.operation;
    let mut violations = Vec::new();
    if let Some(file) = arguments.request {
        let text = read_file("--request", file).await?;
        let request = Request::parse(&text).map_err(|fault| unreadable("--request", &fault))?;
        let (found, more) = judge_request(&document, &request, strictness);
        operation_id = operation_id.or(found);
        violations.extend(more.into_iter().map(|violation| line("request", violation)));
    }
    if let Some(file) = arguments.response {
        let text = read_file("--response", file).await?;
        let response = Response::parse(&text).map_err(|fault| unreadable("--response", &fault))?;
        let id = response.operation_id.clone().or(operation_id);
        let Some(id) = id.filter(|id| document.operation(id).is_some()) else {
            let what = "which operation of the document the response answers is not known";
            let advice = "Name it with --operation, or as its `operation_id`.";
            return Err(Failure::usage(what, advice));
        };
        let headers = borrowed(&response.headers);
        let more =
            document.validate_response(&id, response.status, &headers, &response.body, strictness);
        let more = more.into_iter();
        violations.extend(more.map(|violation| line("response", violation)));
        operation_id = Some(id);
    }
    let judged = Judged {
        fits: violations.is_empty(),
        operation_id,
        violations,
    };
    context.output.result(&judged, || text(&judged))?;
    Ok(if judged.fits { DONE } else { FINDINGS })
}

/// The operation, if one was found, and what is wrong.
fn judge_request(
    document: &Document,
    request: &Request,
    strictness: Strictness,
) -> (Option<String>, Vec<Violation>) {
    let path = within_server(document, request);
    let headers = borrowed(&request.headers);
    let parts = RequestParts {
        method: &request.method,
        path: &path,
        query: &request.query,
        headers: &headers,
        body: &request.body,
    };
    let route = document.route(parts.method, parts.path).ok();
    let operation_id = route.map(|route| route.operation.id.clone());
    let judged = document.validate_request_with(&parts, strictness);
    (operation_id, judged.err().unwrap_or_default())
}

/// The path without the base path of a server, where only that makes it a path of the document.
fn within_server(document: &Document, request: &Request) -> String {
    let known = |path: &str| !matches!(document.route(&request.method, path), Err(NoRoute::Path));
    if known(&request.path) {
        return request.path.clone();
    }
    let rests = document::servers(document).filter_map(|url| without_base(url, &request.path));
    let mut known = rests.filter(|rest| known(rest));
    known.next().unwrap_or_else(|| request.path.clone())
}

/// What follows the path of a server's address. A variable in it matches any one part.
fn without_base(url: &str, path: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let base = rest.split_once('/').map_or("", |(_, base)| base);
    let base = base.trim_end_matches('/');
    if base.is_empty() {
        return None;
    }
    let mut parts = path.split('/').skip(1);
    for wanted in base.split('/') {
        let part = parts.next()?;
        if wanted != part && !wanted.starts_with('{') {
            return None;
        }
    }
    let rest: Vec<&str> = parts.collect();
    Some(format!("/{}", rest.join("/")))
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_str()));
    headers.collect()
}

fn line(message: &'static str, violation: Violation) -> Line {
    Line {
        message,
        place: violation.place,
        problem: violation.message,
    }
}

fn text(judged: &Judged) -> String {
    if judged.fits {
        let id = judged.operation_id.as_deref().unwrap_or_default();
        return format!("fits {}\n", one_line(id));
    }
    let lines = judged.violations.iter().map(|line| {
        let (place, problem) = (one_line(&line.place), one_line(&line.problem));
        format!("{}: {place}: {problem}\n", line.message)
    });
    lines.collect()
}

fn unreadable(flag: &str, fault: &str) -> Failure {
    Failure::usage(
        format!("{flag}: this is no HTTP message: {fault}"),
        "`runpipe spec validate --help` has the forms.",
    )
}
