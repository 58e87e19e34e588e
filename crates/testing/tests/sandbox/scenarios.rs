//! Scripts, the control endpoint, the clock, what is kept.

use std::time::{Duration, Instant};

use chrono::{TimeZone, Utc};
use runpipe::buddy::{PipelineRef, types::RunExecutionRequest};
use runpipe::{ErrorKind, RetryPolicy, RunStatus, Service};
use runpipe_testing::{Outcome as Ends, Rule, RunPlan, Sandbox, Script, ScriptedAnswer};
use serde_json::{Value, json};

use super::{Answer, Outcome, http, send};

const EXECUTIONS: &str = "/workspaces/acme/projects/website/pipelines/2/executions";

async fn start(sandbox: &Sandbox) -> Result<Answer, Box<dyn std::error::Error>> {
    let url = format!("{}{EXECUTIONS}", sandbox.url(Service::Buddy));
    send(
        http()
            .post(url)
            .bearer_auth(&sandbox.accepted().buddy_token)
            .json(&json!({})),
    )
    .await
}

#[tokio::test]
async fn the_next_answers_are_those_of_the_script() -> Outcome {
    let script: Script = r#"{ "rules": [
        { "service": "buddy", "operation": "getExecution", "answer": { "status": 404 } },
        { "service": "buddy", "times": 2, "answer": { "status": 429, "headers": { "Retry-After": "7" } } },
        { "service": "buddy", "answer": { "status": 502, "headers": { "Content-Type": "text/html" }, "body": "<html>bad gateway</html>" } },
        { "service": "buddy", "answer": { "status": 500, "body": { "errors": [] }, "acts": true } }
    ] }"#
        .parse()?;
    let sandbox = Sandbox::builder().script(script).start().await?;
    for _ in 0..2 {
        let answer = start(&sandbox).await?;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "7"));
        assert!(
            answer.json()["errors"][0]["message"].is_string(),
            "the document's example: {}",
            answer.text
        );
    }
    let answer = start(&sandbox).await?;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (502, "<html>bad gateway</html>")
    );
    assert_eq!(answer.header("content-type"), "text/html");
    assert_eq!(sandbox.started(Service::Buddy), 0);
    let answer = start(&sandbox).await?;
    assert_eq!(
        (answer.status, answer.json()),
        (500, json!({ "errors": [] }))
    );
    assert_eq!(
        sandbox.started(Service::Buddy),
        1,
        "the answer was lost, the run was not"
    );
    assert_eq!(start(&sandbox).await?.status, 200);
    let statuses: Vec<u16> = sandbox
        .received(Service::Buddy)
        .iter()
        .map(|one| one.status)
        .collect();
    assert_eq!(statuses, [429, 429, 502, 500, 200]);
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_for_the_client() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let lost = ScriptedAnswer::status(503).after_acting();
    sandbox.play(&Script::new([
        Rule::answer(Service::Buddy, lost).operation("runExecution")
    ]))?;
    let buddy = sandbox
        .buddy_builder()
        .retry(RetryPolicy::default())
        .build()?;
    let pipeline = PipelineRef::new("acme", "website", 2);
    let error = buddy
        .start(&pipeline, &RunExecutionRequest::default())
        .await;
    assert_eq!(
        error.err().map(|error| error.kind()),
        Some(ErrorKind::OutcomeUnknown)
    );
    assert_eq!(sandbox.started(Service::Buddy), 1);
    Ok(())
}

#[tokio::test]
async fn runs_go_as_scripted_and_then_as_always() -> Outcome {
    let start_at = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .unwrap_or_default();
    let sandbox = Sandbox::builder()
        .manual_clock(start_at)
        .rule(Rule::run(Service::Buddy, RunPlan::default().ends(Ends::Failed)).times(2))
        .rule(Rule::run(Service::Buddy, RunPlan::default().ends(Ends::Skipped)).always())
        .start()
        .await?;
    let buddy = sandbox.buddy()?;
    let pipeline = PipelineRef::new("acme", "website", 2);
    let mut runs = Vec::new();
    for _ in 0..4 {
        runs.push(
            buddy
                .start(&pipeline, &RunExecutionRequest::default())
                .await?,
        );
    }
    sandbox.advance(Duration::from_secs(10));
    let mut ends = Vec::new();
    for run in &runs {
        ends.push(buddy.get(&run.reference).await?.status);
    }
    use RunStatus::{Failed, Skipped};
    assert_eq!(ends, [Failed, Failed, Skipped, Skipped]);
    Ok(())
}

