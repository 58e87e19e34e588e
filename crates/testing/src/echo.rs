//! What a server may repeat of a request, and in which forms.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::incoming::Incoming;
use super::received::pairs;

/// Of a longer request no more is repeated, in bytes.
const LONGEST: usize = 16 << 10;

/// A request's credential and the texts of its body, echoed in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Echo {
    /// How each text is written.
    pub form: EchoForm,
    /// Where in the answer.
    pub place: EchoPlace,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EchoForm {
    /// As it was sent.
    Plain,
    /// `%2F`
    PercentUpper,
    /// `%2f`
    PercentLower,
    /// As a field of a form: `+` for a blank.
    FormEncoded,
    /// Base64 with `+`, `/` and padding.
    Base64,
    /// Base64 with `-`, `_` and no padding.
    Base64Url,
    /// Two digits a byte.
    Hex,
    /// `\u002f`
    JsonEscaped,
    /// `&#x2f;`
    HtmlEscaped,
    /// With a line break in its middle.
    SplitByLineBreak,
    /// Percent-encoded twice: `%252F`.
    DoubleEncoded,
    /// `=2F`
    QuotedPrintable,
}

/// Where in an answer the request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EchoPlace {
    /// In the sentence of the vendor's error.
    Sentence,
    /// In its code.
    Code,
    /// In the header with the id of the request.
    RequestId,
    /// In the content type.
    ContentType,
    /// As a text where the id of the run should be.
    RunId,
}

impl EchoForm {
    /// All forms.
    pub const ALL: [EchoForm; 12] = [
        EchoForm::Plain,
        EchoForm::PercentUpper,
        EchoForm::PercentLower,
        EchoForm::FormEncoded,
        EchoForm::Base64,
        EchoForm::Base64Url,
        EchoForm::Hex,
        EchoForm::JsonEscaped,
        EchoForm::HtmlEscaped,
        EchoForm::SplitByLineBreak,
        EchoForm::DoubleEncoded,
        EchoForm::QuotedPrintable,
    ];

    /// A text in this form. A form that escapes leaves only letters and digits unchanged.
    pub fn write(self, text: &str) -> String {
        match self {
            EchoForm::Plain => text.to_owned(),
            EchoForm::PercentUpper => escaped(text, |byte| format!("%{byte:02X}")),
            EchoForm::PercentLower => escaped(text, |byte| format!("%{byte:02x}")),
            EchoForm::FormEncoded => escaped(text, |byte| match byte {
                b' ' => "+".to_owned(),
                b'*' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            }),
            EchoForm::Base64 => BASE64_STANDARD.encode(text),
            EchoForm::Base64Url => BASE64_URL_SAFE_NO_PAD.encode(text),
            EchoForm::Hex => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            EchoForm::JsonEscaped => {
                let unit = |unit: u16| match u8::try_from(unit) {
                    Ok(byte) if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                    _ => format!("\\u{unit:04x}"),
                };
                text.encode_utf16().map(unit).collect()
            }
            EchoForm::HtmlEscaped => {
                let one = |c: char| match c.is_ascii_alphanumeric() {
                    true => c.to_string(),
                    false => format!("&#x{:x};", u32::from(c)),
                };
                text.chars().map(one).collect()
            }
            EchoForm::SplitByLineBreak => {
                let middle = text.chars().count() / 2;
                let (first, second): (Vec<_>, Vec<_>) =
                    text.chars().enumerate().partition(|(at, _)| *at < middle);
                let join = |half: Vec<(usize, char)>| half.into_iter().map(|(_, c)| c).collect();
                let halves: [String; 2] = [join(first), join(second)];
                halves.join("\r\n")
            }
            EchoForm::DoubleEncoded => escaped(text, |byte| format!("%25{byte:02X}")),
            EchoForm::QuotedPrintable => escaped(text, |byte| format!("={byte:02X}")),
        }
    }
}

/// A text whose bytes are escaped, but for letters and digits.
fn escaped(text: &str, escape: impl Fn(u8) -> String) -> String {
    let one = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => escape(byte),
    };
    text.bytes().map(one).collect()
}

impl EchoPlace {
    /// All places.
    pub const ALL: [EchoPlace; 5] = [
        EchoPlace::Sentence,
        EchoPlace::Code,
        EchoPlace::RequestId,
        EchoPlace::ContentType,
        EchoPlace::RunId,
    ];
}

impl Echo {
    /// What is repeated of a request: its credential, then every text of its body.
    pub(crate) fn of(self, request: &Incoming) -> String {
        let mut words = Vec::new();
        let mut length = 0_usize;
        for text in credentials(request).into_iter().chain(texts(request)) {
            length = length.saturating_add(text.len());
            if length > LONGEST {
                break;
            }
            words.push(self.form.write(&text));
        }
        words.join(" ")
    }
}

/// Headers that hold nothing but a token.
const TOKENS: [&str; 2] = ["x-acs-security-token", "x-yunxiao-token"];

fn credentials(request: &Incoming) -> Vec<String> {
    let authorization = request.header("authorization").unwrap_or_default();
    let sent = authorization
        .split_once(' ')
        .map_or(authorization, |(_scheme, sent)| sent);
    let basic = request.authorization("Basic");
    let decoded = basic.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok());
    let decoded = decoded.and_then(|pair| String::from_utf8(pair).ok());
    let password = decoded.and_then(|pair| Some(pair.split_once(':')?.1.to_owned()));
    let tokens = TOKENS.iter().filter_map(|name| request.header(name));
    let sent = Some(sent.to_owned()).filter(|sent| !sent.is_empty());
    let tokens = tokens.map(str::to_owned);
    sent.into_iter().chain(password).chain(tokens).collect()
}

/// The texts of a body: of JSON, of a form, of JSON inside either.
fn texts(request: &Incoming) -> Vec<String> {
    let mut texts = Vec::new();
    let content_type = request.header("content-type").unwrap_or_default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        let body = String::from_utf8_lossy(&request.body);
        for (_, value) in pairs(&body) {
            gather(&Value::String(value), &mut texts);
        }
    } else if let Ok(body) = serde_json::from_slice(&request.body) {
        gather(&body, &mut texts);
    }
    texts
}

fn gather(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(inner @ Value::Object(_)) => gather(&inner, texts),
            _ => texts.push(text.clone()),
        },
        Value::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| gather(field, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
