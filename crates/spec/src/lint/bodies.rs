//! Request bodies and answers: media types, status codes, and which of them the generated client can tell apart.

use serde_json::Value;

use super::report::Report;
use super::subject::Subject;
use super::words::{did_you_mean, list, quoted};
use crate::media_type::{FORM, JSON, essence, is_form, is_html, is_json};
use crate::outline::grammar::Kind;
use crate::outline::{Node, Outline};
use crate::pointer;

/// On a success answer without a body: says, in words, who reads it, because the generated client cannot.
const OUTSIDE: &str = "x-outside-client";

pub(super) fn check(subject: &Subject<'_, '_>, report: &mut Report<'_>) {
    let outline = subject.outline;
    for body in outline.written(Kind::RequestBody) {
        request(outline, body, report);
    }
    for media in outline.of(Kind::MediaType) {
        media_type(outline, media, report);
    }
    for operation in &subject.operations {
        success(outline, operation.node, report);
    }
}

fn request(outline: &Outline<'_>, body: &Node<'_>, report: &mut Report<'_>) {
    let Some(content) = body.object.get("content").and_then(Value::as_object) else {
        return;
    };
    let place = body.at("content");
    let kinds: Vec<&str> = content.keys().map(String::as_str).collect();
    match kinds.as_slice() {
        [] => {
            let cure = "Name the media type, or remove the body.";
            let problem = "the request body has no media type";
            report.add("schema-missing", &place, problem, cure);
        }
        [_] => {}
        _ => {
            let kinds = list(&kinds);
            let problem = format!(
                "the client generator takes one media type for a request body, not {kinds}"
            );
            let cure = "Keep the one that the client should send.";
            report.add("request-media-types", &place, problem, cure);
        }
    }
    for kind in kinds {
        let media = pointer::child(&place, kind);
        if is_form(kind) {
            form(outline, &media, report);
        } else if essence(kind) != JSON {
            let kind = quoted(kind);
            let problem = format!("the client generator sends no request body of the type {kind}");
            let cure = format!("Use `{JSON}` or `{FORM}`.");
            report.add("request-media-type", media, problem, cure);
        }
    }
}

/// The fields of a form are texts: any other field has to say how it becomes one.
fn form(outline: &Outline<'_>, media: &str, report: &mut Report<'_>) {
    let Some(schema) = outline.node(&pointer::child(media, "schema")) else {
        return;
    };
    let schema = outline.resolve(schema);
    if schema.text("type").is_some_and(|kind| kind != "object") {
        let problem = "a form is an object of fields";
        let cure = "Write `type: object` with `properties`.";
        return report.add("form-field", &schema.pointer, problem, cure);
    }
    for property in outline.children(schema, "properties") {
        let name = property.name();
        let kind = outline.resolve(property).text("type").unwrap_or("object");
        let encoding = outline.node(&pointer::child(&pointer::child(media, "encoding"), &name));
        let content_type = encoding.and_then(|node| node.text("contentType"));
        let as_json = content_type.is_some_and(is_json);
        let wrapped = !property.list("allOf").is_empty();
        if matches!(kind, "array" | "object") && !wrapped && !as_json {
            let problem = format!("the form field {} is not a single value", quoted(&name));
            let cure = format!(
                "Add `encoding: {{{name}: {{contentType: {JSON}}}}}` if it is sent as JSON text."
            );
            report.add("form-field", &property.pointer, problem, cure);
        }
    }
}

fn media_type(outline: &Outline<'_>, media: &Node<'_>, report: &mut Report<'_>) {
    let kind = media.name();
    let parent = outline.parent(media);
    let request = parent.is_some_and(|parent| parent.kind == Kind::RequestBody);
    if !media.has("schema") && (request || is_json(&kind)) {
        let problem = format!("the content {} has no schema", quoted(&kind));
        let cure = "Add `schema`; `{}` allows anything.";
        report.add("schema-missing", &media.pointer, problem, cure);
    }
    if !media.has("encoding") {
        return;
    }
    let place = media.at("encoding");
    if !request || !is_form(&kind) {
        let problem = "an `encoding` has a meaning only in the form of a request";
        return report.add("encoding-field", place, problem, "Remove it.");
    }
    if media.pointer.starts_with("/components/") {
        let problem = "the client generator cannot use the `encoding` of a shared request body";
        let cure = "Write the request body into its operation.";
        report.add("encoding-field", &place, problem, cure);
    }
    let Some(schema) = outline.child(media, "schema") else {
        return;
    };
    let known = schema.entries("properties").map(|(name, _)| name.as_str());
    let known: Vec<&str> = known.collect();
    let fields = media.entries("encoding").map(|(name, _)| name.as_str());
    for name in fields.filter(|name| !known.contains(name)) {
        let problem = format!("the form has no field {}", quoted(name));
        let cure = did_you_mean(name, &known, "Add the property, or remove the encoding.");
        let place = pointer::child(&place, name);
        report.add("encoding-field", place, problem, cure);
    }
}

