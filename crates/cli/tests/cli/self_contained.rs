//! The demo and the sandbox: the whole program without any service.

use std::collections::BTreeMap;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;

use crate::program::{Program, keys, runpipe};

#[tokio::test]
async fn the_demo_succeeds_on_every_service() {
    let demo = runpipe(["demo", "--json"]).ends_with(0).await;
    assert_eq!(demo.stderr, "");
    let demo = demo.json();
    let runs = demo["runs"].as_array().expect("runs");
    let services: Vec<&Value> = runs.iter().map(|row| &row["service"]).collect();
    assert_eq!(
        services,
        ["azure-devops", "matillion", "aliyun", "buddy", "yunxiao"]
    );
    for row in runs {
        assert_eq!(row["run"]["status"], "succeeded");
        assert!(row["requests"].as_u64() >= Some(2));
    }
    let table = runpipe(["demo"]).ends_with(0).await.stdout;
    assert_eq!(table.matches("succeeded").count(), 5, "{table}");
    assert!(
        table.lines().take(7).all(|line| line.chars().count() <= 80),
        "{table}"
    );
}

/// A step that every service has to make possible in the sandbox.
fn at(variables: &BTreeMap<String, String>, words: &[&str]) -> Program {
    let program = runpipe(words.iter().copied());
    variables
        .iter()
        .fold(program, |program, (name, value)| program.env(name, value))
}

#[tokio::test]
async fn the_sandbox_serves_every_command() {
    let sandbox = runpipe(["sandbox", "--port", "0", "--json"]).stdout(Stdio::piped());
    let mut child = sandbox.spawn().await;
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
    stdout.read_line(&mut line).await.expect("a line");
    let served: Value = serde_json::from_str(&line).expect("JSON");
    let variables: BTreeMap<String, String> =
        serde_json::from_value(served["variables"].clone()).expect("variables");
    let project = "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";
    let organization = "60d1c0ffee5ca1ab1e00feed";
    let places: [&[&str]; 5] = [
        &[
            "azure-devops",
            "--organization",
            "acme",
            "--project",
            "Website",
            "--pipeline",
            "build",
        ],
        &[
            "matillion",
            "--project-id",
            project,
            "--environment",
            "Test",
            "--pipeline",
            "Load orders",
        ],
        &[
            "aliyun",
            "--organization-id",
            organization,
            "--pipeline",
            "web-release",
        ],
        &[
            "yunxiao",
            "--organization-id",
            organization,
            "--pipeline",
            "web-release",
        ],
        &[
            "buddy",
            "--workspace",
            "acme",
            "--project",
            "website",
            "--pipeline",
            "deploy",
        ],
    ];
    for place in places {
        let start = at(&variables, &["start"])
            .words(place.iter().copied())
            .words(["--json"]);
        let run = start.ends_with(0).await.json();
        let reference = run["ref"].as_str().expect("a reference");
        at(&variables, &["status", reference]).ends_with(0).await;
        at(&variables, &["cancel", reference]).ends_with(0).await;
        let watch = at(&variables, &["watch", reference, "--json"]);
        let ended = watch.ends_with(1).await.json();
        assert_eq!(ended["status"], "canceled", "{reference}");
        at(&variables, &["logs", reference]).ends_with(0).await;
        let steps = at(&variables, &["steps", reference, "--json"]);
        let steps = steps.ends_with(0).await.json();
        let last = steps["steps"].as_array().and_then(|steps| steps.last());
        let last = last.expect("steps");
        assert!(
            last["name"].as_str().is_some_and(|name| !name.is_empty()),
            "{steps}"
        );
        assert_eq!(last["status"], "canceled", "{steps}");
        let list = at(&variables, &["list"])
            .words(place.iter().copied())
            .words(["--json"]);
        let listed = list.ends_with(0).await.json();
        assert_eq!(keys(&listed), ["more", "runs"]);
        assert_eq!(listed["runs"][0]["ref"], reference);
    }
    let preview = at(&variables, &["preview"]).words(places[0].iter().copied());
    assert!(!preview.ends_with(0).await.stdout.is_empty());
}

/// Each service needs a port: beyond the last one there is none, and another's is not taken instead.
#[tokio::test]
async fn ports_that_do_not_fit_or_are_taken_are_refused_in_a_sentence() {
    let refused = runpipe(["sandbox", "--port", "65534"]).ends_with(2).await;
    assert!(refused.stdout.is_empty());
    let last = 65_536 - runpipe::Service::ALL.len();
    for part in ["65534", &format!("begin at {last} or below"), "--port"] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let refused = runpipe(["sandbox", "--port", &port]).ends_with(2).await;
    for part in [
        &format!("port {port}"),
        "Azure DevOps",
        "is taken",
        "--port",
    ] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
}

