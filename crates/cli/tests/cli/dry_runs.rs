//! `start --dry-run`: what is printed is what a start sends, and it starts nothing.

use std::process::Command;

use runpipe::Service;
use runpipe_testing::{Received, Sandbox};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::program::{Program, answer, at, runpipe};
use crate::schemas::holds;

/// A secret that neither a shell nor JSON takes as it is.
const HUSH: &str = "it's \"one\" of\nthe \\secrets $HOME `id`";

pub fn words(service: Service) -> Vec<&'static str> {
    let organization = "60d1c0ffee5ca1ab1e00feed";
    let text = "GREETING=你好 & it's \"so\"";
    match service {
        Service::AzureDevops => vec![
            "azure-devops",
            "--organization",
            "acme",
            "--project",
            "Website",
            "--pipeline",
            "build",
            "--branch",
            "main",
            "--param",
            text,
            "--secret-var",
            "K=HUSH",
        ],
        Service::Matillion => vec![
            "matillion",
            "--project-id",
            "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60",
            "--environment",
            "Test",
            "--pipeline",
            "Load orders",
            "--var",
            text,
        ],
        Service::Aliyun => vec![
            "aliyun",
            "--organization-id",
            organization,
            "--pipeline",
            "web-release",
            "--env",
            text,
        ],
        Service::Yunxiao => vec![
            "yunxiao",
            "--organization-id",
            organization,
            "--pipeline",
            "web-release",
            "--env",
            text,
        ],
        Service::Buddy => vec![
            "buddy",
            "--workspace",
            "acme",
            "--project",
            "website",
            "--pipeline",
            "2",
            "--branch",
            "main",
            "--comment",
            text,
            "--secret-var",
            "K=HUSH",
        ],
        other => panic!("{other} has no start here"),
    }
}

pub fn start(sandbox: &Sandbox, service: Service, more: &[&str]) -> Program {
    let words: Vec<&str> = ["start"].into_iter().chain(words(service)).collect();
    at(sandbox, &words)
        .words(more.iter().copied())
        .env("HUSH", HUSH)
}

/// Runs a command in a shell that has the variables.
fn shell(sandbox: &Sandbox, command: &str) {
    let token = r#"ACCESS_TOKEN=$(curl -s -d grant_type=client_credentials \
        --data-urlencode client_id="$MATILLION_CLIENT_ID" \
        --data-urlencode client_secret="$MATILLION_CLIENT_SECRET" "$RUNPIPE_MATILLION_TOKEN_URL" \
        | sed 's/.*"access_token": *"\([^"]*\)".*/\1/')"#;
    let script = match command.contains("$ACCESS_TOKEN") {
        true => format!("{token}\n{command}"),
        false => command.to_owned(),
    };
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script])
        .env("HUSH", HUSH)
        .envs(sandbox.variables());
    let ended = shell.output().expect("a shell");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{command}\n{said}");
}

/// A request without what is new each time, and what each HTTP client has of its own.
fn lasting(request: &Received) -> (String, String, Value, Vec<(String, String)>) {
    let own = [
        "user-agent",
        "accept-encoding",
        "content-length",
        "host",
        "connection",
    ];
    let new = ["authorization", "x-acs-date", "x-acs-signature-nonce"];
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}")));
    let mut headers: Vec<_> = headers
        .filter(|(name, _)| !own.contains(&name.as_str()) && !new.contains(&name.as_str()))
        .collect();
    headers.sort();
    let body = String::from_utf8(request.body.to_vec()).expect("text");
    let body = serde_json::from_str(&body).unwrap_or(Value::from(body));
    let address = format!("{} {}", request.method, request.path);
    (address, request.query.clone(), body, headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_command_starts_what_a_start_starts() {
    if Command::new("curl").arg("--version").output().is_err() {
        panic!("this machine has no curl");
    }
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for service in Service::ALL {
        let dry = start(&sandbox, service, &["--dry-run"]).ends_with(0).await;
        assert_eq!(sandbox.started(service), 0, "{}", dry.stderr);
        assert!(
            dry.stderr.starts_with("Nothing was started."),
            "{}",
            dry.stderr
        );
        shell(&sandbox, &dry.stdout);
        assert_eq!(sandbox.started(service), 1, "{}", dry.stdout);
        let by_curl = sandbox.received(service).pop().expect("a request");
        start(&sandbox, service, &[]).ends_with(0).await;
        let started = sandbox.received(service).pop().expect("a request");
        assert_eq!(
            lasting(&by_curl),
            lasting(&started),
            "{service}: {}",
            dry.stdout
        );
        assert_eq!(sandbox.started(service), 2);
    }
}

#[tokio::test]
async fn no_secret_is_in_it() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for service in Service::ALL {
        for more in [
            &["--dry-run"][..],
            &["--dry-run", "--json"],
            &["--dry-run", "-vv"],
        ] {
            let dry = start(&sandbox, service, more).ends_with(0).await;
            let all = format!("{}{}", dry.stdout, dry.stderr);
            for (name, value) in sandbox.variables() {
                let is_secret = !name.ends_with("_URL") && !name.ends_with("_ID");
                assert!(!is_secret || !all.contains(&value), "{name}: {all}");
            }
            assert!(!all.contains("the \\\\secrets"), "{all}");
        }
    }
    // What a body gives as secret has no variable, and gets one.
    let body = json!({ "variables": [{ "key": "K", "value": "hush-hush", "encrypted": true }] });
    let buddy = start(
        &sandbox,
        Service::Buddy,
        &["--dry-run", "--json", "--body", "-"],
    );
    let dry = buddy.stdin(body.to_string()).ends_with(0).await;
    assert!(!dry.stdout.contains("hush-hush"), "{}", dry.stdout);
}

