//! Making an answer wrong, as a script says.

use serde_json::{Value, json};

use super::answer::Answer;
use super::echo::EchoPlace;
use super::fault::Fault;
use super::incoming::Incoming;
use super::vendor::Vendor;

/// In digits, which are read as an integer and as a fraction.
const HUGE: &str = "10000000000000000000";
const HIGHEST: &str = "9223372036854775807";
const LOWEST: &str = "-9223372036854775808";

/// The names that the vendors have for it.
const RETRY_AFTER: [&str; 2] = ["retry-after", "x-acs-retry-after"];
const LIMIT_RESET: [&str; 2] = ["x-ratelimit-reset", "x-rate-limit-reset"];
const LIMIT_REMAINING: [&str; 2] = ["x-ratelimit-remaining", "x-rate-limit-remaining"];

/// A header is cut there.
const LONGEST_HEADER: usize = 4 << 10;

impl Fault {
    /// The body of a right answer, made wrong: for a server other than the sandbox. `run_id_key` is
    /// the key of the run's id in it. A fault elsewhere than in the body leaves it unchanged.
    ///
    /// ```
    /// use runpipe_testing::Fault;
    ///
    /// let body = br#"{"branch": {"name": "main"}, "id": 31}"#;
    /// assert_eq!(Fault::CutAfterId.spoil(body, "id"), br#"{"id":31,"#);
    /// ```
    pub fn spoil(self, body: &[u8], run_id_key: &str) -> Vec<u8> {
        match self {
            Fault::CutAfterId | Fault::ClosedAfterId => {
                let (mut body, end) = id_in_front(body, run_id_key);
                body.truncate(end);
                body
            }
            Fault::TrailingBytes => [body, b"\n<!-- served from cache -->"].concat(),
            Fault::Nul => put_in_front(body, b"\"a\0b\""),
            Fault::NotANumber => put_in_front(body, b"NaN"),
            Fault::LoneSurrogate => put_in_front(body, b"\"\\ud800\""),
            Fault::InvalidUtf8 => put_in_front(body, b"\"\xff\xc3\""),
            Fault::HugeRetryAfter
            | Fault::HugeLimitReset
            | Fault::HighestLimitReset
            | Fault::LowestLimitReset
            | Fault::Echo(_) => body.to_vec(),
        }
    }

    /// Makes the answer to a request wrong.
    pub(crate) fn apply(self, answer: &mut Answer, request: &Incoming, vendor: &dyn Vendor) {
        let set = |answer: &mut Answer, names: &[&str], value: &str| {
            names.iter().for_each(|name| answer.set(name, value));
        };
        let exhausted = |answer: &mut Answer, reset: &str| {
            set(answer, &LIMIT_REMAINING, "0");
            set(answer, &LIMIT_RESET, reset);
        };
        match self {
            Fault::ClosedAfterId => {
                let (body, end) = id_in_front(&answer.body, vendor.run_id_key());
                answer.body = body;
                answer.closes_after = Some(end);
            }
            Fault::CutAfterId
            | Fault::TrailingBytes
            | Fault::Nul
            | Fault::NotANumber
            | Fault::LoneSurrogate
            | Fault::InvalidUtf8 => answer.body = self.spoil(&answer.body, vendor.run_id_key()),
            Fault::HugeRetryAfter => set(answer, &RETRY_AFTER, HUGE),
            Fault::HugeLimitReset => exhausted(answer, HUGE),
            Fault::HighestLimitReset => exhausted(answer, HIGHEST),
            Fault::LowestLimitReset => exhausted(answer, LOWEST),
            Fault::Echo(echo) => {
                let said = echo.of(request);
                match echo.place {
                    EchoPlace::Sentence => {
                        let sentence = format!("The request cannot be read: {said}");
                        *answer = vendor.error(request, answer.status, "InvalidRequest", &sentence);
                    }
                    EchoPlace::Code => {
                        let code = format!("Invalid.{said}");
                        *answer = vendor.error(request, answer.status, &code, "It cannot be read.");
                    }
                    EchoPlace::RequestId => {
                        answer.set(vendor.request_id_header(), in_header(&said))
                    }
                    EchoPlace::ContentType => {
                        let value = format!("text/plain; charset={}", in_header(&said));
                        answer.set("content-type", value);
                    }
                    EchoPlace::RunId => put_as_id(&mut answer.body, vendor.run_id_key(), &said),
                }
            }
        }
    }
}

/// The body with the id of the run in front, and where what follows the id begins.
fn id_in_front(body: &[u8], key: &str) -> (Vec<u8>, usize) {
    let text = match serde_json::from_slice(body) {
        Ok(Value::Object(mut fields)) => {
            let id = fields.remove(key);
            let rest = Value::Object(fields).to_string();
            match id {
                Some(id) if rest == "{}" => format!("{{{}:{id}}}", json!(key)),
                Some(id) => format!("{{{}:{id},{}", json!(key), rest.trim_start_matches('{')),
                None => rest,
            }
        }
        // The id is the whole answer.
        Ok(Value::Number(_) | Value::String(_)) => return (body.to_vec(), body.len()),
        _ => String::from_utf8_lossy(body).into_owned(),
    };
    // A comma belongs to it: without one a number could go on.
    let after_id = text
        .split_once(&format!("{}:", json!(key)))
        .and_then(|(_, id)| id.get(id.find([',', '}'])?..));
    let end = after_id.map_or(text.len() / 2, |rest| {
        let rest = rest.strip_prefix(',').unwrap_or(rest);
        text.len().saturating_sub(rest.len())
    });
    (text.into_bytes(), end)
}

/// With a member before all others that no JSON can have.
fn put_in_front(body: &[u8], value: &[u8]) -> Vec<u8> {
    let rest = body.strip_prefix(b"{").unwrap_or(body);
    let comma: &[u8] = if rest.first() == Some(&b'}') {
        b""
    } else {
        b","
    };
    [b"{\"note\":", value, comma, rest].concat()
}

fn put_as_id(body: &mut Vec<u8>, key: &str, text: &str) {
    let with_id = match serde_json::from_slice(body) {
        Ok(Value::Object(mut fields)) => {
            fields.insert(key.to_owned(), json!(text));
            Value::Object(fields)
        }
        // The id is the whole answer.
        Ok(Value::Number(_) | Value::String(_)) => json!(text),
        _ => return,
    };
    *body = with_id.to_string().into_bytes();
}

/// What a header can carry of a text.
fn in_header(text: &str) -> String {
    let fitting = |c: char| {
        if c == ' ' || c.is_ascii_graphic() {
            c
        } else {
            '_'
        }
    };
    text.chars().map(fitting).take(LONGEST_HEADER).collect()
}
