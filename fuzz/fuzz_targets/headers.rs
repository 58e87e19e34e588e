//! Headers with any value: each is read, none stops a call or makes it longer than its time.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe::RetryPolicy;
use runpipe_fuzz::clients::{Proof, TIMEOUT, client, ended, run};
use runpipe_fuzz::exchange::{Canned, Exchange};
use runpipe_fuzz::outcome::{check_error, check_run};

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
    // A limit that one call learned holds the next one up.
    for _ in 0..2 {
        let (read, took) = ended(client.runs().get(&run(service)));
        assert!(took <= TIMEOUT, "a read takes {took:?}");
        match read {
            Ok(run) => check_run(&run),
            Err(error) => check_error(&error),
        }
        let before = canned.asked();
        let (started, took) = ended(client.start());
        assert!(took <= TIMEOUT, "a start takes {took:?}");
        match started {
            Ok(run) => check_run(&run),
            Err(error) => {
                check_error(&error);
                let sent = canned.asked() - before;
                assert!(
                    sent <= 1 || !error.may_have_started(),
                    "sent {sent} times: {error}"
                );
            }
        }
    }
    Corpus::Keep
});
