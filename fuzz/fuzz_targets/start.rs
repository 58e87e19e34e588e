//! The answer to a start, whatever it is: one request, and a run, a refusal or "unknown".

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe::{RetryPolicy, Service};
use runpipe_fuzz::clients::{Proof, client, ended};
use runpipe_fuzz::exchange::{Answer, Canned, Coming, Exchange};
use runpipe_fuzz::outcome::{check_error, check_run};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(exchange) = Exchange::parse(data) else {
        return Corpus::Reject;
    };
    let service = exchange.service;
    let Some(answer) = exchange.answers.first().cloned() else {
        return Corpus::Reject;
    };
    let canned = Canned::new(exchange.answers);
    let client = client(service, Proof::AtHand, canned.clone(), RetryPolicy::none());
    let (outcome, _) = ended(client.start());
    assert_eq!(canned.asked(), 1, "a start is one request");
    match outcome {
        Ok(run) => {
            check_run(&run);
            assert!(
                !answer.status.is_client_error(),
                "a refusal is taken for a run"
            );
        }
        Err(error) => {
            check_error(&error);
            if !error.may_have_started() {
                assert!(
                    may_prove_it(service, &answer),
                    "{answer:?} proves nothing: {error}"
                );
            }
            if let Some(id) = plain_id(service, &answer) {
                let told = error.run().is_some_and(|run| run.run_id() == id);
                assert!(
                    told || error.to_string().contains(&id),
                    "{id} is lost: {error}"
                );
            }
        }
    }
    Corpus::Keep
});

/// Answers that can say that nothing was started: refusals, Azure's sign-in page and stopped
/// organization, and Aliyun's codes, which come with any status.
fn may_prove_it(service: Service, answer: &Answer) -> bool {
    let status = answer.status.as_u16();
    let refuses = answer.status.is_client_error() && ![408, 499].contains(&status);
    let vendors = match service {
        Service::AzureDevops => [203, 302, 503].contains(&status),
        Service::Aliyun => [200, 500, 503].contains(&status),
        _ => false,
    };
    refuses || vendors
}

/// The id in an answer about which nobody can be in doubt.
fn plain_id(service: Service, answer: &Answer) -> Option<String> {
    if !answer.status.is_success() || answer.coming != Coming::Whole {
        return None;
    }
    let value: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    let object = value.as_object()?;
    let key = match service {
        Service::AzureDevops | Service::Buddy => "id",
        Service::Matillion => "pipelineExecutionId",
        Service::Aliyun => "pipelineRunId",
        _ => return None,
    };
    let named = String::from_utf8_lossy(&answer.body).matches(key).count();
    let number = object.get(key)?.as_i64().filter(|number| *number > 0)?;
    (named == 1).then(|| number.to_string())
}
