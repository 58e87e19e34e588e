//! `runpipe ledger forget`.

use runpipe::ledger::forget;
use serde_json::json;

use super::find::known;
use crate::context::Context;
use crate::process::exit::{DONE, Failure};

/// What it is given.
pub use super::show::Arguments;

/// Forgets a key.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let ledger = arguments.ledger.open(&context.environment)?;
    loop {
        let entry = known(&*ledger, &arguments.key).await?;
        // One that changed in the meantime is read again.
        if forget(&*ledger, &entry).await? {
            let forgotten = json!({ "forgotten": [entry.key] });
            context
                .output
                .result(&forgotten, || "Forgotten.\n".to_owned())?;
            return Ok(DONE);
        }
    }
}
