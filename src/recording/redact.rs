//! Taking out of an exchange what belongs to somebody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use super::exchange::{Exchange, Replaced, Replacement};
use super::look_alikes::LookAlikes;
use super::vocabulary::Vocabulary;
use crate::secrets::Cleaner;

/// Request headers that are written.
const ASKED: [&str; 2] = ["accept", "content-type"];
/// Answer headers that are written besides those which the document names.
const ANSWERED: [&str; 5] = [
    "content-type",
    "date",
    "deprecation",
    "retry-after",
    "sunset",
];
/// Never written, whatever the document names.
const NEVER: [&str; 3] = ["set-cookie", "www-authenticate", "authorization"];
/// A number from here on may be an id, whatever its field is called.
const IDS_FROM: u64 = 1_000;
/// A longer word is none.
const LONGEST_WORD: usize = 40;
/// So many letters are a credential rather than part of an address.
const SHORTEST_SECRET: usize = 6;

/// Redacts exchanges with one service.
#[derive(Debug)]
pub(super) struct Redactor {
    pub vocabulary: Vocabulary,
    /// Knows the credential.
    pub secrets: Cleaner,
    pub names: Arc<Mutex<LookAlikes>>,
}

impl Redactor {
    /// Replaces what is not known to be harmless, and lists it.
    pub fn redact(&self, exchange: &mut Exchange) {
        let request = &mut exchange.request;
        let secrets = request.headers.iter();
        let secrets = secrets.filter(|(name, _)| !ASKED.contains(&name.as_str()));
        let secrets: Vec<String> = secrets.flat_map(|(_, value)| proofs(value)).collect();
        let mut pass = Pass {
            secrets: self.secrets.with(secrets.iter().map(String::as_str)),
            words: &self.vocabulary,
            names: &mut self.names.lock().unwrap_or_else(PoisonError::into_inner),
            sent: false,
            refusal: false,
            replaced: BTreeMap::new(),
        };
        request.method.make_ascii_uppercase();
        exchange.operation = pass
            .path(&request.method, &mut request.path)
            .map(str::to_owned);
        request.query = pass.pairs("/request/query", &request.query);
        pass.sent = true;
        pass.body("/request/body", &request.headers, &mut request.body);
        pass.sent = false;
        pass.headers("/request/headers", &mut request.headers, |name| {
            ASKED.contains(&name)
        });
        let response = &mut exchange.response;
        pass.refusal = response.status >= 400;
        pass.body("/response/body", &response.headers, &mut response.body);
        pass.headers("/response/headers", &mut response.headers, |name| {
            ANSWERED.contains(&name) || self.vocabulary.headers.contains(name)
        });
        let replaced = pass.replaced.into_iter();
        exchange
            .replaced
            .extend(replaced.map(|((place, what), count)| Replaced { place, what, count }));
    }
}

/// What a header that is left out proves by: its value, its words, and what they are in base64.
fn proofs(value: &str) -> Vec<String> {
    let words = value.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '='));
    let words = words.filter(|word| word.len() >= SHORTEST_SECRET);
    let decoded = |word: &str| String::from_utf8(STANDARD.decode(word).ok()?).ok();
    let pairs = value.split_whitespace().filter_map(decoded);
    let pairs: Vec<String> = pairs
        .flat_map(|pair| pair.split(':').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let pairs = pairs
        .into_iter()
        .filter(|part| part.len() >= SHORTEST_SECRET);
    words.map(str::to_owned).chain(pairs).collect()
}

/// One exchange's redaction.
struct Pass<'r> {
    secrets: Cleaner,
    words: &'r Vocabulary,
    names: &'r mut LookAlikes,
    /// What is looked at was sent: whatever the document does not name is the caller's own.
    sent: bool,
    /// The answer that is looked at is a refusal.
    refusal: bool,
    replaced: BTreeMap<(String, Replacement), usize>,
}