#[tokio::test]
async fn an_answer_can_be_held_back() -> Outcome {
    let sandbox = Sandbox::start().await?;
    sandbox.next_answer(
        Service::Buddy,
        ScriptedAnswer::delayed(Duration::from_millis(300)),
    );
    let began = Instant::now();
    assert_eq!(start(&sandbox).await?.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(300));
    Ok(())
}

#[test]
fn a_wrong_script_says_which_rule_and_why() {
    for (text, sentence) in [
        ("{", "EOF"),
        (
            r#"{ "rules": [ { "answer": { "status": 500 } }, {} ] }"#,
            "rule 2 says nothing",
        ),
        (
            r#"{ "rules": [ { "run": {}, "answer": { "status": 500 } } ] }"#,
            "both",
        ),
        (
            r#"{ "rules": [ { "answer": { "status": 42 } } ] }"#,
            "200 to 599",
        ),
        (
            r#"{ "rules": [ { "answer": { "body": "x" } } ] }"#,
            "without a status",
        ),
        (
            r#"{ "rules": [ { "answer": { "statuss": 500 } } ] }"#,
            "statuss",
        ),
        (r#"{ "rules": [ { "run": { "takes": 5 } } ] }"#, "takes"),
        (r#"{ "rules": [ { "run": { "ends": "well" } } ] }"#, "well"),
        (
            r#"{ "rules": [ { "service": "jenkins", "run": {} } ] }"#,
            "jenkins",
        ),
        (
            r#"{ "rules": [ { "times": "often", "run": {} } ] }"#,
            "Times",
        ),
    ] {
        let error = text
            .parse::<Script>()
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains(sentence), "{text}: {error}");
    }
}

#[tokio::test]
async fn an_operation_that_there_is_not_names_the_nearest() -> Outcome {
    let sandbox = Sandbox::start().await?;
    // The other one is an operation of another service.
    for (wanted, nearest) in [
        ("runExecutions", "runExecution"),
        ("runPipeline", "getPipeline"),
    ] {
        let rule = Rule::answer(Service::Buddy, ScriptedAnswer::status(500)).operation(wanted);
        let played = sandbox.play(&Script::new([rule]));
        let error = played.err().ok_or("it was taken")?.to_string();
        assert!(
            error.ends_with(&format!("nearest is {nearest:?}")),
            "{error}"
        );
    }
    assert_eq!(
        start(&sandbox).await?.status,
        200,
        "nothing of the script is played"
    );
    Ok(())
}

async fn control(
    sandbox: &Sandbox,
    method: reqwest::Method,
    path: &str,
    body: Option<Value>,
) -> Result<Answer, Box<dyn std::error::Error>> {
    let request = http().request(
        method,
        format!("{}/_sandbox/{path}", sandbox.url(Service::Buddy)),
    );
    // A form of a web page could not send it.
    let request = request.header("x-runpipe-sandbox", "yes");
    send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn the_control_endpoint_does_the_same_over_http() -> Outcome {
    use reqwest::Method;
    let start_at = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .unwrap_or_default();
    let sandbox = Sandbox::builder().manual_clock(start_at).start().await?;
    let rules = json!({ "rules": [ { "service": "buddy", "answer": { "status": 503 } } ] });
    let played = control(&sandbox, Method::POST, "script", Some(rules.clone())).await?;
    assert_eq!(played.status, 200, "{}", played.text);
    assert_eq!(
        played.json()["services"]["buddy"]["rules"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(start(&sandbox).await?.status, 503);
    control(&sandbox, Method::POST, "script", Some(rules)).await?;
    control(&sandbox, Method::DELETE, "script", None).await?;
    assert_eq!(start(&sandbox).await?.status, 200);
    let wrong = json!({ "rules": [ { "service": "buddy" } ] });
    let wrong = control(&sandbox, Method::POST, "script", Some(wrong)).await?;
    assert_eq!(wrong.status, 400);
    assert!(
        wrong.json()["error"].to_string().contains("rule 1"),
        "{}",
        wrong.text
    );

    let moved = control(
        &sandbox,
        Method::POST,
        "clock",
        Some(json!({ "advance_seconds": 90 })),
    )
    .await?;
    assert!(
        moved.json()["now"].to_string().contains("10:01:30"),
        "{}",
        moved.text
    );
    let overview = control(&sandbox, Method::GET, "", None).await?.json();
    assert_eq!(overview["services"]["buddy"]["started"], json!(1));
    assert_eq!(
        overview["services"]["buddy"]["received"],
        json!(2),
        "control requests do not count"
    );
    let received = control(&sandbox, Method::GET, "received?service=buddy", None)
        .await?
        .json();
    assert_eq!(received["received"][1]["operation"], json!("runExecution"));
    assert!(
        !received
            .to_string()
            .contains(&sandbox.accepted().buddy_token)
    );
    let pipelines = control(&sandbox, Method::GET, "pipelines", None).await?;
    assert!(pipelines.text.contains("\"deploy\""));
    control(&sandbox, Method::POST, "reset", None).await?;
    assert_eq!(sandbox.started(Service::Buddy), 0);
    assert!(sandbox.received(Service::Buddy).is_empty());
    assert_eq!(
        control(&sandbox, Method::GET, "nothing", None)
            .await?
            .status,
        404
    );
    Ok(())
}

#[tokio::test]
async fn the_machine_s_clock_cannot_be_moved() -> Outcome {
    let sandbox = Sandbox::start().await?;
    assert!(!sandbox.advance(Duration::from_secs(1)));
    let body = Some(json!({ "advance_seconds": 1 }));
    assert_eq!(
        control(&sandbox, reqwest::Method::POST, "clock", body)
            .await?
            .status,
        409
    );
    Ok(())
}

/// More connections and requests than the sandbox keeps.
#[tokio::test]
async fn thousands_of_requests_at_once_are_all_answered() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let http = http();
    let url = format!("{}{EXECUTIONS}?per_page=1", sandbox.url(Service::Buddy));
    let token = sandbox.accepted().buddy_token.clone();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (http, url, token) = (http.clone(), url.clone(), token.clone());
        workers.spawn(async move {
            let mut odd = Vec::new();
            for _ in 0..200 {
                match http.get(&url).bearer_auth(&token).send().await {
                    Ok(answer) if answer.status() == 200 => {}
                    Ok(answer) => odd.push(answer.status().to_string()),
                    Err(error) => odd.push(error.to_string()),
                }
            }
            odd
        });
    }
    let odd: Vec<Vec<String>> = workers.join_all().await;
    assert_eq!(odd.concat(), Vec::<String>::new());
    assert_eq!(
        sandbox.received(Service::Buddy).len(),
        2_000,
        "the newest are kept"
    );
    Ok(())
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() -> Outcome {
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port();
    let error = Sandbox::builder()
        .port(Service::Buddy, port)
        .start()
        .await
        .err();
    let error = error.ok_or("the port was taken twice")?;
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    drop(taken);
    let sandbox = Sandbox::builder()
        .port(Service::Buddy, port)
        .start()
        .await?;
    assert_eq!(
        sandbox.url(Service::Buddy),
        format!("http://127.0.0.1:{port}")
    );
    Ok(())
}

#[tokio::test]
async fn the_variables_lead_a_program_here_and_debug_tells_no_secret() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let variables = sandbox.variables();
    assert!(variables.contains(&("RUNPIPE_BUDDY_URL", sandbox.url(Service::Buddy))));
    assert!(variables.contains(&("BUDDY_TOKEN", sandbox.accepted().buddy_token.clone())));
    start(&sandbox).await?;
    let debug = format!("{sandbox:?} {:?}", sandbox.received(Service::Buddy));
    assert!(!debug.contains(&sandbox.accepted().buddy_token), "{debug}");
    assert!(debug.contains("runExecution"));
    Ok(())
}
