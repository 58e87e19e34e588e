//! `approve`, `reject` and `retry`, on every service that has them; what a run waits for, in `status` and
//! `watch`.

use std::time::Duration;

use chrono::Utc;
use runpipe::Service;
use runpipe_testing::{Outcome, RunPlan, Sandbox, ScriptedAnswer, SeededRun};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, MockServer};

use crate::program::{EXECUTIONS, Program, answer, buddy, execution, reading, runpipe};

/// The services, each with the name of what waits and of what fails in the sandbox.
const ABLE: [(Service, &str); 4] = [
    (Service::AzureDevops, "Build"),
    (Service::Aliyun, "Compile"),
    (Service::Yunxiao, "Compile"),
    (Service::Buddy, "Build"),
];

/// A sandbox, with the reference of a run that was begun ten seconds ago.
async fn with_a_run(service: Service, plan: RunPlan) -> (Sandbox, String) {
    let sandbox = Sandbox::builder().manual_clock(Utc::now());
    let sandbox = sandbox.start().await.expect("loopback has free ports");
    let pipeline = &sandbox.pipelines(service)[0];
    let id = sandbox
        .seed(&SeededRun::of(pipeline).plan(plan))
        .expect("a pipeline");
    sandbox.advance(Duration::from_secs(10));
    let mut place = pipeline.place.clone();
    if service == Service::Matillion {
        place.truncate(1);
    } else {
        place.push(pipeline.id.clone());
    }
    (sandbox, format!("{service}/{}/{id}", place.join("/")))
}

fn waits() -> RunPlan {
    RunPlan::default()
        .takes(Duration::from_secs(10))
        .waits_for_a_person()
}

fn at(sandbox: &Sandbox, words: &str) -> Program {
    let program = runpipe(words.split_whitespace());
    let variables = sandbox.variables().into_iter();
    variables.fold(program, |program, (name, value)| program.env(name, &value))
}

async fn status(sandbox: &Sandbox, run: &str) -> Value {
    at(sandbox, &format!("status {run} --json"))
        .ends_with(0)
        .await
        .json()
}

#[tokio::test]
async fn a_run_that_waits_says_for_what_and_goes_on_when_it_is_approved() {
    for (service, name) in ABLE {
        let (sandbox, run) = with_a_run(service, waits()).await;
        let told = at(&sandbox, &format!("status {run}"))
            .ends_with(0)
            .await
            .stdout;
        let waits_for = format!("waits for {name}: an approval");
        assert!(told.contains(&waits_for), "{service}: {told}");
        let command = format!("runpipe approve {run}");
        assert!(told.contains(&command), "{service}: {told}");
        let json = status(&sandbox, &run).await;
        assert_eq!(json["status"], "waiting", "{service}");
        assert_eq!(json["waits_for"][0]["kind"], "approval", "{service}");
        // As it is shown: the command works as it stands.
        let approve = command.strip_prefix("runpipe ").expect("the program");
        let approved = at(&sandbox, approve).words(["--json"]).ends_with(0).await;
        assert_eq!(approved.json()["waits_for"], json!([]), "{service}");
        sandbox.advance(Duration::from_secs(10));
        assert_eq!(
            status(&sandbox, &run).await["status"],
            "succeeded",
            "{service}"
        );
    }
}

#[tokio::test]
async fn a_run_that_is_rejected_ends() {
    for (service, name) in ABLE {
        let (sandbox, run) = with_a_run(service, waits()).await;
        let reject = format!("reject {run} --gate {name}");
        if service == Service::Buddy {
            let refused = at(&sandbox, &reject).ends_with(2).await.stderr;
            assert!(
                refused.contains("Not supported by this service"),
                "{refused}"
            );
            assert!(refused.contains("Cancel the run"), "{refused}");
            continue;
        }
        at(&sandbox, &reject).ends_with(0).await;
        assert_eq!(
            status(&sandbox, &run).await["status"],
            "canceled",
            "{service}"
        );
        // Nothing waits any more.
        let late = at(&sandbox, &reject).words(["--json"]).ends_with(3).await;
        assert_eq!(late.error()["kind"], "nothing_to_do", "{service}");
        let late = at(&sandbox, &reject).ends_with(3).await.stderr;
        let headline = late.starts_with("error: There is nothing to do (");
        assert!(headline && !late.contains("--gate"), "{late}");
    }
}

#[tokio::test]
async fn what_failed_is_run_again_under_the_same_reference() {
    for (service, name) in ABLE {
        let failed = RunPlan::default()
            .takes(Duration::from_secs(5))
            .ends(Outcome::Failed);
        let (sandbox, run) = with_a_run(service, failed).await;
        assert_eq!(
            status(&sandbox, &run).await["status"],
            "failed",
            "{service}"
        );
        let mut words = format!("retry {run}");
        if service != Service::Buddy {
            words.push_str(&format!(" --step {name}"));
        }
        let retried = at(&sandbox, &words)
            .words(["--json"])
            .ends_with(0)
            .await
            .json();
        assert_eq!(retried["ref"], run.as_str(), "{service}");
        sandbox.advance(Duration::from_secs(10));
        assert_eq!(
            status(&sandbox, &run).await["status"],
            "succeeded",
            "{service}"
        );
        assert_eq!(sandbox.started(service), 1, "{service}");
    }
}

