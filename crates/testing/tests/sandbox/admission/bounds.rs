//! Nothing that is sent makes the sandbox grow without end.

use runpipe::Service;
use runpipe_testing::{Rule, Sandbox, Script, ScriptedAnswer};
use serde_json::Value;

use super::{EXECUTIONS, Outcome, address, ask, exchange};

const GIB: usize = 1 << 30;

/// The path of a start on each service, and of Matillion's token endpoint.
const STARTS: [(Service, &str); 5] = [
    (
        Service::AzureDevops,
        "/acme/Website/_apis/pipelines/42/runs?api-version=7.1",
    ),
    (
        Service::Matillion,
        "/dpc/v1/projects/3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60/pipeline-executions",
    ),
    (Service::Matillion, "/oauth/dpc/token"),
    (
        Service::Aliyun,
        "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run",
    ),
    (Service::Buddy, EXECUTIONS),
];

#[tokio::test]
async fn a_body_without_a_credential_is_hardly_read() -> Outcome {
    let sandbox = Sandbox::start().await?;
    for (service, path) in STARTS {
        let to = address(&sandbox, service)?;
        for authorization in ["x-no: authorization", "authorization: Bearer wrong"] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}\r\ncontent-type: application/json\r\n"
            );
            // Not a byte of the body is sent, and the answer is there.
            let told = format!("{head}content-length: {GIB}\r\n\r\n");
            let answer = exchange(to, told.as_bytes(), false).await?;
            assert!(
                answer.starts_with("HTTP/1.1 413"),
                "{service} {path}: {answer}"
            );
            let chunks = format!(
                "{head}transfer-encoding: chunked\r\n\r\n10001\r\n{}",
                "x".repeat(0x10001)
            );
            let answer = exchange(to, chunks.as_bytes(), false).await?;
            assert!(
                answer.starts_with("HTTP/1.1 413"),
                "{service} {path}: {answer}"
            );
            assert!(answer.contains("65536 bytes"), "{answer}");
        }
        assert_eq!(sandbox.started(service), 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_body_has_a_longest_length_that_can_be_set() -> Outcome {
    for (longest, length, status) in [
        (None, 1 << 20, 400),
        (None, (1 << 20) + 1, 413),
        (Some(100_000), 100_000, 400),
        (Some(100_000), 100_001, 413),
        (Some(1_000), 1_001, 413),
    ] {
        let mut builder = Sandbox::builder();
        if let Some(longest) = longest {
            builder = builder.longest_body(longest);
        }
        let sandbox = builder.start().await?;
        let to = address(&sandbox, Service::Buddy)?;
        let headers = [
            "host: localhost".to_owned(),
            format!("authorization: Bearer {}", sandbox.accepted().buddy_token),
            "content-type: application/json".to_owned(),
        ];
        // As long as said, and no JSON: the service refuses what it has read.
        let answer = ask(
            to,
            &format!("POST {EXECUTIONS}"),
            &headers,
            &"x".repeat(length),
        )
        .await?;
        assert_eq!(
            answer.status(),
            status,
            "{longest:?} {length}: {}",
            answer.0
        );
        let control = [
            "host: localhost:".to_owned() + &to.port().to_string(),
            headers[2].clone(),
        ];
        let answer = ask(to, "POST /_sandbox/script", &control, &"x".repeat(length)).await?;
        assert_eq!(
            answer.status(),
            status,
            "control {longest:?} {length}: {}",
            answer.0
        );
    }
    Ok(())
}

#[tokio::test]
async fn headers_are_bounded_in_number_and_in_bytes() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let to = address(&sandbox, Service::Buddy)?;
    let line = format!("GET {EXECUTIONS}");
    for (count, bytes, good) in [
        (50, 100, true),
        (200, 1, false),
        (2, 40_000, false),
        (90, 1_000, false),
    ] {
        let mut headers = vec![
            "host: localhost".to_owned(),
            format!("authorization: Bearer {}", sandbox.accepted().buddy_token),
        ];
        headers.extend((0..count).map(|number| format!("x-{number}: {}", "v".repeat(bytes))));
        let answer = ask(to, &line, &headers, "").await?;
        let status = if good { 200 } else { 431 };
        assert_eq!(answer.status(), status, "{count} of {bytes}: {}", answer.0);
    }
    Ok(())
}

#[tokio::test]
async fn the_newest_rules_are_kept_and_a_script_has_an_end() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let rule = |status| Rule::answer(Service::Buddy, ScriptedAnswer::status(status));
    let long = sandbox.play(&Script::new(std::iter::repeat_n(rule(500), 1_001)));
    let long = long.err().ok_or("a script without end was taken")?;
    assert!(long.to_string().contains("1000 rules"), "{long}");
    for _ in 0..3 {
        sandbox.play(&Script::new(std::iter::repeat_n(rule(500), 500)))?;
    }
    sandbox.play(&Script::new([rule(503)]))?;
    for _ in 0..30 {
        let heavy = ScriptedAnswer::status(502).body("b".repeat(1 << 20));
        sandbox.next_answer(Service::Matillion, heavy);
    }
    let to = address(&sandbox, Service::Buddy)?;
    let overview = ask(to, "GET /_sandbox/", &[format!("host: {to}")], "").await?;
    let overview: Value = serde_json::from_str(overview.body())?;
    let rules = |service: &str| {
        let all = overview["services"][service]["rules"].as_array();
        all.cloned().unwrap_or_default()
    };
    let (buddy, matillion) = (rules("buddy"), rules("matillion"));
    assert_eq!(buddy.len(), 1_000);
    assert_eq!(
        buddy.last().map(|rule| &rule["answer"]["status"]),
        Some(&Value::from(503))
    );
    assert!((1..=16).contains(&matillion.len()), "{}", matillion.len());
    Ok(())
}

#[tokio::test]
async fn what_was_received_is_kept_within_its_bytes() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let to = address(&sandbox, Service::Buddy)?;
    let mut sent = 0;
    while sent < 24 << 20 {
        let query = "q".repeat(30_000);
        let headers = [
            "host: localhost".to_owned(),
            format!("x-a: {}", "v".repeat(30_000)),
        ];
        let answer = ask(to, &format!("GET {EXECUTIONS}?{query}"), &headers, "").await?;
        assert_eq!(answer.status(), 401);
        sent += 60_000;
    }
    let kept: usize = sandbox
        .received(Service::Buddy)
        .iter()
        .map(|one| one.query.len() + one.header("x-a").map_or(0, str::len))
        .sum();
    assert!((8 << 20..16 << 20).contains(&kept), "{kept}");
    Ok(())
}
