//! `runpipe demo`: one run on each service, in a sandbox inside this program.
//!
//! Nothing is simplified: the same arguments, requests, signatures and waits as on the real
//! services, over HTTP on loopback. The sandbox checks every credential.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use clap::Parser;
use comfy_table::Cell;
use futures_util::StreamExt;
use futures_util::future::join_all;
use runpipe::{Run, RunStatus, Service, WaitOptions};
use runpipe_testing::Sandbox;
use serde::Serialize;
use serde_json::json;

use super::example;
use super::start;
use crate::command_line::called::Called;
use crate::commands::{Arguments, Command};
use crate::context::Context;
use crate::output::table::{self, status_cell};
use crate::output::text::{one_line, span};
use crate::output::{Output, status_style, took};
use crate::process::environment::Environment;
use crate::process::exit::{DONE, Failure, WITHOUT_SUCCESS};
use crate::process::open_files;
use crate::process::stage::Stage;
use crate::settings::Settings;
use crate::vendor::prepared::Start;

/// What was seen of one service.
#[derive(Serialize)]
struct Row {
    service: Service,
    run: Run,
    took_seconds: f64,
    requests: usize,
}

/// Starts one run on each service, follows all of them at once, and prints what happened.
pub async fn run(context: &Context) -> Result<u8, Failure> {
    open_files::expect(open_files::OF_THE_SANDBOX)?;
    let sandbox = Sandbox::start().await.map_err(|fault| {
        Failure::usage(
            format!("the sandbox cannot be served: {fault}"),
            "Free a port on loopback.",
        )
    })?;
    let variables = sandbox.variables();
    let inside = Context {
        environment: Environment::new(move |name| {
            let mut variables = variables.iter();
            let found = variables.find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        }),
        folder: None,
        settings: Settings::default(),
        output: Output::new(context.output.is_json(), false),
        stage: Stage::default(),
        recorder: None,
    };
    context.say("A sandbox of the services is up on this machine. Starting a run on each.");
    let began = Instant::now();
    let services = Service::ALL
        .into_iter()
        .filter(|service| !sandbox.url(*service).is_empty());
    let runs = services.map(|service| one(&inside, &sandbox, service, began));
    let runs: Result<Vec<Row>, Failure> = join_all(runs).await.into_iter().collect();
    let runs = runs?;
    let demo = json!({ "runs": runs });
    context.output.result(&demo, || table(&runs))?;
    let mut states = runs.iter().map(|row| row.run.status);
    let succeeded = states.all(|status| status == RunStatus::Succeeded);
    Ok(if succeeded { DONE } else { WITHOUT_SUCCESS })
}

/// Starts a run on one service and follows it.
async fn one(
    context: &Context,
    sandbox: &Sandbox,
    service: Service,
    began: Instant,
) -> Result<Row, Failure> {
    let start = prepared(context, sandbox, service).await?;
    let started = start.start().await?;
    let title = service.title();
    let say = |run: &Run| {
        let style = status_style(run.status);
        let (elapsed, status) = (span(began.elapsed()), run.status);
        context.say(&format!(
            "{elapsed:>6}  {title:<14}  {style}{status}{style:#}"
        ));
    };
    say(&started);
    let options = WaitOptions::default().deadline(Duration::from_secs(60));
    let mut states = runpipe::states(start.runs(), started.reference.clone(), options);
    let mut run = started;
    while let Some(state) = states.next().await {
        let state = state?;
        if state.status != run.status {
            say(&state);
        }
        run = state;
    }
    let took_seconds = began.elapsed().as_secs_f64();
    let requests = sandbox.received(service).len();
    Ok(Row {
        service,
        run,
        took_seconds,
        requests,
    })
}

/// The start that a command line describes, as if it had been typed.
async fn prepared(
    context: &Context,
    sandbox: &Sandbox,
    service: Service,
) -> Result<Box<dyn Start>, Failure> {
    let words = example::start(sandbox, service).unwrap_or_default();
    let words = ["runpipe".to_owned()].into_iter().chain(words);
    match Arguments::try_parse_from(words).map(|arguments| arguments.command.0) {
        Ok(Command::Start(Called(arguments))) => start::prepare(context, &arguments).await,
        Ok(_) => Err(Failure::usage(
            "the sandbox has no pipeline to start",
            "Report this.",
        )),
        Err(fault) => Err(Failure::usage(fault.to_string(), "Report this.")),
    }
}

fn table(rows: &[Row]) -> String {
    let cells = |row: &Row| {
        let run = &row.run;
        let pipeline = run.pipeline_name.as_deref().or(run.pipeline());
        vec![
            Cell::new(row.service.title()),
            Cell::new(one_line(pipeline.unwrap_or_default())),
            status_cell(run.status),
            Cell::new(took(run).unwrap_or_else(|| format!("{:.1}s", row.took_seconds))),
            Cell::new(row.requests),
        ]
    };
    let header = ["SERVICE", "PIPELINE", "STATUS", "TOOK", "REQUESTS"];
    let mut text = table::table(&header, rows.iter().map(cells).collect());
    text.push_str("\nThe references, as they would be given to `runpipe status`:\n");
    for row in rows {
        text.push_str(&format!("  {}\n", row.run.reference));
    }
    text
}
