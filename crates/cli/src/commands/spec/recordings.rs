//! Recordings that are given to a command: our own files, folders of them, HAR files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use runpipe::recording::{Exchange, RecordedRequest, RecordedResponse, Recorder, recorded_body};
use runpipe_spec::document::Document;
use serde::Deserialize;
use serde_json::Value;

use super::document::{json_files, servers};
use crate::process::exit::Failure;

/// What a browser writes down: <http://www.softwareishard.com/blog/har-12-spec/>.
#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: DateTime<Utc>,
    request: HarRequest,
    response: HarResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarRequest {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
    post_data: Option<Content>,
}

#[derive(Deserialize)]
struct HarResponse {
    status: u16,
    #[serde(default)]
    headers: Vec<Header>,
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    mime_type: Option<String>,
    text: Option<String>,
    encoding: Option<String>,
}

/// Reads all recordings. What a HAR file holds is redacted, and what is for another server is left out.
pub fn read(places: &[PathBuf], document: &Document, text: &str) -> Result<Vec<Exchange>, Failure> {
    // The folder is one that nothing is written to.
    let recorder = Recorder::new("");
    let read = |file: &Path, written: &[u8]| {
        let Ok(har) = serde_json::from_slice::<Har>(written) else {
            return ours_of(file, written);
        };
        let entries = har.log.entries.into_iter();
        let mut converted: Vec<Exchange> = entries
            .filter_map(|entry| entry.exchange(document))
            .collect();
        let redacted = recorder.redact(text, &mut converted);
        redacted.map_err(|fault| unusable(file, &fault))?;
        Ok(converted)
    };
    let all: Result<Vec<_>, _> = places.iter().map(|place| all_of(place, &read)).collect();
    Ok(all?.into_iter().flatten().collect())
}

/// Reads a folder of our own recordings.
pub fn ours(folder: &Path) -> Result<Vec<Exchange>, Failure> {
    all_of(folder, &ours_of)
}

fn ours_of(file: &Path, written: &[u8]) -> Result<Vec<Exchange>, Failure> {
    let exchange = serde_json::from_slice(written).map_err(|fault| unusable(file, &fault))?;
    Ok(vec![exchange])
}

fn all_of(
    place: &Path,
    read: &impl Fn(&Path, &[u8]) -> Result<Vec<Exchange>, Failure>,
) -> Result<Vec<Exchange>, Failure> {
    let mut exchanges = Vec::new();
    for file in files(place).map_err(|cause| unusable(place, &cause))? {
        let written = std::fs::read(&file).map_err(|cause| unusable(&file, &cause))?;
        exchanges.append(&mut read(&file, &written)?);
    }
    Ok(exchanges)
}

/// The file itself, or the recordings of a folder in their order.
fn files(place: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !place.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    json_files(place)
}

fn unusable(file: &Path, cause: &dyn std::fmt::Display) -> Failure {
    Failure::usage(
        format!("{} is no recording: {cause}", file.display()),
        "Give files of --record, a folder of them, or a HAR file.",
    )
}

/// Host, and the rest after it.
fn host_and_path(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    Some((host.split(':').next().unwrap_or(host), path))
}

/// Whether the document has a server of that name. A variable matches any part of it, or all.
fn is_server(document: &Document, host: &str) -> bool {
    let mut hosts = servers(document).filter_map(|url| Some(host_and_path(url)?.0));
    hosts.any(|known| {
        let (known, given) = (known.split('.'), host.split('.'));
        let is_any = |part: &str| part.starts_with('{');
        known.clone().all(is_any)
            || known.clone().count() == given.clone().count()
                && known
                    .zip(given)
                    .all(|(known, part)| is_any(known) || known == part)
    })
}

impl Entry {
    fn exchange(self, document: &Document) -> Option<Exchange> {
        let (host, address) = host_and_path(&self.request.url)?;
        if !is_server(document, host) {
            return None;
        }
        let address = address.split('#').next().unwrap_or_default();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let (request_headers, request_body) = parts(self.request.headers, self.request.post_data);
        let (headers, body) = parts(self.response.headers, self.response.content);
        Some(Exchange {
            recorded: self.started_date_time,
            service: None,
            operation: None,
            request: RecordedRequest {
                method: self.request.method,
                path: path.to_owned(),
                query: query.to_owned(),
                headers: request_headers,
                body: request_body,
            },
            response: RecordedResponse {
                status: self.response.status,
                headers,
                body,
            },
            replaced: Vec::new(),
        })
    }
}

fn parts(given: Vec<Header>, content: Option<Content>) -> (BTreeMap<String, String>, Value) {
    let named = given
        .into_iter()
        .map(|header| (header.name.to_lowercase(), header.value));
    let mut headers = BTreeMap::new();
    headers.extend(named);
    let Some(content) = content else {
        return (headers, Value::Null);
    };
    if let Some(kind) = content.mime_type.filter(|kind| !kind.is_empty()) {
        headers.entry("content-type".to_owned()).or_insert(kind);
    }
    let mut text = content.text.unwrap_or_default();
    if content.encoding.as_deref() == Some("base64") {
        let bytes = STANDARD.decode(&text).unwrap_or_default();
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    let body = recorded_body(&headers, text.as_bytes());
    (headers, body)
}
