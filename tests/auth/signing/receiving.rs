//! The receiver: what it accepts, what it refuses, and what it says.

use super::*;

struct Signed {
    headers: HeaderMap,
    claimed: ParsedAuthorization,
}

const SECRET: &str = "client-secret";
const BODY: &[u8] = b"params=%7B%7D";

fn signed() -> Result<Signed, Box<dyn Error>> {
    let mut headers = HeaderMap::new();
    headers.insert("x-acs-action", HeaderValue::from_static("StartPipelineRun"));
    headers.insert(
        "content-type",
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let time = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .ok_or("no time")?;
    let credentials = Credentials::new("LTAI-client", Secret::from(SECRET));
    sign(&received(&headers), &credentials, time, "nonce-1")?.put_on(&mut headers);
    let claimed = headers["authorization"].to_str()?.parse()?;
    Ok(Signed { headers, claimed })
}

fn received(headers: &HeaderMap) -> SigningRequest<'_> {
    SigningRequest::new("POST", "api.example.com", "/o/5ebb/run")
        .with_query("b=2&a=x%20y")
        .with_headers(headers)
        .with_body(BODY)
}

fn outcome(request: &SigningRequest<'_>, claimed: &ParsedAuthorization) -> Result<(), VerifyError> {
    verify(request, claimed, &Secret::from(SECRET))
}

#[test]
fn what_may_vary_on_the_wire_is_accepted() -> Outcome {
    let Signed {
        mut headers,
        claimed,
    } = signed()?;
    headers.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.1"));
    headers.insert("accept-encoding", HeaderValue::from_static("gzip"));
    let request = received(&headers);
    outcome(&request, &claimed)?;
    outcome(&request.with_query("a=x+y&b=2"), &claimed)?;
    let lower_case_encoding = SigningRequest::new("POST", "api.example.com", "/%6f/5ebb/run")
        .with_query("b=2&a=x%20y")
        .with_headers(&headers)
        .with_body(BODY);
    outcome(&lower_case_encoding, &claimed)?;
    Ok(())
}

#[test]
fn every_part_of_the_request_is_covered() -> Outcome {
    let Signed { headers, claimed } = signed()?;
    let other_body = received(&headers).with_body(b"params=%7B%22envs%22%3A%7B%7D%7D");
    assert_eq!(outcome(&other_body, &claimed), Err(VerifyError::Body));

    let mut requests = vec![received(&headers).with_query("a=x%20y&b=3")];
    for (method, host, path) in [
        ("PUT", "api.example.com", "/o/5ebb/run"),
        ("POST", "api.example.com:8443", "/o/5ebb/run"),
        ("POST", "api.example.com", "/o/5ebc/run"),
    ] {
        let request = SigningRequest::new(method, host, path);
        requests.push(
            request
                .with_query("b=2&a=x%20y")
                .with_headers(&headers)
                .with_body(BODY),
        );
    }
    for request in requests {
        let refused = outcome(&request, &claimed);
        assert!(
            matches!(refused, Err(VerifyError::Mismatch(_))),
            "{request:?}: {refused:?}"
        );
    }
    for name in [
        "x-acs-action",
        "x-acs-date",
        "x-acs-signature-nonce",
        "content-type",
    ] {
        let mut changed = headers.clone();
        changed.insert(name, HeaderValue::from_static("other"));
        let refused = outcome(&received(&changed), &claimed);
        assert!(
            matches!(refused, Err(VerifyError::Mismatch(_))),
            "{name}: {refused:?}"
        );
    }
    let wrong_secret = verify(&received(&headers), &claimed, &Secret::from("another"));
    assert!(matches!(wrong_secret, Err(VerifyError::Mismatch(_))));
    Ok(())
}

