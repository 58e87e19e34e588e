//! Answers to whatever is read or stopped: any of them ends the call, within its time.

#![no_main]

use futures_util::StreamExt;
use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe::{Reconciled, RetryPolicy};
use runpipe_fuzz::clients::{Proof, TIMEOUT, client, ended, run};
use runpipe_fuzz::exchange::{Canned, Exchange};
use runpipe_fuzz::outcome::{check_error, check_part, check_run};

/// A list is read this far.
const FAR: usize = 50;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(exchange) = Exchange::parse(data) else {
        return Corpus::Reject;
    };
    let service = exchange.service;
    let canned = Canned::new(exchange.answers);
    let client = client(
        service,
        Proof::AtHand,
        canned.clone(),
        RetryPolicy::default(),
    );
    let asked = run(service);
    match exchange.operation.as_str() {
        "get" => {
            let (outcome, took) = ended(client.runs().get(&asked));
            assert!(took <= TIMEOUT, "{took:?}");
            match outcome {
                Ok(run) => {
                    check_run(&run);
                    assert_eq!(run.reference, asked, "another run was answered");
                }
                Err(error) => {
                    check_error(&error);
                    assert!(
                        !error.may_have_started(),
                        "nothing is started by a read: {error}"
                    );
                }
            }
        }
        "cancel" => {
            let (outcome, _) = ended(client.runs().cancel(&asked));
            match outcome {
                Ok(run) => check_run(&run),
                Err(error) => check_error(&error),
            }
        }
        "logs" => {
            let logs = client.runs().logs(&asked).take(FAR).collect::<Vec<_>>();
            for log in ended(logs).0 {
                match log {
                    Ok(log) => check_part(&log),
                    Err(error) => check_error(&error),
                }
            }
        }
        "steps" => {
            let (outcome, took) = ended(client.runs().steps(&asked));
            assert!(took <= TIMEOUT, "{took:?}");
            let steps = outcome.unwrap_or_else(|error| {
                check_error(&error);
                Vec::new()
            });
            for step in steps.iter().take(FAR) {
                check_part(step);
                match ended(client.runs().step_log(&asked, step)).0 {
                    Ok(log) => check_part(&log),
                    Err(error) => check_error(&error),
                }
            }
        }
        "list" => {
            for run in ended(client.list().take(FAR).collect::<Vec<_>>()).0 {
                match run {
                    Ok(run) => check_run(&run),
                    Err(error) => check_error(&error),
                }
            }
        }
        "reconcile" => {
            let (outcome, took) = ended(client.reconcile());
            assert!(took <= TIMEOUT, "{took:?}");
            match outcome {
                Ok(Reconciled::One(run)) => check_run(&run),
                Ok(_) => {}
                Err(error) => check_error(&error),
            }
        }
        _ => return Corpus::Reject,
    }
    Corpus::Keep
});
