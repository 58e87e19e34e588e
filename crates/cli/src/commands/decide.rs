//! `runpipe approve` and `runpipe reject`: what is decided about a run that waits.

use clap::Args;
use runpipe::{Decision, ErrorKind, RunRef};

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::flags::pair::{Pair, pair, pair_with_variable};
use crate::flags::variables::variables;
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;

/// The arguments of `approve`.
#[derive(Args, Debug)]
pub struct Approve {
    #[command(flatten)]
    about: About,

    /// Value of a variable that the run is waiting for. Repeatable. Buddy only.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    var: Vec<Pair>,

    /// The same, encrypted; its value is taken from an environment variable. Repeatable. Buddy only.
    #[arg(long, value_name = "NAME=VARIABLE", value_parser = pair_with_variable)]
    secret_var: Vec<Pair>,
}

/// The arguments of `reject`.
#[derive(Args, Debug)]
pub struct Reject {
    #[command(flatten)]
    about: About,
}

/// What is decided about.
#[derive(Args, Debug)]
struct About {
    #[command(flatten)]
    run: OneRun,

    /// The gate, by name or id, if the run is waiting at several. `status` shows them.
    #[arg(long, value_name = "GATE")]
    gate: Option<String>,

    /// The reason. Azure DevOps only: the other services keep no comment.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

/// Lets the run go on, and prints it as it is then.
pub async fn approve(context: &Context, arguments: Approve) -> Result<u8, Failure> {
    let Approve {
        about,
        var,
        secret_var,
    } = arguments;
    let mut decision = Decision::approve();
    for (name, value, is_secret) in variables(&var, &secret_var, &context.environment)? {
        decision = match is_secret {
            true => decision.secret(name, value),
            false => decision.variable(name, value),
        };
    }
    decide(context, about, decision).await
}

/// Refuses what the run waits for, and prints it as it is then.
pub async fn reject(context: &Context, arguments: Reject) -> Result<u8, Failure> {
    decide(context, arguments.about, Decision::reject()).await
}

async fn decide(context: &Context, about: About, decision: Decision) -> Result<u8, Failure> {
    let decision = match about.gate {
        Some(gate) => decision.gate(gate),
        None => decision,
    };
    let decision = match about.comment {
        Some(comment) => decision.comment(comment),
        None => decision,
    };
    let (runs, run) = about.run.find(context).await?;
    context.stage.enter(Doing::Changing(run.clone()));
    let decided = runs.decide(&run, &decision).await;
    let decided = decided.map_err(|error| explain(error, &run, "--gate"))?;
    context.output.run(&decided)?;
    let what = match decided.waits_for.is_empty() {
        true => "The service accepted it.",
        false => "The service accepted it, and the run is still waiting.",
    };
    context.say(&format!("{what} To see it end: runpipe watch {run}"));
    Ok(DONE)
}

/// The failure, with what the program knows better than the library.
pub fn explain(error: runpipe::Error, run: &RunRef, flag: &str) -> Failure {
    let kind = error.kind();
    let failure = Failure::from(error);
    match kind {
        ErrorKind::OutcomeUnknown => failure.advise(format!("Look: runpipe status {run}")),
        ErrorKind::UnknownName => {
            failure.advise(format!("If there are several, name one with {flag}."))
        }
        _ => failure,
    }
}
