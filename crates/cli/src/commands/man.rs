//! `runpipe man`: the manual, a page for each command.

use std::path::PathBuf;

use clap::{Args, Command};

use crate::context::Context;
use crate::process::exit::{DONE, Failure};

/// What `man` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// An existing folder for the pages, such as /usr/local/share/man/man1.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Writes the pages.
pub fn run(context: &Context, arguments: &Arguments, all: Command) -> Result<u8, Failure> {
    let folder = &arguments.folder;
    clap_mangen::generate_to(all, folder).map_err(|cause| {
        Failure::usage(
            format!(
                "the pages cannot be written to {}: {cause}",
                folder.display()
            ),
            "Name a folder that exists and can be written to.",
        )
    })?;
    let folder = folder.display();
    context.say(&format!("The manual begins with {folder}/runpipe.1"));
    Ok(DONE)
}
