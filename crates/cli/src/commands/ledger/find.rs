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
        let advice = "The ledger does not know the key. Check it, and which ledger is asked.";
        Failure::from(Error::new(ErrorKind::NotFound)).advise(advice.to_owned())
    })
}

/// The run of a key, which somebody else may be starting: waits for so long.
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
    let why = one_line(why);
    let advice = format!("The last start with this key came to nothing: {why}");
    Failure::from(Error::new(ErrorKind::NotFound)).advise(advice)
}

fn without_outcome(key: &Key) -> Failure {
    let word = shell_word(key.as_str());
    let advice = format!(
        "A start with this key has no outcome yet. Give the start again: it goes on. See: runpipe \
         ledger show {word}"
    );
    Failure::from(Error::new(ErrorKind::OutcomeUnknown)).advise(advice)
}
