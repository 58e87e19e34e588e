//! A command line that cannot be used.
//!
//! What was typed is not repeated: a credential may have got into the wrong place.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::output::Output;
use crate::process::exit::{DONE, Failure, USAGE};

/// Stands for what was typed.
const NOT_SHOWN: &str = "(not shown)";

/// Says what clap found, and returns the exit code. Help and versions are results.
pub fn refuse(mut error: clap::Error, output: &Output) -> u8 {
    if !error.use_stderr() {
        let text = error.render().ansi().to_string();
        return match output.part(&text) {
            // Help that nobody reads to its end is not a failure.
            Ok(_) => DONE,
            Err(failure) => {
                output.failure(&failure);
                failure.code()
            }
        };
    }
    hide_values(&mut error);
    if output.is_json() {
        let text = error.to_string();
        let text = text.trim_start_matches("error: ");
        let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let rest = rest.lines().map(str::trim).filter(|line| !line.is_empty());
        let advice: Vec<&str> = rest.collect();
        let advice = advice.join(" ");
        output.failure(&Failure::usage(message.trim(), advice));
    } else {
        let _ = error.print();
    }
    USAGE
}

/// Leaves the names of flags and commands, and what is suggested in place of others.
fn hide_values(error: &mut clap::Error) {
    let typed = [
        ContextKind::InvalidValue,
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidArg,
    ];
    for kind in typed {
        // Only where clap does not know the argument is it somebody's text.
        let own = kind == ContextKind::InvalidArg && error.kind() != ErrorKind::UnknownArgument
            || kind == ContextKind::InvalidSubcommand
                && error.kind() != ErrorKind::InvalidSubcommand;
        if let Some(ContextValue::String(text)) = error.get(kind)
            && !(own || text.is_empty() || is_flag(text))
        {
            error.insert(kind, ContextValue::String(NOT_SHOWN.to_owned()));
        }
    }
    // How to give the same text as a value: with that text in it.
    error.remove(ContextKind::Suggested);
}

/// Whether a text is what a flag is called, and no more.
fn is_flag(text: &str) -> bool {
    text.strip_prefix("--").is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    })
}
