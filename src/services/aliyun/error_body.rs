//! What Aliyun says about a failure, in all the shapes in which it comes.

use serde_json::Value;

use super::codes;
use crate::client::{Answer, Refusal};

/// What the service said.
#[derive(Debug, Default)]
pub(super) struct ErrorBody {
    pub code: Option<String>,
    pub sentences: Vec<String>,
    pub request_id: Option<String>,
}

impl ErrorBody {
    /// From the body of a refusal: JSON with keys in either case, or XML. The official SDK reads
    /// all of them; which of them this product sends is not confirmed.
    pub fn read(answer: &Answer) -> Self {
        if let Some(body) = answer.json() {
            return ErrorBody::of(|names| names.iter().find_map(|name| text(body.get(name)?)));
        }
        let body = String::from_utf8_lossy(&answer.body);
        if is_xml(answer, &body) {
            return ErrorBody::of(|names| names.iter().find_map(|name| element(&body, name)));
        }
        // What it says besides is not looked at: it repeats the request.
        let code = body.contains(codes::SIGNATURE).then_some(codes::SIGNATURE);
        ErrorBody {
            code: code.map(str::to_owned),
            ..ErrorBody::default()
        }
    }

    /// From named texts: `find` gives the first that is there and says something.
    pub fn of(find: impl Fn(&[&str]) -> Option<String>) -> Self {
        let code = find(&["code", "Code", "errorCode", "ErrorCode"]);
        let signing = matches!(code.as_deref(), Some(codes::SIGNATURE | codes::INCOMPLETE));
        let names: [&[&str]; 3] = [
            &["message", "Message", "errorMessage", "ErrorMessage"],
            &["detail", "Detail"],
            &["description", "Description"],
        ];
        // Beside a signature's code, anything but the first sentence may repeat the request.
        let kept = if signing { 1 } else { names.len() };
        let mut sentences: Vec<String> = Vec::new();
        for names in names.iter().take(kept) {
            let sentence = find(names).map(|text| without_echo(&text, signing).to_owned());
            sentences.extend(sentence.filter(|text| !text.is_empty()));
        }
        sentences.dedup();
        ErrorBody {
            code,
            sentences,
            request_id: find(&["requestId", "RequestId", "requestid"]),
        }
    }

    pub fn put_on(self, refusal: &mut Refusal) {
        refusal.code = self.code;
        refusal.sentences = self.sentences;
        refusal.request_id = self.request_id;
    }
}

/// A text that says something. Empty error fields come as an empty text, as two quote characters
/// or as curly quotes (vendor pages).
pub(super) fn said(text: &str) -> Option<&str> {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "\"'“”„".contains(c));
    (!bare.is_empty()).then_some(text.trim())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => said(text).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Where a message begins to repeat what was signed: the access key's id, the security token and
/// the values of the request are in there.
const ECHOES: [&str; 3] = ["server string to sign", "canonical", "acs3-hmac"];

/// The message up to the vendor's copy of the request; only its first sentence when it is about a
/// signature.
fn without_echo(message: &str, about_a_signature: bool) -> &str {
    let lower = message.to_ascii_lowercase();
    let mut end = ECHOES
        .iter()
        .filter_map(|echo| lower.find(echo))
        .min()
        .unwrap_or(message.len());
    if about_a_signature {
        let stops = ["\n", "\r", "\\n", "。"];
        let stops = stops.iter().filter_map(|stop| lower.find(stop));
        let full_stop = lower.find(". ").and_then(|at| at.checked_add(1));
        end = stops.chain(full_stop).fold(end, usize::min);
    }
    let kept = message.get(..end).unwrap_or_default();
    kept.trim_end_matches(|c: char| c.is_whitespace() || ",:;([{-'\"".contains(c))
}

fn is_xml(answer: &Answer, body: &str) -> bool {
    let declared = answer.content_type().is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.ends_with("/xml") || kind.ends_with("+xml")
    });
    declared || body.trim_start().starts_with("<?xml")
}

/// The text of the first element of that name, wherever it stands. Enough for a flat list of
/// texts, and it cannot fail on the rest.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = match inner.trim().strip_prefix("<![CDATA[") {
        Some(data) => data.trim_end_matches("]]>").to_owned(),
        None => unescaped(inner),
    };
    said(&plain).map(str::to_owned)
}

/// `&amp;` comes last, so that nothing is read twice.
fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, plain)| {
        text.replace(entity, plain)
    })
}
