//! `runpipe spec fixture`: fixtures of what was recorded.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use runpipe::Service;
use runpipe::recording::Exchange;
use runpipe_spec::document::Document;
use runpipe_spec::fixture::Fixture;
use serde::Serialize;
use serde_json::Map;

use super::{document, fixtures, recordings};
use crate::context::Context;
use crate::output::text::in_lines;
use crate::process::exit::{DONE, Failure};

/// What `spec fixture` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The folder of a recording.
    #[arg(value_name = "DIR")]
    recording: PathBuf,

    /// Folder of the documents: <NAME>.json each.
    #[arg(long, value_name = "FOLDER", default_value = "specs")]
    documents: PathBuf,

    /// Folder of the fixtures: <NAME>/<operationId>/<status>-<fixture>.json.
    #[arg(long, value_name = "FOLDER", default_value = "tests/fixtures")]
    fixtures: PathBuf,
}

/// The result as JSON.
#[derive(Serialize)]
struct Written {
    written: Vec<String>,
    /// Exchanges that give none: not of a service, not documented, or like one that is there.
    left_out: usize,
}

/// Writes a fixture for each operation and status. A file that is there is never touched.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let exchanges = recordings::ours(&arguments.recording)?;
    let mut told = Written {
        written: Vec::new(),
        left_out: 0,
    };
    let services: BTreeSet<Service> = exchanges.iter().filter_map(|one| one.service).collect();
    for service in services {
        let file = arguments.documents.join(format!("{service}.json"));
        let document = document::read("--documents", file).await?;
        let of_service = exchanges.iter().filter(|one| one.service == Some(service));
        for exchange in of_service {
            let folder = arguments.fixtures.join(service.name());
            if let Some(file) = write(&folder, &document, exchange)? {
                told.written.push(file);
            }
        }
    }
    told.left_out = exchanges.len().saturating_sub(told.written.len());
    let text = || in_lines(told.written.iter().cloned());
    context.output.result(&told, text)?;
    context.say(&format!(
        "{} fixtures written, {} exchanges left out",
        told.written.len(),
        told.left_out
    ));
    Ok(DONE)
}

fn write(
    folder: &Path,
    document: &Document,
    exchange: &Exchange,
) -> Result<Option<String>, Failure> {
    let (operation, response) = (&exchange.operation, &exchange.response);
    let operation = operation.as_deref().and_then(|id| document.operation(id));
    let answer = operation.and_then(|one| Some((one, one.response(response.status)?)));
    let Some((operation, documented)) = answer else {
        return Ok(None);
    };
    let named = |header: &str| {
        let mut known = documented.headers.iter();
        known.any(|one| one.name.eq_ignore_ascii_case(header))
    };
    let shown = response.headers.iter().filter(|(name, _)| named(name));
    let mut headers = Map::new();
    headers.extend(shown.map(|(name, value)| (name.clone(), value.clone().into())));
    let fixture = Fixture::new(
        format!("{}/{}-recorded.json", operation.id, documented.status),
        format!("recorded, {}", exchange.recorded.date_naive()),
        response.headers.get("content-type").cloned(),
        headers,
        response.body.clone(),
    );
    let file = folder.join(&fixture.path);
    if file.exists() {
        return Ok(None);
    }
    fixtures::write(&file, &fixture).map_err(|cause| fixtures::unusable(&file, &cause))?;
    Ok(Some(file.display().to_string()))
}
