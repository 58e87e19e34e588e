//! A service, or a proxy before it, that repeats in its answer what it was sent: no credential gets
//! into an error, whatever the credential is and whatever was asked for.

mod echo;
mod subject;

use echo::{Form, echo, parts, refused_tokens, runs};
use futures_util::{StreamExt, TryStreamExt};
use runpipe::{Error, Log, Result, Run, Step};
use subject::{Subject, all, with_client_secret};

const SECRET: &str = "s3cret-0f-the-caller";
/// Base64 of ":" and the secret.
const BASIC: &str = "OnMzY3JldC0wZi10aGUtY2FsbGVy";
/// The token that is given for the secret, where one is.
const GRANTED: &str = "gr4nted-t0ken-0f-an-hour";
/// The token that belongs to a temporary key.
const SECURITY_TOKEN: &str = "st5-t0ken-0f-the-key";

/// What must never be shown: in whole, in the form it is sent in, and not its beginning either.
const NEVER: [&str; 7] = [
    SECRET,
    BASIC,
    GRANTED,
    SECURITY_TOKEN,
    "s3cret",
    "gr4nte",
    "st5-t0",
];

fn check(error: &Error, name: &str) {
    let json = serde_json::to_string(error).expect("an error is JSON");
    let shown = format!("{error} {error:?} {json}");
    for secret in NEVER {
        assert!(!shown.contains(secret), "{name} shows {secret}: {shown}");
    }
    assert!(
        shown.contains("[hidden]"),
        "{name}: the answer was not quoted at all: {shown}"
    );
}

fn failed(told: Result<Run>, name: &str) -> Error {
    match told {
        Err(error) => error,
        Ok(run) => panic!("{name}: {run:?}"),
    }
}

#[tokio::test]
async fn no_echoed_credential_gets_into_an_error() {
    for (status, form) in [
        (400, Form::Json),
        (400, Form::Text),
        (401, Form::Json),
        (403, Form::Text),
        (404, Form::Text),
        (409, Form::Json),
        (429, Form::Json),
        (500, Form::Json),
        (502, Form::Text),
        (200, Form::Text),
    ] {
        let server = echo(status, form).await;
        for Subject {
            name,
            run,
            runs,
            start,
            list: _,
        } in all(&server)
        {
            let name = format!("{name}, {status} {form:?}");
            let read = failed(runs.get(&run).await, &name);
            check(&read, &format!("{name}, a read"));
            let canceled = failed(runs.cancel(&run).await, &name);
            check(&canceled, &format!("{name}, a cancel"));
            let started = failed(start().await, &name);
            check(&started, &format!("{name}, a start"));
        }
    }
}

#[tokio::test]
async fn no_client_secret_that_a_token_endpoint_repeats_gets_into_an_error() {
    for status in [400, 401, 403, 429, 500] {
        let server = refused_tokens(status).await;
        for Subject {
            name,
            run,
            runs,
            start,
            list: _,
        } in with_client_secret(&server)
        {
            let name = format!("{name}, {status}");
            for error in [
                failed(runs.get(&run).await, &name),
                failed(start().await, &name),
            ] {
                let json = serde_json::to_string(&error).expect("an error is JSON");
                let shown = format!("{error} {error:?} {json}");
                for secret in NEVER {
                    assert!(!shown.contains(secret), "{name} shows {secret}: {shown}");
                }
            }
        }
    }
}

/// Whatever came of a call. Gives whether something was hidden in it.
fn check_told(told: &Result<Run>, name: &str) -> bool {
    let shown = match told {
        Ok(run) => {
            let json = serde_json::to_string(run).expect("a run is JSON");
            format!("{run:?} {json} {}", run.warnings.join(" "))
        }
        Err(error) => {
            let json = serde_json::to_string(error).expect("an error is JSON");
            format!("{error} {error:?} {json}")
        }
    };
    for secret in NEVER {
        assert!(!shown.contains(secret), "{name} shows {secret}: {shown}");
    }
    shown.contains("[hidden]")
}

#[tokio::test]
async fn no_echoed_credential_gets_into_a_run_its_warnings_or_a_list() {
    for broken in [false, true] {
        let server = runs(broken).await;
        for Subject {
            name,
            run,
            runs,
            start,
            list,
        } in all(&server)
        {
            let name = format!("{name}, broken: {broken}");
            let read = runs.get(&run).await;
            assert!(broken || read.is_ok(), "{name}: {read:?}");
            let hidden = check_told(&read, &format!("{name}, a read"));
            assert!(broken || hidden, "{name}: nothing was quoted: {read:?}");
            let started = start().await;
            check_told(&started, &format!("{name}, a start"));
            assert!(started.is_ok(), "{name}: the id came: {started:?}");
            let listed: Vec<Result<Run>> = list().collect().await;
            assert!(!listed.is_empty(), "{name}");
            for told in &listed {
                assert!(broken || told.is_ok(), "{name}: {told:?}");
                let hidden = check_told(told, &format!("{name}, a list"));
                assert!(broken || hidden, "{name}: nothing was quoted: {told:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_echoed_credential_gets_into_a_step_or_a_log() {
    fn check(shown: &str, name: &str) {
        for secret in NEVER {
            assert!(!shown.contains(secret), "{name} shows {secret}: {shown}");
        }
        assert!(
            shown.contains("[hidden]"),
            "{name}: nothing was quoted: {shown}"
        );
    }
    let server = parts().await;
    for Subject {
        name, run, runs, ..
    } in all(&server)
    {
        let steps: Vec<Step> = runs.steps(&run).await.expect("steps");
        assert!(!steps.is_empty(), "{name}");
        for step in &steps {
            let json = serde_json::to_string(step).expect("a step is JSON");
            check(&format!("{step:?} {json}"), &format!("{name}, a step"));
            let log = runs.step_log(&run, step).await.expect("a log");
            assert!(log.is_some() || !step.has_log(), "{name}: {step:?}");
            if let Some(log) = log {
                check(&format!("{log:?}"), &format!("{name}, a log of a step"));
            }
        }
        let logs: Vec<Log> = runs.logs(&run).try_collect().await.expect("logs");
        assert!(!logs.is_empty(), "{name}");
        for log in &logs {
            check(&log.step, &format!("{name}, the name of a log"));
            check(&log.text, &format!("{name}, a log"));
        }
    }
}