#[test]
fn a_mismatch_tells_what_the_receiver_computed() -> Outcome {
    let Signed {
        headers,
        mut claimed,
    } = signed()?;
    let right = claimed.signature.clone();
    for wrong in [
        "00",
        "",
        "not hexadecimal",
        &right[1..],
        &right.replace(&right[..2], "zz"),
    ] {
        claimed.signature = wrong.to_owned();
        match outcome(&received(&headers), &claimed) {
            Err(VerifyError::Mismatch(recomputed)) => {
                assert_eq!(recomputed.signature, right);
                assert!(
                    recomputed
                        .canonical_request
                        .text
                        .starts_with("POST\n/o/5ebb/run\na=x%20y&b=2\n")
                );
            }
            other => panic!("{wrong:?}: {other:?}"),
        }
    }
    claimed.signature = right.to_uppercase();
    outcome(&received(&headers), &claimed)?;
    Ok(())
}

#[test]
fn a_header_that_must_be_signed_and_is_not_is_named() -> Outcome {
    let Signed {
        mut headers,
        claimed,
    } = signed()?;
    headers.insert("x-acs-version", HeaderValue::from_static("2021-06-25"));
    let refused = outcome(&received(&headers), &claimed);
    assert_eq!(
        refused,
        Err(VerifyError::NotSigned {
            names: vec!["x-acs-version".to_owned()]
        })
    );
    Ok(())
}

#[test]
fn a_signed_header_that_did_not_arrive_is_named() -> Outcome {
    let Signed {
        mut headers,
        claimed,
    } = signed()?;
    headers.remove("x-acs-action");
    let refused = outcome(&received(&headers), &claimed);
    let missing = SigningError::MissingHeader {
        name: "x-acs-action".to_owned(),
    };
    assert_eq!(refused, Err(VerifyError::Header(missing)));
    Ok(())
}

#[test]
fn signing_again_replaces_what_the_last_attempt_left() -> Outcome {
    let Signed { mut headers, .. } = signed()?;
    let first = headers.clone();
    let time = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 9)
        .single()
        .ok_or("no time")?;
    let credentials = Credentials::new("LTAI-client", Secret::from(SECRET));
    sign(&received(&headers), &credentials, time, "nonce-2")?.put_on(&mut headers);
    assert_eq!(headers.len(), first.len());
    assert_ne!(headers["authorization"], first["authorization"]);
    assert_eq!(headers["x-acs-date"], "2026-05-01T10:00:09Z");
    outcome(
        &received(&headers),
        &headers["authorization"].to_str()?.parse()?,
    )?;
    Ok(())
}

#[test]
fn authorization_headers_of_other_shapes_are_refused() {
    use MalformedAuthorization::{Algorithm, Part, UnknownPart};
    let full = "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=00";
    for (text, expected) in [
        ("", Algorithm),
        ("Bearer abc", Algorithm),
        (
            "ACS3-RSA-SHA256 Credential=id,SignedHeaders=host,Signature=00",
            Algorithm,
        ),
        (
            "ACS3-HMAC-SHA256x Credential=id,SignedHeaders=host,Signature=00",
            Algorithm,
        ),
        ("acs LTAI:c2ln", Algorithm),
        ("ACS3-HMAC-SHA256", Algorithm),
        (
            "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host",
            Part("Signature"),
        ),
        (
            "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=00",
            Part("Credential"),
        ),
        (
            "ACS3-HMAC-SHA256 Credential=id,Signature=00",
            Part("SignedHeaders"),
        ),
        (
            "ACS3-HMAC-SHA256 Credential=id,Credential=id,SignedHeaders=host,Signature=0",
            Part("Credential"),
        ),
        (
            "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=00,",
            UnknownPart,
        ),
        (
            "ACS3-HMAC-SHA256 Realm=x,Credential=id,SignedHeaders=host,Signature=0",
            UnknownPart,
        ),
    ] {
        assert_eq!(
            text.parse::<ParsedAuthorization>(),
            Err(expected),
            "{text:?}"
        );
    }
    let spaced = " ACS3-HMAC-SHA256  Credential=id, SignedHeaders=Host , Signature=00 ";
    assert_eq!(spaced.parse::<ParsedAuthorization>(), full.parse());
}
