//! Messages held against a document: no request and no answer stops it.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe_spec::document::Document;
use runpipe_spec::schema::Strictness;
use runpipe_spec::validate::RequestParts;

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let text = include_str!("../../crates/spec/tests/fixtures/validate/parcels.json");
    Document::parse("parcels.json", text).expect("a document")
});

fuzz_target!(|data: &[u8]| -> Corpus {
    // `GET /parcels?limit=3`, headers, a blank line and the body.
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return Corpus::Reject;
    };
    let Ok(first) = std::str::from_utf8(&data[..end]) else {
        return Corpus::Reject;
    };
    let mut rest = &data[end + 1..];
    let mut headers = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if line.is_empty() {
            break;
        }
        match std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.split_once(':'))
        {
            Some((name, value)) => headers.push((name, value.trim())),
            None => return Corpus::Reject,
        }
    }
    let Some((method, target)) = first.split_once(' ') else {
        return Corpus::Reject;
    };
    if let Ok(status) = method.parse() {
        for strictness in [Strictness::Strict, Strictness::Lenient] {
            let violations = DOCUMENT.validate_response(target, status, &headers, rest, strictness);
            assert!(
                violations
                    .iter()
                    .all(|violation| !violation.to_string().is_empty())
            );
        }
        return Corpus::Keep;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parts = RequestParts {
        method,
        path,
        query,
        headers: &headers,
        body: rest,
    };
    let strict = DOCUMENT.validate_request_with(&parts, Strictness::Strict);
    let lenient = DOCUMENT.validate_request_with(&parts, Strictness::Lenient);
    assert!(
        strict.is_err() || lenient.is_ok(),
        "lenient is stricter: {:?}",
        lenient.err()
    );
    Corpus::Keep
});
