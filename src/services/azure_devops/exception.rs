//! The vendor's exceptions, as they appear in refusals.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::client::Answer;

/// How many causes inside each other are read.
const DEEPEST: usize = 8;

/// What a refusal says, whichever shape it has.
#[derive(Debug, Default)]
pub(super) struct Exception {
    /// The exception's type (`PipelineValidationException`); without one, the code at the head of
    /// the message (`TF24668`).
    pub code: Option<String>,
    /// The message, then every validation result, then the causes. No sentence twice.
    pub sentences: Vec<String>,
}

impl Exception {
    /// Reads a body in one of three JSON shapes, or as plain text, or the header that stands in for
    /// a body. An HTML page says nothing.
    pub fn read(answer: &Answer) -> Self {
        let mut exception = Exception::default();
        match answer.json() {
            Some(body) => exception.read_json(&body, DEEPEST),
            None if !answer.is_html() && is_text(answer) => {
                exception.say(&String::from_utf8_lossy(&answer.body));
            }
            None => {}
        }
        if exception.sentences.is_empty() {
            exception.sentences.extend(service_error(answer));
        }
        if exception.code.is_none() {
            exception.code = exception.sentences.first().and_then(|text| code_in(text));
        }
        exception
    }

    /// `{message, typeKey, customProperties, innerException}`; `{count, value: {Message}}`;
    /// `{ClassName, Message, InnerException}`. The vendor's own Python client reads all three.
    fn read_json(&mut self, body: &Value, depth: usize) {
        let text = |keys: &[&str]| {
            let found = keys.iter().find_map(|key| body.get(key)?.as_str());
            found.filter(|text| !text.trim().is_empty())
        };
        if let Some(message) = text(&["message", "Message"]) {
            self.say(message);
        }
        if self.code.is_none() {
            let code = text(&["typeKey", "TypeKey"]).map(str::to_owned);
            // `System.ArgumentException`: the last word is what the other shape calls typeKey.
            self.code = code.or_else(|| {
                let class = text(&["typeName", "TypeName", "ClassName"])?;
                let class = class.split(',').next()?.trim();
                class.rsplit('.').next().map(str::to_owned)
            });
        }
        let results = body
            .pointer("/customProperties/ValidationResults")
            .or_else(|| body.pointer("/customProperties/validationResults"));
        for result in results.and_then(Value::as_array).into_iter().flatten() {
            let message = result.get("message").or_else(|| result.get("Message"));
            if let Some(message) = message.unwrap_or(result).as_str() {
                self.say(message);
            }
        }
        let inner = ["value", "innerException", "InnerException"];
        if depth > 0
            && let Some(inner) = inner.iter().find_map(|key| body.get(key))
        {
            self.read_json(inner, depth.saturating_sub(1));
        }
    }

    fn say(&mut self, sentence: &str) {
        let sentence = sentence.trim();
        if !sentence.is_empty() && !self.sentences.iter().any(|said| said == sentence) {
            self.sentences.push(sentence.to_owned());
        }
    }
}

/// The reason in `X-TFS-ServiceError`, encoded as in a form: `+` is a blank.
pub(super) fn service_error(answer: &Answer) -> Option<String> {
    let text = answer.header("x-tfs-serviceerror")?.replace('+', " ");
    let text = percent_decode_str(&text).decode_utf8_lossy();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Text for people, or a body that does not say what it is. A body of another type is data.
fn is_text(answer: &Answer) -> bool {
    let kind = answer.content_type().map(str::trim_start);
    kind.is_none_or(|kind| kind.starts_with("text/")) && !answer.body.starts_with(b"<")
}

/// `TF` and digits at the head of a message.
fn code_in(message: &str) -> Option<String> {
    let (code, _) = message.split_once(':')?;
    let digits = code.strip_prefix("TF")?;
    let right = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| code.to_owned())
}
