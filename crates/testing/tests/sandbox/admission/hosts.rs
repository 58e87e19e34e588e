//! A web page must not reach the sandbox: neither by a name that is made to lead here (DNS rebinding)
//! nor by a request across origins.

use runpipe::Service;
use runpipe_testing::Sandbox;

use super::{EXECUTIONS, Outcome, address, ask};

/// The port is put in for `{port}`, another one for `{other}`.
const CONTROL: [(&str, &[&str], u16); 26] = [
    ("GET", &["host: 127.0.0.1:{port}"], 200),
    ("GET", &["host: 127.8.4.1:{port}"], 200),
    ("GET", &["host: localhost:{port}"], 200),
    ("GET", &["host: LocalHost:{port}"], 200),
    ("GET", &["host: [::1]:{port}"], 200),
    ("GET", &["host: evil.example:{port}"], 421),
    ("GET", &["host: evil.example"], 421),
    ("GET", &["host: localhost.evil.example:{port}"], 421),
    ("GET", &["host: 127.0.0.1.evil.example:{port}"], 421),
    ("GET", &["host: evil.example@localhost:{port}"], 421),
    ("GET", &["host: localhost@evil.example:{port}"], 421),
    ("GET", &["host: 10.0.0.1:{port}"], 421),
    ("GET", &["host: [::2]:{port}"], 421),
    ("GET", &["host: 2130706433:{port}"], 421),
    ("GET", &["host: localhost"], 421),
    ("GET", &["host: localhost:{other}"], 421),
    (
        "GET",
        &["host: localhost:{port}", "host: localhost:{port}"],
        400,
    ),
    ("GET", &["x-no: host"], 400),
    (
        "GET",
        &["host: localhost:{port}", "origin: http://localhost:{port}"],
        200,
    ),
    (
        "GET",
        &["host: localhost:{port}", "origin: http://127.0.0.1:{port}"],
        403,
    ),
    (
        "GET",
        &["host: localhost:{port}", "origin: http://localhost:{other}"],
        403,
    ),
    ("GET", &["host: localhost:{port}", "origin: null"], 403),
    (
        "GET",
        &[
            "host: localhost:{port}",
            "origin: http://localhost:{port}",
            "origin: https://evil.example",
        ],
        403,
    ),
    (
        "GET",
        &["host: localhost:{port}", "sec-fetch-site: none"],
        200,
    ),
    (
        "GET",
        &["host: localhost:{port}", "sec-fetch-site: same-site"],
        403,
    ),
    (
        "GET",
        &["host: localhost:{port}", "sec-fetch-site: cross-site"],
        403,
    ),
];

/// What changes something needs more than a form can send.
const CHANGES: [(&str, &str, &[&str], u16); 11] = [
    ("POST", "reset", &["content-type: application/json"], 200),
    (
        "POST",
        "reset",
        &["Content-Type: application/json; charset=utf-8"],
        200,
    ),
    ("POST", "reset", &["x-runpipe-sandbox: yes"], 200),
    ("POST", "reset", &[], 415),
    ("POST", "reset", &["content-type: text/plain"], 415),
    (
        "POST",
        "reset",
        &["content-type: application/x-www-form-urlencoded"],
        415,
    ),
    (
        "POST",
        "reset",
        &["content-type: multipart/form-data; boundary=application/json"],
        415,
    ),
    (
        "POST",
        "reset",
        &[
            "content-type: application/json",
            "origin: https://evil.example",
        ],
        403,
    ),
    ("POST", "script", &["content-type: text/plain"], 415),
    ("DELETE", "script", &[], 415),
    ("DELETE", "script", &["x-runpipe-sandbox: yes"], 200),
];

fn filled(headers: &[&str], port: u16) -> Vec<String> {
    let other = if port == u16::MAX { 1 } else { port + 1 };
    let fill = |line: &&str| {
        let line = line.replace("{port}", &port.to_string());
        line.replace("{other}", &other.to_string())
    };
    headers.iter().map(fill).collect()
}

#[tokio::test]
async fn the_control_endpoint_answers_to_this_machine_s_names_and_own_pages_alone() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let to = address(&sandbox, Service::Buddy)?;
    for (method, headers, status) in CONTROL {
        let headers = filled(headers, to.port());
        let answer = ask(to, &format!("{method} /_sandbox/"), &headers, "").await?;
        assert_eq!(answer.status(), status, "{headers:?}: {}", answer.0);
        assert_eq!(
            answer.body().contains("manual_clock"),
            status == 200,
            "{headers:?}"
        );
        assert!(answer.header("date").is_some(), "{headers:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let absolute = "GET http://evil.example/_sandbox/".to_owned();
    let headers = filled(&["host: localhost:{port}"], to.port());
    let answer = ask(to, &absolute, &headers, "").await?;
    assert_eq!(answer.status(), 421, "the target counts: {}", answer.0);
    Ok(())
}

#[tokio::test]
async fn what_changes_the_sandbox_cannot_be_sent_by_a_form() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let to = address(&sandbox, Service::Matillion)?;
    for (method, path, headers, status) in CHANGES {
        let mut all = filled(&["host: localhost:{port}"], to.port());
        all.extend(filled(headers, to.port()));
        let line = format!("{method} /_sandbox/{path}");
        let answer = ask(to, &line, &all, "{\"rules\":[]}").await?;
        assert_eq!(answer.status(), status, "{line} {all:?}: {}", answer.0);
    }
    Ok(())
}

#[tokio::test]
async fn a_service_refuses_foreign_names_unless_they_are_allowed() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let authorization = format!("authorization: Bearer {}", sandbox.accepted().buddy_token);
    let to = address(&sandbox, Service::Buddy)?;
    let line = format!("GET {EXECUTIONS}");
    for (host, status) in [
        ("localhost:{port}", 200),
        ("127.0.0.1:{port}", 200),
        // A proxy of a test stands at another port.
        ("127.0.0.1:{other}", 200),
        ("evil.example:{port}", 421),
        ("evil.example", 421),
        ("evil.example@localhost:{port}", 421),
    ] {
        let headers = [format!("host: {host}"), authorization.clone()];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let answer = ask(to, &line, &filled(&headers, to.port()), "").await?;
        assert_eq!(answer.status(), status, "{host}: {}", answer.0);
    }
    assert_eq!(sandbox.received(Service::Buddy).len(), 3, "what was let in");

    let sandbox = Sandbox::builder().host_name("Flow.example").start().await?;
    let to = address(&sandbox, Service::Buddy)?;
    for (path, status) in [(EXECUTIONS, 200), ("/_sandbox/", 421)] {
        let headers = ["host: flow.example".to_owned(), authorization.clone()];
        let answer = ask(to, &format!("GET {path}"), &headers, "").await?;
        assert_eq!(answer.status(), status, "{path}: {}", answer.0);
    }
    Ok(())
}
