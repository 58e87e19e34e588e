//! An error as text that can be shown on a terminal.

use std::fmt;

use super::Error;
use crate::secrets::Cleaner;
use crate::text::one_line;

/// How much of an answer that cannot be read is kept, in characters.
const FIRST: usize = 200;

/// The beginning of a body, readable, or `None` when nothing came.
pub(crate) fn first_bytes(body: &[u8], cleaner: &Cleaner) -> Option<String> {
    let start = body.get(..FIRST * 40).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    let text = cleaner.clean_cut(&text);
    let text: String = one_line(&text).chars().take(FIRST).collect();
    (!text.is_empty()).then_some(text)
}

/// `What happened: details (facts). What to do.`
pub(super) fn write_message(f: &mut fmt::Formatter<'_>, error: &Error) -> fmt::Result {
    let facts = &*error.facts;
    f.write_str(error.kind.headline())?;
    if let Some(service) = facts.service {
        write!(f, " ({}", service.title())?;
        if let Some(operation) = facts.operation {
            write!(f, " {operation}")?;
        }
        if let Some(run) = &facts.run {
            write!(f, ", {run}")?;
        } else if let Some(subject) = &facts.subject {
            write!(f, ", {subject}")?;
        }
        f.write_str(")")?;
    }
    if let Some(detail) = &facts.detail {
        write!(f, ": {}", detail.trim_end_matches('.'))?;
    }
    for (index, sentence) in facts.sentences.iter().enumerate() {
        let before = if index == 0 && facts.detail.is_none() {
            ":"
        } else {
            ";"
        };
        write!(f, "{before} \"{sentence}\"")?;
    }
    let mut known = Vec::new();
    if let Some(status) = facts.http_status {
        known.push(format!("HTTP {status}"));
    }
    if let Some(code) = &facts.vendor_code {
        known.push(code.clone());
    }
    if let Some(content_type) = &facts.content_type {
        known.push(content_type.clone());
    }
    if let Some(id) = &facts.request_id {
        known.push(format!("request {id}"));
    }
    if let Some(wait) = facts.retry_after {
        known.push(format!("wait {} s", wait.as_secs().max(1)));
    }
    if !known.is_empty() {
        write!(f, " [{}]", known.join(", "))?;
    }
    if let Some(first) = &facts.first_bytes {
        write!(f, " It begins: {first:?}")?;
    }
    let candidates = facts.candidates.iter().map(ToString::to_string);
    let candidates: Vec<String> = candidates.collect();
    if !candidates.is_empty() {
        write!(f, ". It may be: {}", candidates.join(", "))?;
    }
    write!(f, ". {}", error.advice())
}
