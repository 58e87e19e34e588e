//! Answers of a token endpoint: without a token nothing is sent to the service.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe::{RetryPolicy, Service};
use runpipe_fuzz::clients::{Proof, client, ended};
use runpipe_fuzz::exchange::{Canned, Exchange};
use runpipe_fuzz::outcome::{check_error, check_run};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(exchange) = Exchange::parse(data) else {
        return Corpus::Reject;
    };
    let service = exchange.service;
    if !matches!(service, Service::AzureDevops | Service::Matillion) {
        return Corpus::Reject;
    }
    let is_token = exchange
        .answers
        .first()
        .is_some_and(|answer| answer.status.is_success());
    let canned = Canned::new(exchange.answers);
    let client = client(service, Proof::Fetched, canned.clone(), RetryPolicy::none());
    let (outcome, _) = ended(client.start());
    match outcome {
        Ok(run) => {
            check_run(&run);
            assert!(is_token && canned.asked() >= 2, "a run without a token");
        }
        Err(error) => {
            check_error(&error);
            if !is_token {
                assert_eq!(canned.asked(), 1, "sent without a token: {error}");
            }
            if error.may_have_started() {
                assert!(canned.asked() >= 2, "nothing was sent yet: {error}");
            }
        }
    }
    Corpus::Keep
});
