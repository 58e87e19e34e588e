//! Credentials that cannot be sent, and what is never printed.

use super::*;

#[test]
fn credentials_that_no_header_can_carry_are_refused_without_being_shown() -> Outcome {
    let headers = HeaderMap::new();
    let request = SigningRequest::new("GET", "api.example.com", "/").with_headers(&headers);
    let time = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .ok_or("no time")?;
    let good = Credentials::new("id", Secret::from("sec\nret"));
    sign(&request, &good, time, "n")?;
    let token = good.clone().with_security_token(Secret::from("to\nken"));
    let cases = [
        (token, "n", "security token"),
        (
            Credentials::new("i,d", Secret::from("secret")),
            "n",
            "access key id",
        ),
        (
            Credentials::new("", Secret::from("secret")),
            "n",
            "access key id",
        ),
        (good, "n\n", "x-acs-signature-nonce"),
    ];
    for (credentials, nonce, named) in cases {
        let error = sign(&request, &credentials, time, nonce).expect_err(named);
        assert!(error.to_string().contains(named), "{error}");
        let shown = format!("{error:?} {error}");
        assert!(
            !shown.contains("i,d") && !shown.contains("to\\nken"),
            "{shown}"
        );
    }
    Ok(())
}

#[test]
fn nothing_secret_is_printed() -> Outcome {
    let mut headers = HeaderMap::new();
    headers.insert("x-acs-action", HeaderValue::from_static("StartPipelineRun"));
    let credentials = Credentials::new("LTAI-client", Secret::from("THE-SECRET"))
        .with_security_token(Secret::from("THE-TOKEN"));
    let time = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .ok_or("no time")?;
    let request = SigningRequest::new("POST", "api.example.com", "/o")
        .with_query("q=THE-QUERY")
        .with_headers(&headers)
        .with_body(b"THE-BODY");
    let signed = sign(&request, &credentials, time, "n")?;
    let mut all = headers.clone();
    signed.put_on(&mut all);
    let received = request.with_headers(&all);
    let canonical = canonical_request(&received, &names_to_sign(&all))?;
    assert!(canonical.text.contains("THE-TOKEN"), "the token is signed");

    let shown = format!("{credentials:?} {signed:?} {all:?} {received:?} {canonical:?}");
    let signature = string_to_sign(&canonical);
    let signature = runpipe::auth::acs3::signature(&signature, &credentials.access_key_secret);
    for secret in [
        "THE-SECRET",
        "THE-TOKEN",
        "THE-QUERY",
        "THE-BODY",
        &signature,
    ] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    assert!(shown.contains("LTAI-client"));
    Ok(())
}