pub(super) fn statuses(outline: &Outline<'_>, report: &mut Report<'_>) {
    let all = outline.of(Kind::Responses);
    let keys = all.flat_map(|one| one.object.keys().map(move |status| (one, status)));
    for (responses, status) in keys.filter(|(_, status)| !status.starts_with("x-")) {
        let known = match status.as_bytes() {
            b"default" => true,
            [b'1'..=b'5', b'X', b'X'] => true,
            [b'1'..=b'5', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
            _ => false,
        };
        if !known {
            let problem = format!("{} is not a status code", quoted(status));
            let cure = "Write a number such as `404`, a range such as `4XX`, or `default`.";
            report.add("status-code", responses.at(status), problem, cure);
        }
    }
}

/// What a successful answer carries: its media type and schema, or nothing.
#[derive(PartialEq)]
enum Body<'a> {
    Nothing,
    Json(String, Option<&'a Value>),
    Text,
}

fn success(outline: &Outline<'_>, operation: &Node<'_>, report: &mut Report<'_>) {
    let Some(responses) = outline.node(&operation.at("responses")) else {
        return;
    };
    let mut first: Option<(&str, Body<'_>)> = None;
    let mut documented = false;
    let answers = operation.entries("responses");
    for (status, _) in answers.filter(|(status, _)| status.starts_with('2')) {
        documented = true;
        let used = responses.at(status);
        let response = outline.child(responses, status);
        // Anything but a response has been reported already, and has no body.
        let body = response.map_or(Some(Body::Nothing), |one| body(outline, one, report));
        let Some(body) = body else { continue };
        let told = response.is_some_and(|response| response.text(OUTSIDE).is_some());
        match &first {
            Some(_) if body == Body::Nothing && told => {}
            Some((earlier, other)) if *other != body => {
                let problem =
                    format!("the success answers {earlier} and {status} have different bodies");
                let cure = match body {
                    Body::Nothing => {
                        "The generated client expects a body: say who reads the empty answer in `x-outside-client`, or drop it."
                    }
                    Body::Json(..) | Body::Text => {
                        "The generated client knows one: refer to the same schema in both, or drop one."
                    }
                };
                report.add("success-bodies", &used, problem, cure);
            }
            Some(_) => {}
            None => first = Some((status, body)),
        }
    }
    let cure = "Add the answer of a successful call.";
    if !documented {
        let problem = "the operation documents no success (2xx)";
        report.add("success-missing", &responses.pointer, problem, cure);
    } else if first.is_none() && !report.has(&["success-media-type", "success-bodies"]) {
        let problem = "every success of the operation is an HTML page";
        report.add("success-missing", &responses.pointer, problem, cure);
    }
}

/// The body of one success answer; `None` for an HTML page, or when a fault has been reported.
fn body<'a>(
    outline: &Outline<'a>,
    response: &Node<'a>,
    report: &mut Report<'_>,
) -> Option<Body<'a>> {
    if response.entries("content").next().is_none() {
        return Some(Body::Nothing);
    }
    let kinds = response.entries("content").map(|(kind, _)| kind.as_str());
    let kinds: Vec<&str> = kinds.filter(|kind| !is_html(kind)).collect();
    let kind = match kinds.as_slice() {
        [] => return None,
        [kind] => *kind,
        _ => {
            let kinds = list(&kinds);
            let problem = format!(
                "the generated client reads one media type of a success answer, not {kinds}"
            );
            let cure = "Keep the one that the client asks for.";
            report.add("success-bodies", response.at("content"), problem, cure);
            return None;
        }
    };
    let media = pointer::child(&response.at("content"), kind);
    if is_json(kind) {
        let used = pointer::child(&media, "schema");
        let content = response.object.get("content")?;
        let (pointer, value) = outline.follow(&used, content.get(kind)?.get("schema")?);
        // The same component, or the same words written twice.
        return Some(match pointer == used {
            true => Body::Json(String::new(), Some(value)),
            false => Body::Json(pointer, None),
        });
    }
    if essence(kind) == "text/plain" {
        return Some(Body::Text);
    }
    let kind = quoted(kind);
    let problem = format!("the generated client does not read a success answer of the type {kind}");
    let cure = format!("Use `{JSON}` or `text/plain`, or no content.");
    report.add("success-media-type", media, problem, cure);
    None
}
