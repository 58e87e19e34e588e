//! `runpipe completions`: what a shell completes.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::context::Context;
use crate::process::exit::{DONE, Failure};

/// What `completions` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The shell: source <(runpipe completions bash)
    shell: Shell,
}

/// Prints the script that the shell reads.
pub fn run(context: &Context, arguments: &Arguments, mut all: Command) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut all, "runpipe", &mut script);
    context.output.part(&String::from_utf8_lossy(&script))?;
    Ok(DONE)
}