/// Programs in other languages rely on it.
#[tokio::test]
async fn the_first_port_is_4610_unless_another_is_named() {
    let help = runpipe(["sandbox", "--help"]).ends_with(0).await;
    help.prints("[default: 4610]");
}

/// The first of so many ports in a row that were free a moment ago.
fn ports_in_a_row(many: u16) -> u16 {
    let free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    (20_000..60_000)
        .step_by(usize::from(many))
        .skip(usize::try_from(std::process::id() % 1_000).unwrap_or_default())
        .find(|first| (*first..*first + many).all(free))
        .expect("free ports")
}

/// What `runpipe sandbox` says once it serves; `None` where somebody else has taken a port meanwhile.
async fn served(first: u16) -> Option<BTreeMap<String, String>> {
    let sandbox = runpipe(["sandbox", "--port", &first.to_string(), "--json"]);
    let mut child = sandbox.stdout(Stdio::piped()).spawn().await;
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
    stdout
        .read_line(&mut line)
        .await
        .expect("a line or nothing");
    let served: Value = serde_json::from_str(&line).ok()?;
    Some(serde_json::from_value(served["variables"].clone()).expect("variables"))
}

#[tokio::test]
async fn the_sandbox_has_its_ports_in_a_row_in_the_order_of_the_services() {
    for _ in 0..20 {
        let first = ports_in_a_row(u16::try_from(runpipe::Service::ALL.len()).expect("a few"));
        let Some(variables) = served(first).await else {
            continue;
        };
        let expected = [
            ("RUNPIPE_AZURE_DEVOPS_URL", first, ""),
            ("RUNPIPE_MATILLION_URL", first + 1, "/dpc"),
            ("RUNPIPE_MATILLION_TOKEN_URL", first + 1, "/oauth/dpc/token"),
            ("RUNPIPE_ALIYUN_URL", first + 2, ""),
            ("RUNPIPE_BUDDY_URL", first + 3, ""),
            ("RUNPIPE_YUNXIAO_URL", first + 4, "/oapi/v1/flow"),
        ];
        for (name, port, path) in expected {
            let url = format!("http://127.0.0.1:{port}{path}");
            assert_eq!(variables.get(name), Some(&url), "{name}");
        }
        return;
    }
    panic!("no ports in a row stayed free");
}

/// The next line with that in it.
async fn line_with<R: AsyncBufRead + Unpin>(lines: &mut Lines<R>, part: &str) -> String {
    while let Some(line) = lines.next_line().await.expect("text") {
        if line.contains(part) {
            return line;
        }
    }
    panic!("no line has {part}");
}

/// Sends a request, and returns the first line of the answer.
async fn answered(port: &str, request: &str) -> String {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await;
    let mut stream = stream.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let first = BufReader::new(stream).lines().next_line().await;
    first.expect("text").expect("an answer")
}

#[tokio::test]
async fn the_sandbox_tells_what_it_receives_under_the_names_and_at_the_time_that_it_was_given() {
    let words = "sandbox --port 0 --host 0.0.0.0 --host-name box.test --clock 2026-05-01T10:00:00Z";
    let sandbox = runpipe(words.split(' ')).stdout(Stdio::piped());
    let mut child = sandbox.spawn().await;
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout")).lines();
    let mut stderr = BufReader::new(child.stderr.take().expect("stderr")).lines();
    let url = line_with(&mut stdout, "RUNPIPE_BUDDY_URL").await;
    let port = url.strip_prefix("export RUNPIPE_BUDDY_URL=http://127.0.0.1:");
    let port = port.expect("an address that this machine reaches");
    let path = "/workspaces/acme/projects/website/pipelines/2/executions/9";
    let get = |host: &str| format!("GET {path}?per_page=s3cret HTTP/1.1\r\nhost: {host}\r\n\r\n");
    for (host, status) in [("box.test", "401"), ("other.test", "421")] {
        let first = answered(port, &get(host)).await;
        assert!(first.contains(status), "{host}: {first}");
    }
    let told = line_with(&mut stderr, "getExecution").await;
    assert_eq!(told, format!("10:00:00 401 buddy getExecution GET {path}"));
    let body = r#"{"advance_seconds":60}"#;
    let moved = format!(
        "POST /_sandbox/clock HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(answered(port, &moved).await.contains("200"));
    answered(port, &get("box.test")).await;
    assert!(
        line_with(&mut stderr, "getExecution")
            .await
            .starts_with("10:01:00 ")
    );
}
