//! What the endpoint may answer, and what becomes of it.

use super::*;

async fn failure(answer: ResponseTemplate) -> Result<TokenError, Box<dyn StdError>> {
    let server = serve(answer).await;
    let cache = TokenCache::new(credentials(&server)?);
    match cache.token(&http()?).await {
        Ok(_) => Err("there was a token".into()),
        Err(error) => Ok(error),
    }
}

#[tokio::test]
async fn a_refusal_carries_the_word_and_the_sentence() -> Outcome {
    let json = |body: &str| ResponseTemplate::new(401).set_body_raw(body, "application/json");
    for (answer, code, message) in [
        (
            json(r#"{"error":"invalid_client","error_description":"Unknown client.\nTry again"}"#),
            Some("invalid_client"),
            Some("Unknown client. Try again"),
        ),
        (
            json("\u{feff}{\"error\":\"invalid_client\"}"),
            Some("invalid_client"),
            None,
        ),
        (
            json(r#"{"title":"Unauthorized","detail":"No such client","status":401}"#),
            None,
            Some("No such client"),
        ),
        (json(r#"{"error":7,"message":""}"#), None, None),
        (
            ResponseTemplate::new(403).set_body_string("  No.  "),
            None,
            Some("No."),
        ),
        (
            ResponseTemplate::new(400).set_body_string("<html>No</html>"),
            None,
            None,
        ),
        (ResponseTemplate::new(404), None, None),
        (
            ResponseTemplate::new(400).set_body_bytes([0xff, 0xfe]),
            None,
            None,
        ),
        (
            ResponseTemplate::new(200).set_body_string(r#"{"error":"invalid_scope"}"#),
            Some("invalid_scope"),
            None,
        ),
    ] {
        let error = failure(answer).await?;
        let shown = error.to_string();
        match error {
            TokenError::Refused {
                status,
                code: had,
                message: said,
            } => {
                assert_eq!((had.as_deref(), said.as_deref()), (code, message));
                let told =
                    |lead: &str, text: Option<&str>| text.map(|text| format!("{lead}{text}"));
                let (code, message) = (told(", ", code), told(": ", message));
                let (code, message) = (code.unwrap_or_default(), message.unwrap_or_default());
                let all = format!(" ({}{code}){message}", status.as_u16());
                assert!(shown.ends_with(&all), "{shown}");
            }
            other => panic!("{other:?}"),
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_long_sentence_is_cut() -> Outcome {
    let answer = ResponseTemplate::new(400).set_body_string("é".repeat(5000));
    match failure(answer).await? {
        TokenError::Refused {
            message: Some(message),
            ..
        } => {
            assert_eq!(message.chars().count(), 301);
            assert!(message.ends_with("é…"));
        }
        other => panic!("{other:?}"),
    }
    Ok(())
}

#[tokio::test]
async fn a_token_is_taken_from_a_success_only() -> Outcome {
    let token = r#"{"access_token":"t","token_type":"Bearer","expires_in":60}"#;
    for status in [302, 780, 999] {
        let answer = ResponseTemplate::new(status).set_body_raw(token, "application/json");
        let error = failure(answer).await?;
        assert!(matches!(error, TokenError::Undecodable { .. }), "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn waits_are_read_from_the_answer() -> Outcome {
    let limited = failure(ResponseTemplate::new(429).insert_header("retry-after", "17")).await?;
    assert!(
        matches!(limited, TokenError::RateLimited { .. }),
        "{limited:?}"
    );
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(17)));
    assert!(limited.to_string().contains("17 s"), "{limited}");

    let dated = ResponseTemplate::new(503)
        .insert_header("date", "Fri, 01 May 2026 10:00:00 GMT")
        .insert_header("retry-after", "Fri, 01 May 2026 10:02:00 GMT");
    let unavailable = failure(dated).await?;
    assert_eq!(unavailable.retry_after(), Some(Duration::from_secs(120)));
    for status in [408, 500, 502, 503, 504] {
        let unavailable = failure(ResponseTemplate::new(status)).await?;
        assert!(
            matches!(unavailable, TokenError::Unavailable { .. }),
            "{unavailable:?}"
        );
        assert!(unavailable.is_temporary());
        assert_eq!(unavailable.retry_after(), None);
        assert_eq!(
            unavailable.status().map(|status| status.as_u16()),
            Some(status)
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_no_token_is_explained() -> Outcome {
    let json = |body: &str| ResponseTemplate::new(200).set_body_raw(body, "application/json");
    let large = format!(r#"{{"access_token":"{}"}}"#, "x".repeat(64 * 1024));
    for (answer, reason) in [
        (json(""), "not JSON (line 1, column 0)"),
        (
            json("{\"access_token\":\"abc"),
            "not JSON (line 1, column 20)",
        ),
        (json("{}"), "no access_token"),
        (json(r#"{"access_token":null}"#), "no access_token"),
        (json(r#"{"access_token":" "}"#), "no access_token"),
        (json(r#"{"access_token":12}"#), "text access_token"),
        (json(r#""abc""#), "text access_token"),
        (
            json(r#"{"access_token":"abc","token_type":"mac"}"#),
            "not Bearer",
        ),
        (json(&large), "larger than 64 KiB"),
        (
            ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example.com/"),
            "redirect",
        ),
    ] {
        let error = failure(answer).await?;
        assert!(matches!(error, TokenError::Undecodable { .. }), "{error:?}");
        assert!(
            error.to_string().contains(reason),
            "{error} should say {reason:?}"
        );
        assert!(!format!("{error:?}").contains("abc"), "{error:?}");
        assert!(!error.is_temporary());
    }
    let page = ResponseTemplate::new(200).set_body_raw("<html>", "text/html");
    let page = failure(page).await?.to_string();
    assert!(page.contains("text/html") && page.contains("200"), "{page}");
    Ok(())
}

#[tokio::test]
async fn a_large_refusal_is_still_a_refusal() -> Outcome {
    let answer = ResponseTemplate::new(403).set_body_string("x".repeat(70_000));
    let error = failure(answer).await?;
    assert!(
        matches!(
            error,
            TokenError::Refused {
                status: StatusCode::FORBIDDEN,
                ..
            }
        ),
        "{error:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_token_type_in_small_letters_will_do_in_64_kib() -> Outcome {
    let body = r#"{"access_token":"abc","token_type":"bearer"}"#;
    let body = body.to_owned() + &" ".repeat(64 * 1024 - body.len());
    let server = serve(ResponseTemplate::new(200).set_body_string(body)).await;
    let cache = TokenCache::new(credentials(&server)?);
    assert_eq!(cache.token(&http()?).await?, Secret::from("abc"));
    Ok(())
}