#[tokio::test]
async fn the_canonical_request_is_shown_where_requests_are_signed() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let aliyun = start(&sandbox, Service::Aliyun, &["--dry-run", "--json"])
        .ends_with(0)
        .await;
    let canonical = aliyun.json()["canonical_request"]
        .as_str()
        .expect("text")
        .to_owned();
    let path = "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run";
    assert!(
        canonical.starts_with(&format!("POST\n{path}\n")),
        "{canonical}"
    );
    assert!(
        canonical.contains("\nx-acs-action:StartPipelineRun\n"),
        "{canonical}"
    );
    let temporary = start(&sandbox, Service::Aliyun, &["--dry-run", "--json"])
        .env("ALIBABA_CLOUD_SECURITY_TOKEN", "s3cret-token")
        .ends_with(0)
        .await;
    let told = &temporary.stdout;
    assert!(
        told.contains("x-acs-security-token:$ALIBABA_CLOUD_SECURITY_TOKEN"),
        "{told}"
    );
    assert!(!told.contains("s3cret-token"), "{told}");
    let buddy = start(&sandbox, Service::Buddy, &["--dry-run", "--json"])
        .ends_with(0)
        .await;
    assert_eq!(buddy.json()["canonical_request"], Value::Null);
}

/// Every flag of a request is told, with a field that the request really has.
#[tokio::test]
async fn each_flag_is_told_with_the_field_that_it_became() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for (service, words) in [
        (
            "azure-devops",
            "--organization acme --project Website --pipeline id:42 --pipeline-version 3 --branch b \
             --version c --repo-ref r=main --repo-version r=c --repo-token r=HUSH \
             --repo-token-type r=Basic --var v=1 --secret-var w=HUSH --param p=1 --skip-stage s \
             --build b=1 --container c=1 --package p=1 --pipeline-resource q=1 \
             --pipeline-resource-run q=7",
        ),
        (
            "matillion",
            "--project-id 3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60 --environment Test --pipeline x \
             --agent-id a --execution-tag t --var v=1 --grid-var g=[[\"a\"]] --version-name 1",
        ),
        (
            "aliyun",
            "--organization-id 60d1c0ffee5ca1ab1e00feed --pipeline id:123 --branch b --env e=1 \
             --running-branch https://x/y.git=m --running-tag https://x/z.git=t \
             --pipeline-artifact 3=1 --acr-artifact r/t=1 --package-artifact g/r=1 --comment c \
             --need-create-branch=false --release-branch r",
        ),
        (
            "yunxiao",
            "--organization-id 60d1c0ffee5ca1ab1e00feed --pipeline id:123 --branch b --env e=1 \
             --running-branch https://x/y.git=m --running-tag https://x/z.git=t \
             --pipeline-artifact 3=1 --acr-artifact r/t=1 --package-artifact g/r=1 --comment c \
             --need-create-branch=false --release-branch r",
        ),
        (
            "buddy",
            "--workspace acme --project website --pipeline id:2 --revision HEAD --from-revision f \
             --branch b --tag t --pull-request 7 --comment c --refresh --clear-cache \
             --priority high --var v=1 --secret-var w=HUSH --action 3 --delay-until 30m \
             --environment e --package-version p:1",
        ),
    ] {
        let words: Vec<&str> = words.split_whitespace().collect();
        let program = at(&sandbox, &["start", service, "--dry-run", "--json"]);
        let dry = program.words(words.iter().copied()).env("HUSH", "hush");
        let told = dry.ends_with(0).await.json();
        let fields = told["fields"].as_array().expect("fields");
        let given = words.iter().filter_map(|word| word.strip_prefix("--"));
        for flag in given.map(|word| word.split('=').next().expect("a name")) {
            let flag = format!("--{flag}");
            let field = fields.iter().find(|field| field["flag"] == flag.as_str());
            let field = field.unwrap_or_else(|| panic!("{service} tells nothing of {flag}"));
            assert_ne!(field["value"], "null", "{service} {field}");
        }
        // No flag of the help is left out of this test.
        let help = runpipe(["start", service, "--help"])
            .ends_with(0)
            .await
            .stdout;
        let request = help.split("\nRequest:").nth(1).expect("a section");
        let request = request
            .split("\nWhat happens then:")
            .next()
            .expect("its text");
        let flags = request
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--"));
        for flag in flags.map(|line| line.split([' ', '=', '[']).next().expect("a name")) {
            let apart = ["body", "preview-run", "yaml-override"];
            let is_given = words.iter().any(|word| {
                word.strip_prefix("--")
                    .is_some_and(|word| word.split('=').next() == Some(flag))
            });
            assert!(is_given || apart.contains(&flag), "{service} --{flag}");
        }
    }
}

