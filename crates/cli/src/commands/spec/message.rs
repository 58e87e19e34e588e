//! HTTP messages as they are given to `spec validate`: as JSON, or as they are on the wire.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::flags::body::what_is_wrong;

/// A request. `path` may be a whole address, with its query.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub method: String,
    pub path: String,
    #[serde(default, deserialize_with = "query")]
    pub query: String,
    #[serde(default, deserialize_with = "headers")]
    pub headers: Vec<(String, String)>,
    #[serde(default, deserialize_with = "body")]
    pub body: Vec<u8>,
}

/// A response. Raw text does not say which operation it answers.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    pub operation_id: Option<String>,
    pub status: u16,
    #[serde(default, deserialize_with = "headers")]
    pub headers: Vec<(String, String)>,
    #[serde(default, deserialize_with = "body")]
    pub body: Vec<u8>,
}

impl Request {
    /// Reads a request; says what is wrong with its form otherwise.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut request = if is_json(text) {
            decode(text)?
        } else {
            let (line, headers, body) = raw(text)?;
            let mut words = line.split_ascii_whitespace();
            let (Some(method), Some(path), Some(version)) =
                (words.next(), words.next(), words.next())
            else {
                return Err("the first line is not `METHOD PATH HTTP/1.1`".to_owned());
            };
            if !version.starts_with("HTTP/") {
                return Err("the first line does not end with the version of HTTP".to_owned());
            }
            Self {
                method: method.to_owned(),
                path: path.to_owned(),
                query: String::new(),
                headers,
                body,
            }
        };
        if let Some((path, query)) = request.path.clone().split_once('?') {
            request.path = path.to_owned();
            let parts = [query, request.query.as_str()];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            request.query = parts.join("&");
        }
        if let Some((_, rest)) = request.path.clone().split_once("://") {
            request.path = rest
                .find('/')
                .map_or("/", |at| rest.get(at..).unwrap_or("/"))
                .to_owned();
        }
        Ok(request)
    }
}

impl Response {
    /// Reads a response; says what is wrong with its form otherwise.
    pub fn parse(text: &str) -> Result<Self, String> {
        if is_json(text) {
            return decode(text);
        }
        let (line, headers, body) = raw(text)?;
        let status = line
            .strip_prefix("HTTP/")
            .and_then(|line| line.split_ascii_whitespace().nth(1)?.parse().ok());
        Ok(Self {
            operation_id: None,
            status: status.ok_or("the first line is not `HTTP/1.1 STATUS REASON`")?,
            headers,
            body,
        })
    }
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// What is wrong is said without the values: a message holds credentials.
fn decode<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value: Value = serde_json::from_str(text).map_err(|fault| {
        let (line, column) = (fault.line(), fault.column());
        format!("it is not JSON from line {line} column {column} on")
    })?;
    serde_json::from_value(value).map_err(|fault| what_is_wrong(&fault.to_string()))
}

/// First line, headers and body of a message.
type Raw<'t> = (&'t str, Vec<(String, String)>, Vec<u8>);

/// Takes a message apart that is as on the wire. Lines may end with or without `\r`.
fn raw(text: &str) -> Result<Raw<'_>, String> {
    let (head, body) = match (text.find("\r\n\r\n"), text.find("\n\n")) {
        (Some(at), other) if other.is_none_or(|other| at < other) => {
            (text.get(..at), text.get(at + 4..))
        }
        (_, Some(at)) => (text.get(..at), text.get(at + 2..)),
        _ => (Some(text), None),
    };
    let mut lines = head.unwrap_or_default().lines();
    let first = lines.next().unwrap_or_default();
    let mut headers = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let Some((name, value)) = line.split_once(':') else {
            return Err(format!(
                "a header line has no colon, after {} headers",
                headers.len()
            ));
        };
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let body = body.unwrap_or_default();
    Ok((first, headers, body.as_bytes().to_vec()))
}

/// A text is sent unchanged, everything else as JSON.
fn body<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Null => Vec::new(),
        Value::String(text) => text.into_bytes(),
        value => value.to_string().into_bytes(),
    })
}

fn headers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
    let pairs = pairs(&Value::deserialize(from)?);
    pairs.ok_or_else(|| {
        D::Error::custom("`headers` is not an object of texts, or of lists of texts")
    })
}

/// A query as text, or as an object of values.
fn query<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let value = Value::deserialize(from)?;
    if let Value::String(text) = value {
        return Ok(text.trim_start_matches('?').to_owned());
    }
    let pairs = pairs(&value)
        .ok_or_else(|| D::Error::custom("`query` is neither a text nor an object of texts"))?;
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    Ok(pairs.join("&"))
}

/// Names with their values: one each, or a list of them. `None` for anything else.
fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    let none = Map::new();
    let object = if value.is_null() {
        &none
    } else {
        value.as_object()?
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let mut pairs = Vec::new();
    for (name, value) in object {
        match value {
            Value::Array(values) => {
                for value in values {
                    pairs.push((name.clone(), text(value)?));
                }
            }
            value => pairs.push((name.clone(), text(value)?)),
        }
    }
    Some(pairs)
}
