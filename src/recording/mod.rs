//! Recordings: what really went over the wire, without anything that belongs to somebody.
//!
//! [`Builder::record`](crate::Builder::record) writes each exchange with a service to a file of its
//! own. A recording shows how a service behaves: it is compared with a document, becomes a fixture,
//! and is replayed by the sandbox (`runpipe spec drift`, `spec fixture`, `sandbox --replay`).
//!
//! Everything that is not known to be harmless is replaced before anything is written. These stay:
//! whatever the service's document names (paths, fields, words of its lists), undocumented words of
//! such fields, undocumented field names if an answer has them and they are made of letters, times,
//! booleans, and numbers below 1,000 that are not ids. All other texts and numbers become
//! look-alikes. The same text has the same look-alike in all exchanges of one [`Recorder`], so
//! answers still refer to each other. Headers are written by an allow-list. The texts themselves
//! are kept in memory only.

mod client;
mod exchange;
mod look_alikes;
mod redact;
mod vocabulary;

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use crate::auth::origin;
use crate::error::{Error, Result};
use crate::http_client::HttpClient;
use crate::secrets::Cleaner;
use crate::service::Service;

pub use exchange::{
    Exchange, RecordedRequest, RecordedResponse, Replaced, Replacement, recorded_body,
};
use look_alikes::LookAlikes;
use vocabulary::Vocabulary;

/// Writes exchanges into a folder, redacted. Clones share their look-alikes.
#[derive(Clone, Debug)]
pub struct Recorder {
    folder: Arc<Path>,
    names: Arc<Mutex<LookAlikes>>,
}

impl Recorder {
    /// A recorder with its own look-alikes. The folder is created with the client.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Recorder {
            folder: folder.into().into(),
            names: Arc::default(),
        }
    }

    /// An HTTP client that sends with another, and records the requests to `base_url` and below.
    /// The document, an OpenAPI 3.0 document in JSON, says which paths and words may be written.
    ///
    /// An answer is written once it has been read to its end; one that breaks off, or is longer
    /// than 16 MiB, is not recorded. A file that cannot be written causes a `tracing` warning: it
    /// does not change the call.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the folder cannot be made, the address is not a URL or is plain `http`
    /// to another machine, or the document is not JSON.
    pub fn around(
        &self,
        http: Arc<dyn HttpClient>,
        service: Option<Service>,
        document: &str,
        base_url: &str,
    ) -> Result<Arc<dyn HttpClient>> {
        self.client(http, service, document, base_url, Cleaner::default())
    }

    /// [`Recorder::around`] for a client whose secrets are known.
    pub(crate) fn client(
        &self,
        http: Arc<dyn HttpClient>,
        service: Option<Service>,
        document: &str,
        base_url: &str,
        secrets: Cleaner,
    ) -> Result<Arc<dyn HttpClient>> {
        let url = Url::parse(base_url)
            .ok()
            .filter(origin::may_carry_credentials);
        let base = url.ok_or_else(|| {
            Error::configuration("the address that is recorded is no https address")
        })?;
        fs::create_dir_all(&self.folder).map_err(|cause| {
            let folder = self.folder.display();
            Error::configuration(format!("recordings cannot be written to {folder}: {cause}"))
        })?;
        Ok(Arc::new(client::Recording {
            http,
            recorder: self.clone(),
            redactor: Arc::new(self.redactor(document, secrets)?),
            service,
            base,
        }))
    }

    /// Redacts an exchange that was recorded by other means, like those of a client before they are
    /// written. Its `operation` is determined again, and its path may begin with the path of one of
    /// the document's servers.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the document is not JSON.
    pub fn redact(&self, document: &str, exchanges: &mut [Exchange]) -> Result<()> {
        let redactor = self.redactor(document, Cleaner::default())?;
        exchanges.iter_mut().for_each(|one| redactor.redact(one));
        Ok(())
    }

    fn redactor(&self, document: &str, secrets: Cleaner) -> Result<redact::Redactor> {
        let document = serde_json::from_str(document)
            .map_err(|fault| Error::configuration(format!("the document is no JSON: {fault}")))?;
        Ok(redact::Redactor {
            vocabulary: Vocabulary::of(&document),
            secrets,
            names: Arc::clone(&self.names),
        })
    }

    /// Writes an exchange to a file of its own, numbered from 0001 on.
    fn write(&self, exchange: &Exchange) -> io::Result<PathBuf> {
        let mut text = serde_json::to_string_pretty(exchange)?;
        text.push('\n');
        let operation = exchange.operation.as_deref().unwrap_or("unknown");
        let name = operation.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let rest = format!("{name}-{}.json", exchange.response.status);
        for number in self.next_number()?.. {
            let file = self.folder.join(format!("{number:04}-{rest}"));
            // Another process may record into the same folder.
            match OpenOptions::new().write(true).create_new(true).open(&file) {
                Ok(mut opened) => return opened.write_all(text.as_bytes()).map(|()| file),
                Err(fault) if fault.kind() == ErrorKind::AlreadyExists => {}
                Err(fault) => return Err(fault),
            }
        }
        Err(ErrorKind::StorageFull.into())
    }

    fn next_number(&self) -> io::Result<u32> {
        // One that is being written counts: two exchanges may end at once.
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = match names.files {
            0 => fs::read_dir(&self.folder)?
                .filter_map(number_of)
                .max()
                .unwrap_or(0),
            taken => taken,
        };
        names.files = taken.saturating_add(1);
        Ok(names.files)
    }
}

fn number_of(entry: io::Result<fs::DirEntry>) -> Option<u32> {
    entry
        .ok()?
        .file_name()
        .to_str()?
        .split('-')
        .next()?
        .parse()
        .ok()
}

impl<P: Into<PathBuf>> From<P> for Recorder {
    fn from(folder: P) -> Self {
        Recorder::new(folder)
    }
}
