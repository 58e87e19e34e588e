//! Which documented answers have fixtures.
//!
//! Fixtures of a document lie in one folder: `<operationId>/<status>-<name>.json`, with the status as the
//! document writes it. Each operation and status wants one that is `minimal` and one that is `maximal`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::Path;

use super::document::Document;
use super::operation::StatusPattern;

/// The fixtures that each documented answer has to have, by name.
pub const WANTED: [&str; 2] = ["minimal", "maximal"];

/// What a folder of fixtures covers of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// One row for each operation and documented status, in the document's order.
    pub rows: Vec<Row>,
    /// Files and folders that belong to no documented answer, as `operation/file` or `operation`.
    pub strays: Vec<String>,
}

/// One documented answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The operation's `operationId`.
    pub operation_id: String,
    /// The status, as the document writes it.
    pub status: StatusPattern,
    /// Names of the existing fixtures, in alphabetical order.
    pub fixtures: BTreeSet<String>,
}

impl Row {
    /// The wanted fixtures that are not there.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> {
        WANTED
            .into_iter()
            .filter(|name| !self.fixtures.contains(*name))
    }

    /// Whether all wanted fixtures are there.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.missing().next().is_none()
    }
}

impl Coverage {
    /// How many documented answers have all wanted fixtures.
    #[must_use]
    pub fn covered(&self) -> usize {
        self.rows.iter().filter(|row| row.is_covered()).count()
    }

    /// Whether every documented answer has its fixtures and nothing else lies there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.covered() == self.rows.len() && self.strays.is_empty()
    }
}

/// One line for each answer that lacks a fixture and each stray file, then the count.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in self.rows.iter().filter(|row| !row.is_covered()) {
            let missing = row.missing().collect::<Vec<_>>().join(", no ");
            let (id, status) = (&row.operation_id, row.status);
            writeln!(f, "{id} {status}: no {missing} fixture")?;
        }
        for stray in &self.strays {
            writeln!(f, "{stray}: belongs to no documented answer")?;
        }
        let (covered, all) = (self.covered(), self.rows.len());
        write!(f, "{covered} of {all} answers covered")
    }
}

/// Looks through a folder of fixtures. The files' contents are not read. A folder that does not exist covers
/// nothing; files directly in the folder are passed over.
///
/// # Errors
/// When a folder cannot be read.
pub fn coverage(document: &Document, folder: &Path) -> io::Result<Coverage> {
    let mut files = names(folder)?;
    let mut rows = Vec::new();
    for operation in document.operations() {
        let mut of_operation = files.remove(&operation.id).unwrap_or_default();
        for response in &operation.responses {
            let beginning = format!("{}-", response.status);
            let name = |file: &String| {
                let name = file.strip_prefix(&beginning)?.strip_suffix(".json")?;
                Some(name.to_owned())
            };
            let fixtures = of_operation.iter().filter_map(name).collect();
            of_operation.retain(|file| name(file).is_none());
            rows.push(Row {
                operation_id: operation.id.clone(),
                status: response.status,
                fixtures,
            });
        }
        if !of_operation.is_empty() {
            files.insert(operation.id.clone(), of_operation);
        }
    }
    let mut strays = Vec::new();
    for (folder, files) in files {
        match files.is_empty() {
            true => strays.push(folder),
            false => strays.extend(files.into_iter().map(|file| format!("{folder}/{file}"))),
        }
    }
    Ok(Coverage { rows, strays })
}

/// The names of the files in each folder of a folder.
fn names(folder: &Path) -> io::Result<BTreeMap<String, BTreeSet<String>>> {
    let mut found = BTreeMap::new();
    if !folder.exists() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let mut files = BTreeSet::new();
            for file in std::fs::read_dir(entry.path())? {
                files.insert(file?.file_name().to_string_lossy().into_owned());
            }
            found.insert(entry.file_name().to_string_lossy().into_owned(), files);
        }
    }
    Ok(found)
}
