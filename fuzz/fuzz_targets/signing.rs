//! What is signed is verified, and what was changed afterwards is not.

#![no_main]

use chrono::DateTime;
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe::auth::Secret;
use runpipe::auth::acs3::{Credentials, ParsedAuthorization, SigningRequest, sign, verify};

// The parts, each on a line: method, host, path, query, time, nonce, then headers, a blank line
// and the body.
fuzz_target!(|data: &[u8]| -> Corpus {
    let mut lines = data.splitn(7, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(lines.next()?).ok();
    let (Some(method), Some(host), Some(path), Some(query), Some(time), Some(nonce)) =
        (line(), line(), line(), line(), line(), line())
    else {
        return Corpus::Reject;
    };
    let time = time
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let (Some(time), Some(mut rest)) = (time, lines.next()) else {
        return Corpus::Reject;
    };
    let mut headers = HeaderMap::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return Corpus::Reject;
        };
        match (
            HeaderName::from_bytes(&line[..colon]),
            HeaderValue::from_bytes(&line[colon + 1..]),
        ) {
            (Ok(name), Ok(value)) => headers.append(name, value),
            _ => return Corpus::Reject,
        };
    }
    let secret: Secret = "a-secret".into();
    let credentials =
        Credentials::new("key-id", secret.clone()).with_security_token("t0ken".into());
    let request = SigningRequest::new(method, host, path)
        .with_query(query)
        .with_headers(&headers)
        .with_body(rest);
    let Ok(signed) = sign(&request, &credentials, time, nonce) else {
        return Corpus::Keep;
    };
    let mut sent = headers.clone();
    signed.put_on(&mut sent);
    let header = sent["authorization"].to_str().expect("text");
    let claimed: ParsedAuthorization = header.parse().expect("what was written is read");
    let received = SigningRequest::new(method, host, path)
        .with_query(query)
        .with_headers(&sent)
        .with_body(rest);
    verify(&received, &claimed, &secret).expect("what was signed is verified");

    let other: Secret = "another-secret".into();
    assert!(
        verify(&received, &claimed, &other).is_err(),
        "another key is accepted"
    );
    let longer = [rest, b"x"].concat();
    assert!(
        verify(&received.with_body(&longer), &claimed, &secret).is_err(),
        "another body is accepted"
    );
    let elsewhere = format!("{path}/x");
    let received = SigningRequest::new(method, host, &elsewhere)
        .with_query(query)
        .with_headers(&sent)
        .with_body(rest);
    assert!(
        verify(&received, &claimed, &secret).is_err(),
        "another path is accepted"
    );
    Corpus::Keep
});
