//! What Matillion does on the wire.

use http::HeaderMap;
use serde_json::Value;

use super::normalize;
use crate::client::{Answer, Dialect, Moment, Refusal, header_text, retry_after};
use crate::json;

/// A text body longer than this is a page, not a sentence.
const LONGEST_SENTENCE: usize = 500;

/// Matillion: problem details (RFC 7807), plain text from the gateway before it, and a rate limit
/// that is announced only by 429 and `Retry-After`.
#[derive(Debug)]
pub(super) struct MatillionDialect;

impl Dialect for MatillionDialect {
    fn read_refusal(&self, answer: &Answer, _now: Moment) -> Refusal {
        let mut refusal = Refusal::by_status(answer.status, retry_after(&answer.headers));
        match answer.json() {
            Some(body) => {
                refusal.code = code(&body);
                refusal.sentences = sentences(&body);
            }
            None => refusal.sentences.extend(plain_text(answer)),
        }
        match advice(answer.status.as_u16(), &refusal.sentences) {
            Some(advice) => refusal.advise(advice),
            None => refusal,
        }
    }

    /// Flat, as on the vendor page, or inside `result`, as public clients read the details.
    fn run_id(&self, answer: &Answer) -> Option<String> {
        const PLACES: [&[&str]; 2] = [&["pipelineExecutionId"], &["result", "pipelineExecutionId"]];
        json::text_at(&answer.body, &PLACES).filter(|id| normalize::is_id(id))
    }

    /// Matillion documents no id of its requests. Cloudflare is in front of it and marks each
    /// answer (evidence: public client code); that id finds the request in the gateway's logs.
    fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        header_text(headers, "x-request-id").or_else(|| header_text(headers, "cf-ray"))
    }
}

/// The last word of the problem's `type`: `bad-request`.
fn code(body: &Value) -> Option<String> {
    let kind = text(body, "type")?;
    let word = kind.trim_end_matches('/').rsplit(['/', ':']).next()?;
    // The RFC's word for a problem without a type of its own.
    (!word.is_empty() && kind != "about:blank").then(|| word.to_owned())
}

/// `detail`, else `title`, and every violation. The pages spell one title in two ways, so a title
/// beside a detail says nothing more. Gateways and the token endpoint have keys of their own.
fn sentences(body: &Value) -> Vec<String> {
    if let Some(sentence) = body.as_str() {
        return vec![sentence.to_owned()];
    }
    let keys = ["detail", "title", "message", "error_description", "error"];
    let first = keys.iter().find_map(|key| text(body, key));
    let mut sentences: Vec<String> = first.map(str::to_owned).into_iter().collect();
    for key in ["violations", "errors"] {
        let items = member(body, key).and_then(Value::as_array);
        sentences.extend(items.into_iter().flatten().filter_map(violation));
    }
    sentences
}

/// A violation is a sentence. Objects with a field's name in them are read too; they are common in
/// problem details and not confirmed here.
fn violation(item: &Value) -> Option<String> {
    if let Some(sentence) = item.as_str() {
        return Some(sentence.to_owned());
    }
    let said = ["message", "detail", "reason", "title"];
    let said = said.iter().find_map(|key| text(item, key))?;
    match ["field", "propertyPath", "name"]
        .iter()
        .find_map(|key| text(item, key))
    {
        Some(field) => Some(format!("{field}: {said}")),
        None => Some(said.to_owned()),
    }
}

/// A member of an object, whether its key begins with a small letter or a capital.
fn member<'a>(body: &'a Value, key: &str) -> Option<&'a Value> {
    let object = body.as_object()?;
    let found = object
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key));
    found.map(|(_, value)| value)
}

fn text<'a>(body: &'a Value, key: &str) -> Option<&'a str> {
    let text = member(body, key)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The body of a refusal that is a sentence and nothing else, such as the allow-list's.
fn plain_text(answer: &Answer) -> Option<String> {
    let text = std::str::from_utf8(&answer.body).ok()?.trim();
    let is_page = answer.is_html() || text.starts_with(['<', '{', '[']);
    let fits = !text.is_empty() && text.len() <= LONGEST_SENTENCE;
    (fits && !is_page).then(|| text.to_owned())
}

fn advice(status: u16, sentences: &[String]) -> Option<&'static str> {
    Some(match status {
        401 => {
            "Check that the token is current, or that client id and secret are those of an API \
             credential, and that the region is the account's."
        }
        403 if sentences.iter().any(|said| said.contains("IP not allowed")) => {
            "Add this machine's public address to the account's allow-list; the service is also \
             reached over IPv6, if the machine has it."
        }
        403 => "Give the API credential a role in the project and its environments.",
        404 => {
            "Check the project's id, the names of environment, pipeline and version, that the \
             pipeline is published there, and that the region is the account's."
        }
        409 => "Wait for the other execution to end, cancel it, or use another executionTag.",
        410 => "Enable the pipeline in Matillion, then start it again.",
        _ => return None,
    })
}