#[tokio::test]
async fn matillion_has_none_of_it_and_says_so() {
    let (sandbox, run) = with_a_run(Service::Matillion, waits()).await;
    for words in ["approve", "reject", "retry"] {
        let refused = at(&sandbox, &format!("{words} {run} --json"))
            .ends_with(2)
            .await;
        assert_eq!(refused.error()["kind"], "unsupported", "{words}");
        assert_eq!(refused.error()["ref"], run.as_str(), "{words}");
    }
    assert!(sandbox.received(Service::Matillion).is_empty());
}

#[tokio::test]
async fn a_decision_without_an_answer_is_told_as_unknown_and_made_once() {
    for (service, _) in ABLE {
        let operation = match service {
            Service::AzureDevops => "updateApprovals",
            Service::Buddy => "updateExecution",
            _ => "passPipelineValidate",
        };
        let (sandbox, run) = with_a_run(service, waits()).await;
        let rule = runpipe_testing::Rule::answer(service, ScriptedAnswer::status(500));
        let script = runpipe_testing::Script::new([rule.operation(operation).always()]);
        sandbox.play(&script).expect("a good script");
        let ended = at(&sandbox, &format!("approve {run} --json"))
            .ends_with(6)
            .await;
        let error = ended.error();
        assert_eq!(error["kind"], "outcome_unknown", "{service}: {error}");
        assert_eq!(error["ref"], run.as_str(), "{service}");
        let look = format!("runpipe status {run}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(&look), "{service}: {message}");
        let sent = sandbox.received(service).into_iter();
        let sent = sent.filter(|request| request.operation.as_deref() == Some(operation));
        assert_eq!(sent.count(), 1, "{service}");
    }
}

fn two_gates() -> Value {
    let mut run = execution("INPROGRESS");
    let gate = |id: &str, name: &str| json!({ "action_execution_id": id, "status": "WAITING_FOR_APPLY", "action": { "name": name } });
    run["action_executions"] = json!([gate("a1", "Deploy EU"), gate("a2", "Deploy US")]);
    // A run that is as old as the others here is looked at once a minute.
    run["start_date"] = json!(null);
    run
}

#[tokio::test]
async fn several_gates_are_named_with_the_command_for_each() {
    let server = MockServer::start().await;
    reading(&server, answer(200, two_gates())).await;
    let told = buddy(&server, "status buddy/acme/site/2/31")
        .ends_with(0)
        .await
        .stdout;
    let command = "runpipe approve buddy/acme/site/2/31 --gate 'Deploy US'";
    assert!(told.contains(command), "{told}");
    let refused = buddy(&server, "approve buddy/acme/site/2/31")
        .ends_with(3)
        .await
        .stderr;
    assert!(
        refused.contains("\"Deploy EU\" (a1), \"Deploy US\" (a2)"),
        "{refused}"
    );
    assert!(refused.contains("--gate"), "{refused}");
    let body = json!({ "operation": "APPLY", "approve_action_id": "a2" });
    let patch = Mock::given(method("PATCH")).and(path(format!("{EXECUTIONS}/31")));
    let patch = patch.and(body_json(body));
    patch
        .respond_with(answer(200, execution("INPROGRESS")))
        .mount(&server)
        .await;
    let approve = buddy(&server, "approve buddy/acme/site/2/31");
    approve.words(["--gate", "Deploy US"]).ends_with(0).await;
}

#[tokio::test]
async fn values_go_along_and_the_secret_ones_are_shown_nowhere() {
    let server = MockServer::start().await;
    reading(&server, answer(200, execution("WAITING_FOR_VARIABLES"))).await;
    let variables = json!([
        { "key": "REGION", "value": "eu" },
        { "key": "PASSWORD", "value": "correct-horse", "encrypted": true },
    ]);
    let refused = json!({ "errors": [{ "message": "correct-horse is too short" }] });
    let patch = Mock::given(method("PATCH")).and(path(format!("{EXECUTIONS}/31")));
    patch
        .respond_with(answer(400, refused))
        .mount(&server)
        .await;
    let approve =
        "approve buddy/acme/site/2/31 --var REGION=eu --secret-var PASSWORD=DB_PASSWORD -vv";
    let approve = buddy(&server, approve).env("DB_PASSWORD", "correct-horse");
    let refused = approve.ends_with(3).await;
    let shown = format!("{}{}", refused.stdout, refused.stderr);
    assert!(!shown.contains("correct-horse"), "{shown}");
    let requests = server.received_requests().await.expect("recording");
    let sent = requests
        .iter()
        .find(|request| request.method.as_str() == "PATCH");
    let sent: Value = sent.expect("a change").body_json().expect("JSON");
    let mut given = sent["variables"].as_array().cloned().expect("variables");
    given.sort_by_key(|variable| variable["value"] != "eu");
    assert_eq!(json!(given), variables);
    // Without any, nothing is sent.
    let missing = buddy(&server, "approve buddy/acme/site/2/31")
        .ends_with(2)
        .await
        .stderr;
    assert!(missing.contains("values of variables"), "{missing}");
}

#[tokio::test]
async fn watch_shows_what_a_run_waits_for_and_the_command_that_acts() {
    let server = MockServer::start().await;
    let get = || Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/31")));
    let waiting = get().respond_with(answer(200, two_gates()));
    waiting.up_to_n_times(2).mount(&server).await;
    reading(&server, answer(200, execution("SUCCESSFUL"))).await;
    let watched = buddy(&server, "watch buddy/acme/site/2/31")
        .ends_with(0)
        .await
        .stderr;
    for line in [
        "waiting",
        "Deploy EU: an approval",
        "runpipe approve buddy/acme/site/2/31 --gate 'Deploy EU'",
    ] {
        assert!(watched.contains(line), "{line}: {watched}");
    }
}
