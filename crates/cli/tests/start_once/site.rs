//! A sandbox, a ledger, and the program.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use futures_util::StreamExt;
use runpipe::{RunRef, Service, buddy};
use runpipe_testing::{Rule, RunPlan, Sandbox, Script, ScriptedAnswer};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

/// An object store that keeps the keys in place of a directory: `s3://bucket`.
pub fn store() -> Option<String> {
    std::env::var("RUNPIPE_KEY_STORE").ok()
}

/// Short, so that nobody waits long for the dead; long enough for a slow disk.
pub const LEASE: &str = "1s";
/// Where nobody dies.
pub const LONG_LEASE: &str = "10s";

pub struct Site {
    pub sandbox: Sandbox,
    folder: TempDir,
}

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    /// `None` after a signal.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The operations of a service that a start with a key asks for, and what comes of it.
pub struct Asked {
    pub start: &'static str,
    /// What a start reads before it is sent, and to find its run.
    pub list: &'static str,
    /// Whether that list tells the runs of two keys apart.
    pub shows_marks: bool,
}

pub fn asked(service: Service) -> Asked {
    let (start, list, shows_marks) = match service {
        Service::AzureDevops => ("runPipeline", "listBuilds", true),
        Service::Matillion => ("executePublishedPipeline", "listPipelineExecutions", false),
        Service::Aliyun => ("startPipelineRun", "listPipelineRuns", false),
        Service::Yunxiao => ("createPipelineRun", "listPipelineRuns", false),
        Service::Buddy => ("runExecution", "listExecutions", true),
        other => panic!("{other} has no row here"),
    };
    Asked {
        start,
        list,
        shows_marks,
    }
}

/// What a service is started with, apart from the key.
pub fn words(service: Service, sandbox: &Sandbox) -> Vec<String> {
    let pipelines = sandbox.pipelines(service);
    let place = &pipelines[0].place;
    let words: Vec<&str> = match service {
        Service::AzureDevops => {
            "--organization acme --project Website --pipeline id:42 --mark-variable MARK"
                .split(' ')
                .collect()
        }
        Service::Matillion => {
            let environment = ["--environment", "Production", "--pipeline", "Load orders"];
            [&["--project-id", &place[0]][..], &environment].concat()
        }
        Service::Aliyun | Service::Yunxiao => {
            vec!["--organization-id", &place[0], "--pipeline", "id:123"]
        }
        Service::Buddy => "--workspace acme --project website --pipeline id:2"
            .split(' ')
            .collect(),
        other => panic!("{other} has no row here"),
    };
    let begin = ["start", service.name()];
    begin.into_iter().chain(words).map(str::to_owned).collect()
}

/// Every run goes on for as long as a test does.
fn long_runs() -> Rule {
    let plan = RunPlan::default().takes(Duration::from_secs(24 * 3600));
    let rule = Rule {
        run: Some(plan),
        ..Rule::default()
    };
    rule.always()
}

impl Site {
    pub async fn open() -> Site {
        let sandbox = Sandbox::builder().rule(long_runs()).start().await;
        Site {
            sandbox: sandbox.expect("loopback has free ports"),
            folder: tempfile::tempdir().expect("a directory"),
        }
    }

    pub fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    /// The program with this sandbox and this ledger.
    pub fn program<S: AsRef<str>>(&self, words: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runpipe"));
        command.env_clear().kill_on_drop(true).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.args(words.iter().map(AsRef::as_ref));
        command.envs(self.sandbox.variables());
        command.env("RUNPIPE_LEDGER", self.ledger());
        if let Some(store) = store() {
            let own = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
            let folder = self.folder.path().file_name().unwrap_or_default();
            command.env("RUNPIPE_LEDGER", format!("{store}/{}", folder.display()));
            command.envs(own);
        }
        command
    }

    /// A start with a key.
    pub fn start(&self, service: Service, key: &str, lease: &str) -> Command {
        let mut command = self.program(&words(service, &self.sandbox));
        command.args(["--key", key, "--key-lease", lease, "--retries", "0"]);
        command
    }

    /// What becomes of the next start on a service.
    pub fn next_start(&self, service: Service, answer: ScriptedAnswer) {
        self.next_answer(service, asked(service).start, answer);
    }

    pub fn next_answer(&self, service: Service, operation: &str, answer: ScriptedAnswer) {
        let rule = Rule::answer(service, answer).operation(operation);
        self.sandbox.play(&Script::new([rule])).expect("a script");
    }

    /// Drops every rule that was not used.
    pub fn drop_rules(&self) {
        self.sandbox.clear_script();
        let script = Script::new([long_runs()]);
        self.sandbox.play(&script).expect("a script");
    }

    /// How many starts have come in.
    pub fn starts_received(&self, service: Service) -> usize {
        let start = asked(service).start;
        let received = self.sandbox.received(service);
        let starts = received
            .iter()
            .filter(|one| one.operation.as_deref() == Some(start));
        starts.count()
    }

    /// How far the ledger says that a start has come, read from its file.
    pub fn stage(&self, key: &str) -> Option<String> {
        let key: runpipe::ledger::Key = key.parse().expect("a key");
        let file = self.ledger().join(key.digest()).with_extension("json");
        let entry: Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        Some(entry.get("stage")?.as_str()?.to_owned())
    }

    /// The runs of Buddy whose comment has this text in it.
    pub async fn runs_of_buddy(&self, text: &str) -> Vec<RunRef> {
        let client = self.sandbox.buddy().expect("a client");
        let pipeline = buddy::PipelineRef::new("acme", "website", 2);
        let runs = client.list(&pipeline).filter_map(|run| async move {
            let run = run.expect("a run");
            let execution = run.vendor::<buddy::types::Execution>()?;
            let comment = execution.comment.as_ref()?;
            comment.contains(text).then_some(run.reference)
        });
        runs.collect().await
    }
}

pub async fn ended(mut command: impl std::borrow::BorrowMut<Command>) -> Ended {
    let output = command
        .borrow_mut()
        .output()
        .await
        .expect("the program starts");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
    }
}

/// A number that a variable gives for a longer campaign.
pub fn number(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => otherwise,
    }
}