impl<'r> Pass<'r> {
    fn path(&mut self, method: &str, path: &mut String) -> Option<&'r str> {
        let words = self.words;
        let (operation, own) = words.route(method, path);
        let segments = path.trim_start_matches('/').split('/').zip(own);
        let segments: Vec<String> = segments
            .map(|(segment, own)| match own {
                true => encoded(&self.unknown("/request/path", &decoded(segment))),
                false => segment.to_owned(),
            })
            .collect();
        *path = format!("/{}", segments.join("/"));
        operation
    }

    /// A query or a form.
    fn pairs(&mut self, place: &str, text: &str) -> String {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs: Vec<String> = pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let name = self.key(place, &decoded(name), false);
                let value = decoded(&value.replace('+', " "));
                let place = format!("{place}/{name}");
                let stays = value
                    .parse()
                    .is_ok_and(|number: u64| number < IDS_FROM && !is_id(&name))
                    || matches!(&*value, "true" | "false")
                    || self.words.gives(&name, &value);
                let value = match stays && self.secrets.is_clean(&value) {
                    true => value,
                    false => self.text(&place, &name, &value),
                };
                format!("{}={}", encoded(&name), encoded(&value))
            })
            .collect();
        pairs.join("&")
    }

    fn headers(
        &mut self,
        place: &str,
        headers: &mut BTreeMap<String, String>,
        is_written: impl Fn(&str) -> bool,
    ) {
        let given = std::mem::take(headers);
        for (name, value) in given {
            let place = format!("{place}/{name}");
            if NEVER.contains(&&*name) || !is_written(&name) {
                self.note(place, Replacement::LeftOut);
                continue;
            }
            let value = match &*name {
                "content-type" => media_type(&value),
                "accept" => value
                    .split(',')
                    .map(media_type)
                    .collect::<Vec<_>>()
                    .join(", "),
                _ if value.parse().is_ok_and(|number: u64| number < IDS_FROM) => value,
                _ => self.text(&place, &name, &value),
            };
            headers.insert(name, value);
        }
    }

    fn body(&mut self, place: &str, headers: &BTreeMap<String, String>, body: &mut Value) {
        let kind = headers
            .get("content-type")
            .map(|kind| media_type(kind))
            .unwrap_or_default();
        match body {
            Value::String(text) if kind.starts_with("application/x-www-form-urlencoded") => {
                *text = self.pairs(place, text);
            }
            Value::String(text) => *text = self.unknown(place, text),
            value => self.value(place, "", value),
        }
    }

    fn value(&mut self, place: &str, key: &str, value: &mut Value) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                let text = number.to_string();
                if let Some(other) = self.number(place, key, &text) {
                    *value = other;
                }
            }
            Value::String(text) => *text = self.text(place, key, text),
            Value::Array(items) => {
                let place = format!("{place}/*");
                items
                    .iter_mut()
                    .for_each(|item| self.value(&place, key, item));
            }
            Value::Object(members) => {
                let own = self.words.maps.contains(key);
                let given = std::mem::take(members);
                *members = self.members(place, own, given);
            }
        }
    }

    fn members(&mut self, place: &str, own: bool, given: Map<String, Value>) -> Map<String, Value> {
        let mut redacted = Map::new();
        for (name, mut value) in given {
            let name = self.key(place, &name, own);
            self.value(&format!("{place}/{name}"), &name, &mut value);
            redacted.insert(name, value);
        }
        redacted
    }

    /// A key of an object. In an answer one that the document does not name stays, unless it is a key of a map, or
    /// looks like a value.
    fn key(&mut self, place: &str, name: &str, of_a_map: bool) -> String {
        let ordinary = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '$' | '.');
        let is_name = name.len() <= LONGEST_WORD && name.chars().all(ordinary);
        match self.words.fields.contains(name) || is_name && !of_a_map && !self.sent {
            true if self.secrets.is_clean(name) => name.to_owned(),
            _ => self.unknown(place, name),
        }
    }

    fn text(&mut self, place: &str, key: &str, text: &str) -> String {
        let is_listed = is_word(text) && self.words.is_word(key, text);
        let is_code = self.refusal && self.words.is_code(key, text);
        if (is_listed || is_code || is_time(text)) && self.secrets.is_clean(text) {
            return text.to_owned();
        }
        match serde_json::from_str(text) {
            // JSON in a text.
            Ok(mut inner @ (Value::Object(_) | Value::Array(_))) => {
                self.value(place, key, &mut inner);
                inner.to_string()
            }
            _ => self.unknown(place, text),
        }
    }

    /// A text that may be anything.
    fn unknown(&mut self, place: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        if !self.secrets.is_clean(text) {
            self.note(place.to_owned(), Replacement::Hidden);
            return "[hidden]".to_owned();
        }
        self.note(place.to_owned(), Replacement::LookAlike);
        let is_address = text.starts_with("https://") || text.starts_with("http://");
        let words = self.words;
        self.names
            .of(text, |token| is_address && words.is_literal(token))
    }

    /// What stands for a number; `None` when it stays.
    fn number(&mut self, place: &str, key: &str, text: &str) -> Option<Value> {
        let whole: Option<u64> = text.trim_start_matches('-').parse().ok();
        let small = whole.is_none_or(|number| number < IDS_FROM);
        if (small && !is_id(key) || is_time_field(key)) && self.secrets.is_clean(text) {
            return None;
        }
        self.note(place.to_owned(), Replacement::LookAlike);
        let other = self.names.of(text, |_| false);
        Some(serde_json::from_str(&other).unwrap_or(Value::from(0)))
    }

    fn note(&mut self, place: String, what: Replacement) {
        let count = self.replaced.entry((place, what)).or_default();
        *count = count.saturating_add(1);
    }
}

/// Type and character set, without anything else that may stand there.
fn media_type(text: &str) -> String {
    let mut parts = text.split(';').map(|part| part.trim().to_lowercase());
    let essence = parts.next().unwrap_or_default();
    let charset = parts.find(|part| matches!(&**part, "charset=utf-8" | "charset=\"utf-8\""));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '+' | '-' | '*');
    match (
        essence.chars().all(plain) && essence.len() <= 2 * LONGEST_WORD,
        charset,
    ) {
        (true, Some(_)) => format!("{essence}; charset=utf-8"),
        (true, None) => essence,
        (false, _) => "application/octet-stream".to_owned(),
    }
}

fn is_word(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '.');
    text.len() <= LONGEST_WORD
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(letter)
}

/// Whether a field is called as those of ids are, or may hold anything. A number that is a whole answer is an id:
/// Yunxiao answers a start so.
fn is_id(key: &str) -> bool {
    let exact = ["", "id", "number", "value", "sn"].contains(&key);
    exact
        || ["Id", "ID", "Ids", "_id", "_ids", "Sn", "Number"]
            .iter()
            .any(|end| key.ends_with(end))
}

fn is_time_field(key: &str) -> bool {
    ["time", "Time", "Date", "_date", "At", "_at"]
        .iter()
        .any(|end| key.ends_with(end))
}

fn is_time(text: &str) -> bool {
    // One check is cheap, the parsers are not.
    if !text.contains([':', '-']) || text.len() > LONGEST_WORD {
        return false;
    }
    DateTime::parse_from_rfc3339(text).is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").is_ok()
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
        || httpdate::parse_http_date(text).is_ok()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn encoded(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}
