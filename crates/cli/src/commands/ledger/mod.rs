//! `runpipe ledger`: what the ledger says, and forgetting.

mod find;
mod forget;
mod in_object_store;
mod list;
mod place;
mod prune;
mod show;

use clap::Subcommand;
use runpipe::ledger::Stage;

use crate::context::Context;
use crate::process::exit::Failure;
use crate::process::stage::Doing;

pub use find::run_of;
pub use place::LedgerPlace;

/// What to do with the ledger.
#[derive(Subcommand)]
pub enum Command {
    /// List all keys, the one that changed last first.
    List(list::Arguments),
    /// Show what is known about a key.
    Show(show::Arguments),
    /// Forget a key: the next start with it starts a run. A run that was started goes on.
    Forget(forget::Arguments),
    /// Forget all keys whose starts ended long ago.
    Prune(prune::Arguments),
}

/// Runs a command on the ledger.
pub async fn run(context: &Context, command: Command) -> Result<u8, Failure> {
    if matches!(command, Command::Forget(_) | Command::Prune(_)) {
        context.stage.enter(Doing::Forgetting);
    }
    match command {
        Command::List(arguments) => list::run(context, arguments).await,
        Command::Show(arguments) => show::run(context, arguments).await,
        Command::Forget(arguments) => forget::run(context, arguments).await,
        Command::Prune(arguments) => prune::run(context, arguments).await,
    }
}

/// How far a start has come, in a word.
fn stage_word(stage: &Stage) -> &'static str {
    match stage {
        Stage::Free => "free",
        Stage::Claimed { .. } => "claimed",
        Stage::Sending { .. } => "sending",
        Stage::Unclear { .. } => "unclear",
        Stage::Started { .. } => "started",
        // What a later library adds has no word here.
        _ => "unknown",
    }
}
