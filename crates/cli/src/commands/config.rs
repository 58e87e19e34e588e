//! `runpipe config`: what `runpipe.toml` sets.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use runpipe::Service;
use schemars::JsonSchema;
use serde::Serialize;

use crate::context::Context;
use crate::output::text::one_line;
use crate::process::environment::Environment;
use crate::process::exit::{DONE, Failure};
use crate::settings::{Setting, trust};

/// What is done with settings.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the settings in effect in this folder.
    Show(Arguments),
    /// Trust this project's runpipe.toml, as it is now, to set addresses, proxies, roots, commands,
    /// files and secret variables.
    Trust,
}

/// What `config show` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Show where each setting comes from.
    #[arg(long)]
    origin: bool,
}

/// The settings as JSON.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Config")]
pub struct Shown {
    /// The files that were read.
    files: Vec<String>,
    /// The settings, those that count first.
    settings: Vec<Row>,
}

/// A setting.
#[derive(JsonSchema, Serialize)]
struct Row {
    /// Its name: timeout, buddy.workspace, targets.site-prod.branch
    key: String,
    /// Its values.
    values: Vec<String>,
    /// The file or the variable that it is from.
    origin: String,
    /// Whether it counts: a project's file has to be trusted for some settings.
    counts: bool,
}

/// Shows the settings, or trusts those of this project.
pub fn run(context: &Context, command: &Command) -> Result<u8, Failure> {
    match command {
        Command::Show(arguments) => show(context, arguments),
        Command::Trust => {
            let file = trust(context.folder.as_deref(), &context.environment)?;
            let file = file.display();
            context.say(&format!("{file} is trusted as it is now."));
            Ok(DONE)
        }
    }
}

fn show(context: &Context, arguments: &Arguments) -> Result<u8, Failure> {
    let settings = &context.settings;
    let mut rows = Vec::new();
    for service in Service::ALL {
        if let Some(url) = context.environment.base_url(service)? {
            rows.push(Row {
                key: format!("{service}.base_url"),
                values: vec![url],
                origin: Environment::url_variable(service),
                counts: true,
            });
        }
    }
    let row = |setting: &Setting, counts| Row {
        key: setting.key(),
        values: setting.values.clone(),
        origin: setting.origin.display().to_string(),
        counts,
    };
    for setting in &settings.all {
        // The environment goes before a file.
        let counts = !rows.iter().any(|row| row.key == setting.key());
        rows.push(row(setting, counts));
    }
    rows.extend(settings.untrusted.iter().map(|setting| row(setting, false)));
    let files = settings.files.iter().map(|file| file.display().to_string());
    let shown = Shown {
        files: files.collect(),
        settings: rows,
    };
    context
        .output
        .result(&shown, || lines(&shown, arguments.origin))?;
    if let Err(untrusted) = settings.expect_trusted() {
        let (what, advice) = untrusted.parts();
        context.say(&format!("{what}. {}", advice.join(" ")));
    }
    Ok(DONE)
}

fn lines(shown: &Shown, with_origin: bool) -> String {
    if shown.settings.is_empty() {
        return "There are no settings: there is no runpipe.toml here or above, and none of your \
                own.\n"
            .to_owned();
    }
    let mut text = String::new();
    for Row {
        key,
        values,
        origin,
        counts,
    } in &shown.settings
    {
        let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        let value = match values.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let mut line = one_line(&format!("{key} = {value}"));
        if with_origin {
            line = format!("{line}  # {}", one_line(origin));
        }
        if !counts {
            line.push_str(if with_origin {
                ", does not count"
            } else {
                "  # does not count"
            });
        }
        // Writing to a string does not fail.
        let _ = writeln!(text, "{line}");
    }
    text
}