#[tokio::test]
async fn what_a_service_ignores_in_silence_is_warned_of() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let body = json!({ "resources": { "repositories": { "self": { "refName": "main" } } } });
    let azure = at(
        &sandbox,
        &[
            "start",
            "azure-devops",
            "--organization",
            "acme",
            "--project",
        ],
    )
    .words([
        "Website",
        "--pipeline",
        "42",
        "--dry-run",
        "--body",
        "-",
        "--var",
        "a=1",
    ]);
    let told = azure.stdin(body.to_string()).ends_with(0).await.stderr;
    assert!(told.contains("Write refs/heads/main."), "{told}");
    assert!(
        told.contains("setting these variables at queue time, or the start is refused: a."),
        "{told}"
    );

    // One source in branch mode, one without.
    let server = MockServer::start().await;
    let sources = |modes: &[bool]| {
        let source = |mode: &bool| json!({ "data": { "repo": format!("https://x/{mode}.git"), "isBranchMode": mode } });
        let sources: Vec<Value> = modes.iter().map(source).collect();
        json!({ "success": true, "pipeline": { "pipelineConfig": { "sources": sources } } })
    };
    for (pipeline, modes) in [(1, &[true][..]), (2, &[false]), (3, &[true, false])] {
        let get =
            Mock::given(method("GET")).and(path(format!("/organization/o/pipelines/{pipeline}")));
        get.respond_with(answer(200, sources(modes)))
            .mount(&server)
            .await;
    }
    let branch = "--branch b";
    let (on_mode, on_plain) = (
        "--running-branch https://x/true.git=b",
        "--running-branch https://x/false.git=b",
    );
    for (pipeline, flags, warned) in [
        (1, branch, None),
        (
            1,
            on_mode,
            Some(
                "silently ignores runningBranchs: no source of the pipeline is without branch mode",
            ),
        ),
        (
            2,
            branch,
            Some("silently ignores branchModeBranchs: no source of the pipeline is in branch mode"),
        ),
        (2, on_plain, None),
        (
            2,
            "--running-branch https://x/other.git=b",
            Some("no source has exactly this address"),
        ),
        (
            3,
            on_mode,
            Some(
                "silently ignores runningBranchs of https://x/true.git: this source is in branch mode",
            ),
        ),
        (
            3,
            "--env version=1",
            Some("reserves the variable name version"),
        ),
    ] {
        let id = format!("id:{pipeline}");
        let start = [
            "start",
            "aliyun",
            "--organization-id",
            "o",
            "--pipeline",
            &id,
            "--dry-run",
        ];
        let told = runpipe(start)
            .words(flags.split(' '))
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-test")
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-of-the-tests")
            .env("RUNPIPE_ALIYUN_URL", &server.uri());
        let told = told.ends_with(0).await.stderr;
        match warned {
            Some(warned) => assert!(told.contains(warned), "{told}"),
            None => assert!(!told.contains("warning:"), "{told}"),
        }
    }
}

#[tokio::test]
async fn it_is_as_its_schema_says_and_goes_with_no_wait() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for service in Service::ALL {
        let dry = start(&sandbox, service, &["--dry-run", "--json"])
            .ends_with(0)
            .await;
        holds("dry-run", &dry.stdout).await;
        for more in ["--watch", "--reconcile=5s"] {
            start(&sandbox, service, &["--dry-run", more])
                .ends_with(2)
                .await;
        }
        assert_eq!(sandbox.started(service), 0);
    }
}
