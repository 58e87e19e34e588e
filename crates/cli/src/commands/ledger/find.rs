//! What the ledger says of a key, for who only looks.

use std::time::Duration;

use runpipe::ledger::{Entry, Key, Ledger, Stage, entry};
use runpipe::{Error, ErrorKind, RunRef};
use tokio::time::{Instant, sleep};

use crate::output::text::{one_line, shell_word};
use crate::process::exit::Failure;

/// How often an entry is read again while somebody works on it.
const AGAIN: Duration = Duration::from_millis(500);

/// What is known of a key.
pub async fn known(ledger: &dyn Ledger, key: &Key) -> Result<Entry, Failure> {
    entry(ledger, key).await?.ok_or_else(|| {
        let what = format!("the ledger has no key {}", one_line(key.as_str()));
        let error = Error::new(ErrorKind::NotFound).detail(what);
        error.advise("Check the key and the ledger.").into()
    })
}

/// The run of a key, which somebody else may be starting: waits this long.
pub async fn run_of(ledger: &dyn Ledger, key: &Key, wait: Duration) -> Result<RunRef, Failure> {
    let began = Instant::now();
    loop {
        let entry = known(ledger, key).await?;
        match &entry.stage {
            Stage::Started { run } => return Ok(run.clone()),
            Stage::Free => return Err(came_to_nothing(&entry)),
            // Whatever stage it is, a run may come of it.
            _ if began.elapsed() < wait => sleep(AGAIN).await,
            _ => return Err(without_outcome(key)),
        }
    }
}

fn came_to_nothing(entry: &Entry) -> Failure {
    let refusal = entry.refusal.as_ref();
    let why = refusal.map_or("nothing was sent", |refusal| refusal.message.as_str());
    let what = format!(
        "the last start with the key came to nothing: {}",
        one_line(why)
    );
    let error = Error::new(ErrorKind::NotFound).detail(what);
    error.advise("The key is free: start with it again.").into()
}

fn without_outcome(key: &Key) -> Failure {
    let error =
        Error::new(ErrorKind::OutcomeUnknown).detail("a start with the key has no outcome yet");
    let word = shell_word(key.as_str());
    let next = format!("Run the same start again: it continues. See: runpipe ledger show {word}");
    error.advise(next).into()
}
