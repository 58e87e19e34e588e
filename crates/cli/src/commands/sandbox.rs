//! `runpipe sandbox`: the services on this machine, until interrupted.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use chrono::{DateTime, Utc};
use clap::Args;
use runpipe::Service;
use runpipe_testing::{Received, Sandbox, Script};
use serde_json::json;

use super::example;
use super::spec::recordings;
use crate::context::Context;
use crate::flags::body::read_file;
use crate::flags::value::moment;
use crate::output::text::{one_line, shell_word};
use crate::process::exit::Failure;
use crate::process::open_files;
use crate::process::stage::Doing;

/// This many lines wait for a reader of stderr; later ones are dropped.
const UNREAD_LINES: usize = 1024;

/// The arguments of `sandbox`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Port of the first service; the others are on the ports after it. 0 takes free ports.
    #[arg(long, value_name = "NUMBER", default_value_t = 4610)]
    port: u16,

    /// Scenario to play: the next answers, and how the next runs go (JSON).
    #[arg(long, value_name = "FILE|-")]
    script: Option<PathBuf>,

    /// Recording to replay: each answer once, in order.
    #[arg(long, value_name = "DIR", conflicts_with = "script")]
    replay: Option<PathBuf>,

    /// Address to listen on: 0.0.0.0 in a container with published ports. Whoever can reach it
    /// controls the sandbox.
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,

    /// Name that the services answer to, besides those of this machine. Repeatable.
    #[arg(long, value_name = "NAME")]
    host_name: Vec<String>,

    /// Stop the clock at this moment (2026-11-30T04:30:00Z). POST /_sandbox/clock advances it.
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    clock: Option<DateTime<Utc>>,
}

/// Serves the sandbox and prints the variables that lead this program, or another, to it.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    open_files::expect(open_files::OF_THE_SANDBOX)?;
    let (lines, told) = mpsc::sync_channel(UNREAD_LINES);
    let output = context.output.clone();
    // A caller that does not read stderr must not hold up the services.
    thread::spawn(move || told.iter().for_each(|line: String| output.progress(&line)));
    let mut builder = Sandbox::builder()
        .first_port(arguments.port)
        .address(arguments.host)
        .on_request(move |request| drop(lines.try_send(line(request))));
    for name in arguments.host_name {
        builder = builder.host_name(name);
    }
    if let Some(start) = arguments.clock {
        builder = builder.manual_clock(start);
    }
    if let Some(file) = arguments.script {
        let text = read_file("--script", file).await?;
        let script: Script = text.parse().map_err(|fault| {
            Failure::usage(format!("--script: {fault}"), "Correct the scenario.")
        })?;
        builder = builder.script(script);
    }
    if let Some(folder) = arguments.replay {
        builder = builder.script(Script::replaying(&recordings::ours(&folder)?));
    }
    let sandbox = builder.start().await.map_err(|fault| {
        Failure::usage(
            format!("the sandbox cannot be served: {fault}"),
            "Stop whatever uses the ports, or choose others with --port.",
        )
    })?;
    context.stage.enter(Doing::Serving);
    let mut variables = BTreeMap::new();
    variables.extend(sandbox.variables());
    let served = json!({ "variables": variables });
    context.output.result(&served, || {
        let variables = sandbox.variables();
        let lines = variables.iter().map(|(name, value)| {
            let value = shell_word(value);
            format!("export {name}={value}\n")
        });
        lines.collect()
    })?;
    context.say("Served until Ctrl-C. In another shell set the variables above, then:");
    for service in Service::ALL {
        if let Some(words) = example::start(&sandbox, service) {
            let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
            context.say(&format!("  runpipe {} --watch", words.join(" ")));
        }
    }
    std::future::pending().await
}

/// What came in, and how it was answered. A query may have a secret in it, and is left out.
fn line(request: &Received) -> String {
    let at = request.at.format("%H:%M:%S");
    let operation = request.operation.as_deref().unwrap_or("-");
    let Received {
        service,
        status,
        method,
        path,
        ..
    } = request;
    one_line(&format!(
        "{at} {status} {service} {operation} {method} {path}"
    ))
}
