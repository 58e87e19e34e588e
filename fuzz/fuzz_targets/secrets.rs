//! An answer that repeats the credential, in any of its forms: no text that leaves shows it.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe::RetryPolicy;
use runpipe_fuzz::clients::{Proof, SECRET, client, ended};
use runpipe_fuzz::exchange::{Canned, Exchange};
use runpipe_fuzz::outcome::{check_error, check_run};

/// Where the credential is put into a body.
const MARK: &[u8] = b"{secret}";

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((form, data)) = data.split_first() else {
        return Corpus::Reject;
    };
    let Some(mut exchange) = Exchange::parse(data) else {
        return Corpus::Reject;
    };
    let Some(written) = written(*form) else {
        return Corpus::Reject;
    };
    let Some(answer) = exchange.answers.first_mut() else {
        return Corpus::Reject;
    };
    let Some(at) = answer
        .body
        .windows(MARK.len())
        .position(|window| window == MARK)
    else {
        return Corpus::Reject;
    };
    let (before, after) = (&answer.body[..at], &answer.body[at + MARK.len()..]);
    answer.body = Bytes::from([before, written.as_bytes(), after].concat());
    let canned = Canned::new(exchange.answers);
    let client = client(exchange.service, Proof::AtHand, canned, RetryPolicy::none());
    let (outcome, _) = ended(client.start());
    let shown = match outcome {
        Ok(run) => {
            check_run(&run);
            format!("{run:?} {}", serde_json::to_string(&run).expect("JSON"))
        }
        Err(error) => {
            check_error(&error);
            format!("{error} {error:?}")
        }
    };
    assert!(!shown.contains(&written), "{written} is shown: {shown}");
    Corpus::Keep
});

/// The credential in a form that an answer may write it in.
fn written(form: u8) -> Option<String> {
    let hexadecimal = |before: &str, after: &str| {
        SECRET
            .bytes()
            .map(|byte| format!("{before}{byte:02x}{after}"))
            .collect::<String>()
    };
    Some(match form {
        b'a' => SECRET.to_owned(),
        b'b' => STANDARD.encode(SECRET),
        b'c' => STANDARD.encode(format!(":{SECRET}")),
        b'd' => URL_SAFE_NO_PAD.encode(SECRET),
        b'e' => hexadecimal("%", ""),
        b'f' => hexadecimal("\\u00", ""),
        b'g' => hexadecimal("&#x", ";"),
        b'h' => SECRET.replace('/', "\\/"),
        b'i' => SECRET
            .replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3D"),
        b'j' => hexadecimal("", ""),
        _ => return None,
    })
}
