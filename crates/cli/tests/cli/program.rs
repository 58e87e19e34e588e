//! Running the program, and a service for it to talk to.

use std::process::{ExitStatus, Stdio};

use runpipe_testing::Sandbox;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Where Buddy has the executions of the pipeline that the tests start.
pub const EXECUTIONS: &str = "/workspaces/acme/projects/site/pipelines/2/executions";
/// The credential that the tests give.
pub const TOKEN: &str = "t0ken-of-the-tests";

/// A command line that has not been run yet. Its environment is empty.
pub struct Program {
    command: Command,
    stdin: Option<String>,
}

/// How the program ended.
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// The program with these words.
pub fn runpipe<'a>(words: impl IntoIterator<Item = &'a str>) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runpipe"));
    command.env_clear().kill_on_drop(true);
    command.args(words).stdin(Stdio::null());
    Program {
        command,
        stdin: None,
    }
}

/// The program with a credential for Buddy, at a server, with these words (blanks between them).
pub fn buddy(server: &MockServer, words: &str) -> Program {
    runpipe(words.split_whitespace())
        .env("BUDDY_TOKEN", TOKEN)
        .env("RUNPIPE_BUDDY_URL", &server.uri())
}

/// The program with these words, where every service is a sandbox's.
pub fn at(sandbox: &Sandbox, words: &[&str]) -> Program {
    let variables = sandbox.variables().into_iter();
    variables.fold(runpipe(words.iter().copied()), |program, (name, value)| {
        program.env(name, &value)
    })
}

impl Program {
    /// In this folder.
    pub fn within_folder(mut self, folder: &std::path::Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Leaves a variable out.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn words<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(words);
        self
    }

    pub fn stdin(mut self, text: impl Into<String>) -> Self {
        self.command.stdin(Stdio::piped());
        self.stdin = Some(text.into());
        self
    }

    /// With no signal ignored. Whoever runs the tests may ignore some, as `nohup` and a shell's `&` do,
    /// and what is ignored is inherited.
    pub fn with_default_signals(self) -> Self {
        self.within(r#"exec /usr/bin/env --default-signal "$0" "$@""#)
    }

    /// The same words, given to the program by a shell: `"$0" "$@"` is the whole of it.
    pub fn within(mut self, script: &str) -> Self {
        let plain = self.command.as_std();
        let mut shell = Command::new("/bin/sh");
        shell.env_clear().kill_on_drop(true).stdin(Stdio::null());
        shell
            .args(["-c", script])
            .arg(plain.get_program())
            .args(plain.get_args());
        for (name, value) in plain.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        self.command = shell;
        self
    }

    pub fn stdout(mut self, to: Stdio) -> Self {
        self.command.stdout(to);
        self
    }

    pub async fn spawn(self) -> Child {
        self.spawn_with(Stdio::piped()).await
    }

    /// Starts it, with stderr there.
    pub async fn spawn_with(mut self, stderr: Stdio) -> Child {
        self.command.stderr(stderr);
        let mut child = self.command.spawn().expect("the program starts");
        if let (Some(text), Some(mut stdin)) = (self.stdin, child.stdin.take()) {
            stdin
                .write_all(text.as_bytes())
                .await
                .expect("stdin is read");
        }
        child
    }

    pub async fn run(self) -> Ended {
        self.stdout(Stdio::piped()).spawn().await.ended().await
    }

    /// Runs it, and expects this exit code.
    pub async fn ends_with(self, code: i32) -> Ended {
        let ended = self.run().await;
        assert_eq!(
            ended.status.code(),
            Some(code),
            "{}{}",
            ended.stdout,
            ended.stderr
        );
        ended
    }
}

/// Waiting for a process.
pub trait Ending {
    async fn ended(self) -> Ended;
}

impl Ending for Child {
    async fn ended(self) -> Ended {
        let output = self.wait_with_output().await.expect("the program ends");
        Ended {
            status: output.status,
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

impl Ended {
    /// This is part of what it printed.
    #[track_caller]
    pub fn prints(&self, text: impl AsRef<str>) {
        assert!(self.stdout.contains(text.as_ref()), "{}", self.stdout);
    }

    /// This is part of what it told on stderr.
    #[track_caller]
    pub fn tells(&self, text: impl AsRef<str>) {
        assert!(self.stderr.contains(text.as_ref()), "{}", self.stderr);
    }

    /// stdout as one JSON object on one line.
    pub fn json(&self) -> Value {
        one_object(&self.stdout)
    }

    /// stderr as one JSON object on one line.
    pub fn error(&self) -> Value {
        one_object(&self.stderr)
    }

    /// What follows the news of a start on stderr, as one JSON object on one line.
    pub fn last_error(&self) -> Value {
        let (started, rest) = self.stderr.split_once('\n').expect("two lines");
        assert_eq!(one_object(started)["kind"], "started");
        one_object(rest)
    }
}

fn one_object(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "one line: {text}");
    let value: Value = serde_json::from_str(text).expect("JSON");
    assert!(value.is_object(), "an object: {text}");
    value
}

/// The keys of an object.
pub fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

/// An execution of Buddy in this state.
pub fn execution(status: &str) -> Value {
    json!({
        "id": 31,
        "html_url": "https://app.buddy.works/acme/site/pipelines/pipeline/2/execution/65a1",
        "start_date": "2026-11-21T09:00:00.000Z",
        "finish_date": if status == "INPROGRESS" { Value::Null } else { json!("2026-11-21T09:01:03Z") },
        "status": status,
        "branch": { "name": "main" },
        "comment": "hotfix",
        "pipeline": { "id": 2, "name": "Deploy" },
    })
}

/// A Buddy that answers a start with this.
pub async fn starting(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let start = Mock::given(method("POST")).and(path(EXECUTIONS));
    start.respond_with(answer).mount(&server).await;
    server
}

/// A Buddy whose execution 31 is in this state, and which starts it.
pub async fn buddy_with(status: &str) -> MockServer {
    let server = starting(answer(200, execution(status))).await;
    reading(&server, answer(200, execution(status))).await;
    server
}

/// Answers reads of execution 31 with this.
pub async fn reading(server: &MockServer, answer: ResponseTemplate) {
    let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/31")));
    get.respond_with(answer).mount(server).await;
}

/// A JSON answer.
pub fn answer(status: u16, body: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// How many requests with this method came.
pub async fn received(server: &MockServer, wanted: &str) -> usize {
    let requests = server.received_requests().await.unwrap_or_default();
    requests
        .iter()
        .filter(|request| request.method.as_str() == wanted)
        .count()
}

/// The start that most tests make.
pub const START: &str = "start buddy --workspace acme --project site --pipeline 2 --retries 0";
