//! Servers that repeat what they are sent.

use serde_json::json;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{GRANTED, SECRET, SECURITY_TOKEN};

/// How the repeated text is wrapped.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    Json,
    Text,
}

/// Gives out a token, and answers everything else with all headers of the request that hold a
/// credential, and with the secrets themselves.
pub async fn echo(status: u16, form: Form) -> MockServer {
    let server = MockServer::start().await;
    let token = json!({ "access_token": GRANTED, "token_type": "Bearer", "expires_in": 3600 });
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(&server)
        .await;
    let answer = move |request: &Request| {
        let secret = secret_of(request);
        // The last one is cut in the middle: only the beginning of an answer is kept.
        let cut = "-".repeat(200 - 2 * secret.len() - 4);
        let sent = format!("{secret} {cut} {secret} {secret} {}", headers(request));
        let template = ResponseTemplate::new(status).insert_header("activityid", secret);
        match form {
            Form::Json => {
                let body =
                    json!({ "errors": [{ "message": sent }], "message": sent, "code": sent });
                template.set_body_json(body)
            }
            Form::Text => template.set_body_string(sent),
        }
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// What the caller proved itself with, as far as a server can know it.
fn secret_of(request: &Request) -> &'static str {
    let sent = headers(request);
    [GRANTED, SECURITY_TOKEN]
        .into_iter()
        .find(|secret| sent.contains(secret))
        .unwrap_or(SECRET)
}

fn headers(request: &Request) -> String {
    let names = ["authorization", "x-acs-security-token", "x-yunxiao-token"];
    let values = names.iter().filter_map(|name| request.headers.get(*name));
    let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    values.join(" ")
}

/// Gives out a token, and answers everything else with runs that repeat the secret in every text that
/// is shown of one; `broken` ones have it where something else should be.
pub async fn runs(broken: bool) -> MockServer {
    let server = MockServer::start().await;
    let token = json!({ "access_token": GRANTED, "token_type": "Bearer", "expires_in": 3600 });
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(&server)
        .await;
    let answer = move |request: &Request| {
        let said = format!("{} {}", secret_of(request), headers(request));
        let page = format!("https://pages.example/{}", secret_of(request));
        let mut run = json!({
            "id": 2, "name": said, "state": said, "status": said, "comment": said,
            "pipeline": { "id": 1, "name": said }, "definition": { "id": 1, "name": said },
            "_links": { "web": { "href": page } }, "html_url": page, "sourceBranch": said,
            "resources": { "repositories": { "self": { "refName": said } } },
            "branch": { "name": said }, "pipelineExecutionId": "e2a4", "pipelineName": said,
            "pipelineRunId": 2, "message": said, "success": true, "triggerMode": 1,
        });
        if broken {
            for key in ["pipeline", "resources", "pipelineRun", "success"] {
                run[key] = json!(said);
            }
        }
        let path = request.url.path();
        if path.contains("/oapi/") && path.ends_with("/runs") && request.method == "GET" {
            // A list without anything around it.
            return ResponseTemplate::new(200).set_body_json([run]);
        }
        let mut body = run.clone();
        for list in ["value", "executions", "results", "pipelineRuns"] {
            body[list] = json!([run]);
        }
        for one in ["result", "pipelineRun"] {
            if !broken && !path.contains("_apis") {
                body[one] = run.clone();
            }
        }
        ResponseTemplate::new(200).set_body_json(body)
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// Gives out a token, and answers everything else with the parts of a run and their logs, which repeat
/// the secret in every text, and as an id.
pub async fn parts() -> MockServer {
    let server = MockServer::start().await;
    let token = json!({ "access_token": GRANTED, "token_type": "Bearer", "expires_in": 3600 });
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(&server)
        .await;
    let answer = |request: &Request| {
        let secret = secret_of(request);
        let said = format!("{secret} {}", headers(request));
        let path = request.url.path();
        if path.ends_with("/logs/1") {
            return ResponseTemplate::new(200).set_body_raw(said, "text/plain");
        }
        let jobs = json!([{ "id": 7, "name": said, "status": said }]);
        let stages = json!([{ "name": said, "stageInfo": { "name": said, "jobs": jobs } }]);
        let issues = json!([{ "type": "error", "message": said }]);
        let records = json!([{ "id": secret, "name": said, "log": { "id": 1 }, "issues": issues }]);
        if path.ends_with("/timeline") {
            return ResponseTemplate::new(200).set_body_json(json!({ "records": records }));
        }
        let result = json!({ "status": "FAILED", "message": said });
        let action = json!({ "name": said });
        let mut body = json!({
            "success": true, "id": 2, "pipelineRunId": 2, "status": "FAILED", "stages": stages,
            "pipelineRun": { "pipelineRunId": 2, "stages": stages }, "content": said,
            "value": [{ "id": 1 }],
            "results": [{ "id": secret, "name": said, "result": result }],
            "action_executions": [
                { "action_execution_id": "a1", "action": action, "status": "FAILED" },
                { "action_execution_id": secret, "action": action, "status": "FAILED" },
            ],
            "error_message": said, "log": { "content": said },
        });
        if path.contains("/action_executions/") {
            body["log"] = json!([said]);
        }
        ResponseTemplate::new(200).set_body_json(body)
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// Gives out no token, and repeats the form that asked for one: as it was sent, and decoded.
pub async fn refused_tokens(status: u16) -> MockServer {
    let server = MockServer::start().await;
    let answer = move |request: &Request| {
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let text = format!("{SECRET} is wrong: {form}");
        let body = json!({ "error": SECRET, "error_description": text, "error_uri": form });
        ResponseTemplate::new(status).set_body_json(body)
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}
