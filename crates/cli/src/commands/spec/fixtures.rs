//! `runpipe spec fixtures`: a first draft of the fixtures that a document lacks.

use std::path::{Path, PathBuf};

use clap::Args;
use runpipe_spec::fixture::{Fixture, GENERATED, missing};
use serde::Serialize;

use super::document;
use crate::context::Context;
use crate::output::text::in_lines;
use crate::process::exit::{DONE, Failure};

/// What `spec fixtures` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The document: <NAME>.json.
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,

    /// Folder of the fixtures: <NAME>/<operationId>/<status>-<fixture>.json.
    #[arg(long, value_name = "FOLDER", default_value = "tests/fixtures")]
    fixtures: PathBuf,
}

/// The result as JSON.
#[derive(Serialize)]
struct Written {
    written: Vec<String>,
}

/// Writes what is missing. A file that is there is never touched.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let name = arguments.document.file_stem().unwrap_or_default();
    let folder = arguments.fixtures.join(name);
    let document = document::read("DOCUMENT", arguments.document.clone()).await?;
    let fixtures = missing(&document, &folder).map_err(|cause| unusable(&folder, &cause))?;
    let mut written = Vec::new();
    for fixture in &fixtures {
        let file = folder.join(&fixture.path);
        write(&file, fixture).map_err(|cause| unusable(&file, &cause))?;
        written.push(file.display().to_string());
    }
    let count = written.len();
    let written = Written { written };
    let text = || in_lines(written.written.iter().cloned());
    context.output.result(&written, text)?;
    let advice = match count {
        0 => String::new(),
        _ => format!(
            "; read each, make it look like what the service sends, and say in `origin` what it \
             rests on in place of \"{GENERATED}\""
        ),
    };
    context.say(&format!("{count} fixtures written{advice}"));
    Ok(DONE)
}

/// Writes a fixture; a file that is there stays.
pub fn write(file: &Path, fixture: &Fixture) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_string_pretty(fixture)?;
    text.push('\n');
    // Never over a file that somebody has written.
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).open(file);
    std::io::Write::write_all(&mut opened?, text.as_bytes())
}

/// A folder or file that cannot be used.
pub fn unusable(place: &Path, cause: &std::io::Error) -> Failure {
    let place = place.display();
    Failure::usage(
        format!("--fixtures: {place} cannot be used: {cause}"),
        "Give a folder that can be read and written.",
    )
}
